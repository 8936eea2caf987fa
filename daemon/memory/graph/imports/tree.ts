/** What the import rules of all languages look at. */
import type { FileFacts, ImportFact } from "../../code/facts.ts";
import type { PathIndex } from "../paths.ts";

export interface SourceTree {
  readonly paths: PathIndex;
  /** Of a configuration file; undefined when it cannot be read. */
  readText(path: string): string | undefined;
  facts(path: string): FileFacts | undefined;
}

/** Files of the workspace that an import brings in, the likeliest first; empty when it comes from outside. */
export type ResolveImport = (from: string, fact: ImportFact) => readonly string[];
