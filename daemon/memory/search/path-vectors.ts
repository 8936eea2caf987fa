/** Adds the words of a file's path to the vectors of its chunks, at the time of the search: contents know no path. */
import { UNIT } from "../index/chunk-vectors.ts";
import type { Corpus } from "./corpus.ts";

export interface PathVectors {
  /** Of each document the vector of its path's words, document-major; not of unit length. */
  readonly vectors: Float32Array;
  /** Of each chunk of the corpus 1 / ‖content + path‖; 0 until it is asked for, NaN where there is nothing. */
  readonly scales: Float32Array;
}

/** A content with several paths counts the first. */
export function pathVectors(corpus: Corpus, dimensions: number, vectorOf: (path: string) => Float32Array): PathVectors {
  const vectors = new Float32Array(corpus.documents * dimensions);
  const isDone = new Uint8Array(corpus.documents);
  for (const [place, document] of corpus.documentOf.entries()) {
    if (document < 0 || isDone[document] === 1) continue;
    isDone[document] = 1;
    vectors.set(vectorOf(corpus.paths[place] ?? ""), document * dimensions);
  }
  return { vectors, scales: new Float32Array(corpus.chunks) };
}

/** 1 / ‖length · unit + path‖, kept for the next search. */
export function scaleOf(
  { vectors, scales }: PathVectors,
  at: {
    readonly chunk: number;
    readonly document: number;
    readonly units: Int8Array;
    readonly start: number;
    readonly length: number;
  },
  dimensions: number,
): number {
  const known = scales[at.chunk] ?? 0;
  if (known !== 0) return Number.isNaN(known) ? 0 : known;
  const factor = at.length / UNIT;
  const from = at.document * dimensions;
  let square = 0;
  for (let place = 0; place < dimensions; place++) {
    const component = factor * (at.units[at.start + place] ?? 0) + (vectors[from + place] ?? 0);
    square += component * component;
  }
  scales[at.chunk] = square === 0 ? Number.NaN : 1 / Math.sqrt(square);
  return square === 0 ? 0 : 1 / Math.sqrt(square);
}
