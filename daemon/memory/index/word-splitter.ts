import { stem } from "../search/stem.ts";
import { identifierParts } from "../search/words.ts";
import type { WordSplitter } from "./words.ts";

/** The words of index and query alike; `rowsOf` is the table's of word vectors. */
export function createWordSplitter(rowsOf: (word: string) => readonly number[]): WordSplitter {
  return {
    parts: identifierParts,
    term: (part) => (part.length > 1 ? stem(part) : undefined),
    rows: rowsOf,
  };
}
