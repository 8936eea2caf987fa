/** The measured recipe: how much each part counts. */
import type { Query } from "../../daemon/memory/search/query.ts";
import { PARTS, type Part, type Weights } from "./reference.ts";

const FULL_HISTORY = 3_000;
const NONE = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<Part, number>;
const LEXICAL: Weights = { ...NONE, chunk: 1, file: 0.2, path: 0.3, symbols: 0.2, identifiers: 0.6 };

export interface Method {
  readonly name: string;
  /** False: tests, docs and the like count as much as all. */
  readonly demotes: boolean;
  weights(query: Query, commits: number): Weights;
}

const withHistory = (commits: number): Weights => {
  const share = Math.min(1, commits / FULL_HISTORY);
  return { ...LEXICAL, commits: 0.7 * share, messages: 0.2 * share };
};

export const METHODS: readonly Method[] = [
  { name: "chunk, tests as all", demotes: false, weights: () => ({ ...NONE, chunk: 1 }) },
  ...PARTS.map((part) => ({ name: `${part} alone`, demotes: true, weights: () => ({ ...NONE, [part]: 1 }) })),
  { name: "all lexical", demotes: true, weights: () => LEXICAL },
  { name: "lexical + history", demotes: true, weights: (_query, commits) => withHistory(commits) },
  {
    name: "lexical + history + 1.5 table",
    demotes: true,
    weights: (_query, commits) => ({ ...withHistory(commits), table: 1.5 }),
  },
  {
    name: "recipe R",
    demotes: true,
    weights(query, commits) {
      const base = withHistory(commits);
      return query.holdsIdentifier ? { ...base, table: 0.6 } : { ...base, table: 1.5, messageTable: 0.6 };
    },
  },
];
