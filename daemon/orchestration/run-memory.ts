/** What a run asks of the memory of its repository. */
import type { Count } from "../memory/context/tokens.ts";
import type { Proposer } from "../memory/knowledge/noting.ts";
import { recall } from "../memory/recall.ts";
import { rulesFor } from "../memory/rules/rules.ts";
import type { CodeLookup, NoteFact } from "../tools/code-lookup.ts";

export interface RunMemory {
  /** Begins to bring the index up to date, so that the first look finds it done; left out where there is none. */
  readonly prepare?: () => void;
  /** What the project tells agents, for work on these paths (none: for the whole project), the most general first. */
  rules(paths: readonly string[]): Promise<readonly { readonly path: string; readonly text: string }[]>;
  /** An outline of the repository of at most so many tokens, with what concerns `focus` in front; "" when there is none. */
  map(tokens: number, focus: readonly string[]): Promise<string>;
  /** The files that matter most for a query, the likeliest first. */
  search(query: string, limit: number): Promise<readonly { readonly path: string; readonly why: string }[]>;
  /** Facts, decisions and conventions that concern a query, one text each. */
  knowledge(query: string, limit: number): Promise<readonly string[]>;
  /** For the agents' tools; left out where there is no index. */
  readonly lookup?: CodeLookup;
  /** Left out where nothing can be noted. */
  readonly note?: (by: Proposer) => NoteFact;
}

export interface MemoryPlace {
  /** Where the run works: its copy, or the workspace itself. */
  readonly root: string;
  readonly workspace: string;
  /** The commit that the copy was made from; left out where there is no copy. */
  readonly base?: string;
  readonly signal: AbortSignal;
  /** Counts as the run's model does. */
  readonly count: () => Promise<Count>;
}

/** Opened for each look: what it tells is recorded by the run, so that a restart tells the same. */
export type OpenMemory = (place: MemoryPlace) => RunMemory;

/** Names, words and the rules at the root, straight from the files: needs no index. */
export const recallMemory: OpenMemory = ({ root, signal }) => ({
  rules: async (paths) => (await rulesFor(root, paths)).rules.map(({ path, text }) => ({ path, text })),
  map: async () => "",
  search: async (query, limit) => (await recall({ root, prompt: query, signal })).files.slice(0, limit),
  knowledge: async () => [],
});
