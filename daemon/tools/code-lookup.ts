/** The code index and the notes on the project, as tools see them. */
import type { Answer, NewFact, Remembered, Result, SearchResult } from "../../protocol/index.ts";

/**
 * Knows the user's files; those of the agent's copy may differ. Expected failures reject with a NexusError (`memory.…`);
 * undefined: the index is still being built.
 */
export interface CodeLookup {
  /** Best first. `paths` are globs. */
  search(query: string, options: { limit: number; paths: readonly string[] }): Promise<SearchResult[] | undefined>;
  /** Definitions by name, best first. */
  symbols(name: string, limit: number): Promise<SearchResult[] | undefined>;
  uses(symbol: string, path: string | undefined, limit: number): Promise<Answer<"memory/uses"> | undefined>;
}

/** Proposes something to be remembered. */
export type NoteFact = (fact: NewFact) => Promise<Result<Remembered>>;
