/** Where a design view comes from. Runs are told by a port, because only orchestration knows them. */
import type { RunState } from "../../../protocol/index.ts";
import type { ProjectFiles } from "../documents/project-files.ts";

export interface RunDesignState {
  readonly run: RunState;
  /** The project's folder within the run's copy, with `/`; "" is the copy itself. */
  readonly folder: string;
  /** The question that an open gate asks, by the document's path within the project. */
  readonly gates: ReadonlyMap<string, string>;
  /** False: nobody is asked, so a document that nobody decided about has no gate. */
  readonly asksPeople: boolean;
}

export interface RunDesignEdit {
  readonly path: string;
  /** The whole new content. */
  readonly text: string;
  /** SHA-256 of the bytes that the edit was made on. */
  readonly hash: string;
  /** Who edits, for the record: `client:<name>`. */
  readonly by: string;
}

/** Documents of runs. Paths of documents are from the project's folder, with `/`. */
export interface RunDesign {
  /** Rejects with `run.unknown`. */
  state(runId: string): Promise<RunDesignState>;
  /** Its copy while there is one, what it wants to change after; undefined: there is neither. Rejects with `run.unknown`. */
  files(runId: string): Promise<ProjectFiles | undefined>;
  /** Bytes by their content address; undefined: the run has no such artifact. */
  artifact(runId: string, address: string): Promise<Uint8Array | undefined>;
  /**
   * Writes a person's version in the run's copy and into its log (`document.written`, by a person); answers with the new
   * content's SHA-256. Rejects with `edit.stale` when the file has another content than `hash`, and with `run.ended`.
   */
  save(runId: string, edit: RunDesignEdit): Promise<{ readonly hash: string }>;
}
