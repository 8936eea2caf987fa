/** What `nexus setup` knows of one editor. */
import type { Machine, Traces } from "../../host/editor-places.ts";
import type { Change } from "./change.ts";
import type { StartFace } from "./start.ts";

export type SetupProtocol = "LSP" | "ACP" | "MCP";

/** One thing to configure. */
export interface SetupPart {
  readonly protocol: SetupProtocol;
  /** Which of several programs of this name; left out where there is one. */
  readonly of?: string;
  /** What the person gets by it; a phrase without a full stop. */
  readonly gives: string;
  /** What a person would paste. */
  readonly snippet: string;
  /** Where it goes, and how; without it the snippet is for a person to place. */
  readonly file?: { readonly path: string; readonly change: (present: string | undefined) => Change };
  /** What else is to be done, one sentence each. */
  readonly steps: readonly string[];
  /** The editor's own page about it. */
  readonly page: string;
}

/** Folders that an assistant may ask about, absolute: few of their programs start a server where the person works. */
export interface Projects {
  /** On this command line. */
  readonly given: readonly string[];
  /** Where the command line was given; undefined: that is no project. */
  readonly here: string | undefined;
}

export interface Editor {
  readonly title: string;
  readonly traces: (machine: Machine) => Traces;
  /** A protocol that the editor has no place for, and why. */
  readonly without: readonly string[];
  readonly parts: (machine: Machine, start: StartFace, projects: Projects) => Promise<readonly SetupPart[]>;
}
