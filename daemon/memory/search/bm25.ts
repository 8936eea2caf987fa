/** BM25, as Robertson and Zaragoza give it, over lists from an index. */

export interface Bm25 {
  readonly k1: number;
  readonly b: number;
}

export const CHUNK_BM25: Bm25 = { k1: 1.2, b: 0.75 };
/** Identifiers repeat for reasons of syntax: count and length say less. */
export const IDENTIFIER_BM25: Bm25 = { k1: 0.9, b: 0.3 };

/** How much a word tells that stands in `found` of `all` documents; never negative. */
export function rarity(found: number, all: number): number {
  return Math.log(1 + (all - found + 0.5) / (found + 0.5));
}

export function occurrence(count: number, length: number, averageLength: number, { k1, b }: Bm25): number {
  return (count * (k1 + 1)) / (count + k1 * (1 - b + (b * length) / Math.max(averageLength, 1)));
}
