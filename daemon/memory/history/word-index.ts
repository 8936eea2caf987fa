/** BM25 over documents that are given as weighted words: an inverted index in memory. */

export interface Bm25 {
  readonly k1: number;
  readonly b: number;
}

export interface WordIndex {
  /** Scores by document, 0 left out. Terms count once each. */
  scores(terms: readonly string[]): Map<number, number>;
}

interface Postings {
  readonly documents: number[];
  readonly counts: number[];
}

/** Takes documents in the order of their numbers, from 0. */
export function createWordIndex({ k1, b }: Bm25, documents: Iterable<ReadonlyMap<string, number>>): WordIndex {
  const postings = new Map<string, Postings>();
  const lengths: number[] = [];
  let total = 0;
  for (const words of documents) {
    let length = 0;
    for (const [word, count] of words) {
      length += count;
      const list = postings.get(word);
      if (list === undefined) postings.set(word, { documents: [lengths.length], counts: [count] });
      else {
        list.documents.push(lengths.length);
        list.counts.push(count);
      }
    }
    total += length;
    lengths.push(length);
  }
  const average = total / Math.max(1, lengths.length) || 1;
  return {
    scores(terms) {
      const scores = new Map<number, number>();
      for (const term of new Set(terms)) {
        const list = postings.get(term);
        if (list === undefined) continue;
        const found = list.documents.length;
        const rarity = Math.log(1 + (lengths.length - found + 0.5) / (found + 0.5));
        list.documents.forEach((document, place) => {
          const count = list.counts[place] ?? 0;
          const length = (lengths[document] ?? 0) / average;
          const score = (rarity * count * (k1 + 1)) / (count + k1 * (1 - b + b * length));
          scores.set(document, (scores.get(document) ?? 0) + score);
        });
      }
      return scores;
    },
  };
}
