/** BM25 over documents that are given as weighted words: an inverted index in memory. */

export interface Bm25 {
  readonly k1: number;
  readonly b: number;
}

export interface WordIndex {
  /** One score a document. Terms count once each. */
  scores(terms: readonly string[]): Float64Array;
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
      const scores = new Float64Array(lengths.length);
      for (const term of new Set(terms)) {
        const list = postings.get(term);
        if (list === undefined) continue;
        const found = list.documents.length;
        const rarity = Math.log(1 + (lengths.length - found + 0.5) / (found + 0.5));
        for (let place = 0; place < found; place += 1) {
          const document = list.documents[place] ?? 0;
          const count = list.counts[place] ?? 0;
          const length = (lengths[document] ?? 0) / average;
          const score = (rarity * count * (k1 + 1)) / (count + k1 * (1 - b + b * length));
          scores[document] = (scores[document] ?? 0) + score;
        }
      }
      return scores;
    },
  };
}

/** Places of the greatest scores above 0, the greatest first, and of equals the first. */
export function bestPlaces(scores: Float64Array, limit: number): number[] {
  const best: number[] = [];
  const scoreAt = (rank: number) => scores[best[rank] ?? -1] ?? 0;
  for (let place = 0; place < scores.length; place += 1) {
    const score = scores[place] ?? 0;
    if (score <= 0 || (best.length >= limit && score <= scoreAt(limit - 1))) continue;
    let rank = Math.min(best.length, limit - 1);
    for (; rank > 0 && scoreAt(rank - 1) < score; rank -= 1) best[rank] = best[rank - 1] ?? 0;
    best[rank] = place;
  }
  return best;
}
