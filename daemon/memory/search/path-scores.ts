/** Scores of files by the words of their paths. */
import { CHUNK_BM25, occurrence, rarity } from "./bm25.ts";
import { stem } from "./stem.ts";
import { identifierParts } from "./words.ts";

export interface PathIndex {
  /** One score a path, in the order in which they were given. */
  scores(terms: readonly string[]): Float32Array;
}

export function createPathIndex(paths: readonly string[]): PathIndex {
  const placesOf = new Map<string, number[]>();
  const lengths = new Uint16Array(paths.length);
  let total = 0;
  for (const [place, path] of paths.entries()) {
    const terms = pathTerms(path);
    lengths[place] = terms.length;
    total += terms.length;
    for (const term of terms) {
      const places = placesOf.get(term);
      // A word twice in one path stands twice in the list.
      if (places === undefined) placesOf.set(term, [place]);
      else places.push(place);
    }
  }
  const average = total / Math.max(paths.length, 1);

  return {
    scores(terms) {
      const scores = new Float32Array(paths.length);
      for (const term of terms) {
        const places = placesOf.get(term) ?? [];
        const weight = rarity(new Set(places).size, paths.length);
        for (let index = 0; index < places.length; ) {
          const place = places[index] ?? 0;
          let count = 0;
          for (; places[index] === place && index < places.length; index++) count++;
          scores[place] = (scores[place] ?? 0) + weight * occurrence(count, lengths[place] ?? 0, average, CHUNK_BM25);
        }
      }
      return scores;
    },
  };
}

function pathTerms(path: string): string[] {
  return identifierParts(path)
    .filter((part) => part.length > 1)
    .map(stem);
}
