/** BM25 as in the book, with nothing left out for speed. */

export interface Bm25Index {
  /** One score a document. */
  score(terms: readonly { readonly text: string; readonly weight: number }[]): Float64Array;
}

export function bm25Index(documents: readonly (readonly string[])[], { k1 = 1.2, b = 0.75 } = {}): Bm25Index {
  const postings = new Map<string, Map<number, number>>();
  documents.forEach((words, document) => {
    for (const word of words) {
      const list = postings.get(word) ?? new Map<number, number>();
      list.set(document, (list.get(document) ?? 0) + 1);
      postings.set(word, list);
    }
  });
  const mean = documents.reduce((sum, words) => sum + words.length, 0) / Math.max(1, documents.length) || 1;
  return {
    score(terms) {
      const scores = new Float64Array(documents.length);
      for (const { text, weight } of terms) {
        const list = postings.get(text) ?? new Map<number, number>();
        const rarity = Math.log(1 + (documents.length - list.size + 0.5) / (list.size + 0.5));
        for (const [document, count] of list) {
          const length = (documents[document]?.length ?? 0) / mean;
          const saturated = (count * (k1 + 1)) / (count + k1 * (1 - b + b * length));
          scores[document] = (scores[document] ?? 0) + weight * rarity * saturated;
        }
      }
      return scores;
    },
  };
}
