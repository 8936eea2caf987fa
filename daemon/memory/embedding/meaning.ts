/** From the nearest vectors to scores of files and chunks, in the place of those of the built-in table. */
import type { Corpus } from "../search/corpus.ts";
import type { MeaningScores } from "../search/table-scores.ts";
import { topThree } from "../search/word-scores.ts";
import type { VectorHit } from "../vector/vector-store.ts";

/** Where a window's text stands. */
export interface WindowPlace {
  readonly path: string;
  /** From 0. */
  readonly chunk: number;
}

/**
 * Cosines count from the weakest hit upwards: what was not among the hits is no nearer than that. Models differ in what
 * they call near, and only the differences say anything.
 */
export function hitScores(
  corpus: Corpus,
  hits: readonly VectorHit[],
  placesOf: (hash: string) => readonly WindowPlace[],
): MeaningScores {
  const chunks = new Float32Array(corpus.chunks);
  const placeOf = new Map(corpus.paths.map((path, place) => [path, place]));
  const floor = hits.length > 1 ? Math.min(...hits.map(({ score }) => score)) : 0;
  for (const { key, score } of hits)
    for (const { path, chunk } of placesOf(key)) {
      const range = chunksOf(corpus, corpus.documentOf[placeOf.get(path) ?? -1] ?? -1);
      if (range.from + chunk < range.to) chunks[range.from + chunk] = Math.max(0, score - floor);
    }
  const scores = Float32Array.from(corpus.documentOf, (document) => {
    const { from, to } = chunksOf(corpus, document);
    return topThree(chunks, from, to);
  });
  return { scores, chunks };
}

function chunksOf({ segments }: Corpus, document: number): { readonly from: number; readonly to: number } {
  const own = segments.findLast(({ firstDocument }) => firstDocument <= document);
  if (document < 0 || own === undefined) return { from: 0, to: 0 };
  const starts = own.segment.chunkStarts;
  const place = document - own.firstDocument;
  return { from: own.firstChunk + (starts[place] ?? 0), to: own.firstChunk + (starts[place + 1] ?? 0) };
}
