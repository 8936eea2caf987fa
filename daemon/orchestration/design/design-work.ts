/** What runs need of those who know design documents, as a port: metagpt/ has the real one, and this package knows no document. */
import type { DocumentKind, DocumentProblem } from "../../../protocol/index.ts";
import type { Agent } from "../../agents/agent.ts";
import type { FieldCheck } from "../../tools/fields/field-check.ts";
import type { Tool } from "../../tools/tool.ts";

/** Of a run: where it works, and what its workflow was told. */
export interface DesignPlace {
  /** Absolute path of the copy. */
  readonly root: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Paths of the run's documents that were made from another version of a document than there is now. */
  stale(): Promise<readonly string[]>;
}

export interface DescribedDocument {
  readonly kind: DocumentKind;
  readonly content: Uint8Array;
  /** What it was made from, as that is now; paths from the copy's root. */
  readonly derivedFrom: readonly { readonly path: string; readonly hash: string }[];
  readonly problems: readonly DocumentProblem[];
}

export interface DesignWork {
  /** Roles, for workflows that name them. */
  readonly agents: readonly Agent[];
  tools(place: DesignPlace): readonly Tool[];
  /** Checks that roles name, beside those of all fields. */
  readonly checks: readonly FieldCheck[];
  /** The file as a document; undefined: it is none that has versions. */
  describe(place: DesignPlace, path: string): Promise<DescribedDocument | undefined>;
}

/** Loaded when the first workflow asks for it. */
export type OpenDesignWork = () => Promise<DesignWork>;
