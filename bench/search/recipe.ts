/** What the table compares: each part alone, and the sums. */
import type { Query } from "../../daemon/memory/search/query.ts";
import { PARTS, type Weights, weightsFor } from "../../daemon/memory/search/ranking.ts";

export interface Method {
  readonly name: string;
  weights(query: Query): Weights;
}

const NONE: Weights = {
  ...{ chunk: 0, file: 0, path: 0, symbols: 0, identifiers: 0, commits: 0, messages: 0, table: 0, messageTable: 0 },
  demotion: true,
};
const NO_MEANING = { table: 0, messageTable: 0 };

export const METHODS: readonly Method[] = [
  { name: "chunk, tests as all", weights: () => ({ ...NONE, chunk: 1, demotion: false }) },
  ...PARTS.map((part) => ({ name: `${part} alone`, weights: () => ({ ...NONE, [part]: 1 }) })),
  { name: "all lexical", weights: (query) => ({ ...weightsFor(query), ...NO_MEANING, commits: 0, messages: 0 }) },
  { name: "lexical + history", weights: (query) => ({ ...weightsFor(query), ...NO_MEANING }) },
  {
    name: "lexical + history + 1.5 table",
    weights: (query) => ({ ...weightsFor(query), table: 1.5, messageTable: 0 }),
  },
  { name: "recipe R", weights: weightsFor },
];
