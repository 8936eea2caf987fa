/** The code index and the notes on the project, as tools see them. */
import type { Answer, NewFact, Remembered, Result, SearchResult } from "../../protocol/index.ts";

import type { SyntaxProblem } from "../memory/code/syntax.ts";

/**
 * Knows the user's files; those of the agent's copy may differ. Expected failures reject with a NexusError (`memory.…`);
 * undefined: the index is still being built.
 */
export interface CodeLookup {
  /** Best first. `paths` are globs. */
  search(query: string, options: { limit: number; paths: readonly string[] }): Promise<SearchResult[] | undefined>;
  /** Definitions by name, best first. */
  symbols(name: string, limit: number): Promise<SearchResult[] | undefined>;
  /** Where a text breaks its language's grammar; undefined where that cannot be told. Looks at the text alone. */
  syntax?(path: string, text: string): Promise<readonly SyntaxProblem[] | undefined>;
  uses(symbol: string, path: string | undefined, limit: number): Promise<Answer<"memory/uses"> | undefined>;
}

/** Proposes something to be remembered. */
export type NoteFact = (fact: NewFact) => Promise<Result<Remembered>>;
