/** What a library must bring to search vectors in process. Everything is at hand: no call waits, none is slow by itself. */
import type { VectorHit } from "./vector-store.ts";

export interface SearchIndex {
  readonly size: number;
  /** Adds or replaces. Of any length; neither all zero nor of another size. */
  set(key: string, vector: Float32Array): void;
  delete(key: string): void;
  /** At most `k`, best first. */
  search(vector: Float32Array, k: number): VectorHit[];
}

/** Compares with every vector. */
export interface FlatIndex extends SearchIndex {
  entries(): Iterable<readonly [key: string, vector: Float32Array]>;
}

/** Finds nearly all of the nearest, fast; can be written to a file. */
export interface GraphIndex extends SearchIndex {
  /** Several at once, faster than one by one; none of the keys may be there. */
  addAll(keys: readonly string[], vectors: readonly Float32Array[]): void;
  /** Writes the graph; answers with what `openGraph` needs beside the file. */
  save(path: string): GraphLabels;
}

/** The keys of a saved graph by the number that it knows them by. */
export type GraphLabels = readonly (readonly [label: number, key: string])[];

export interface SearchEngine {
  readonly name: "usearch" | "faiss";
  createFlat(dimensions: number): FlatIndex;
  /** Absent where the library's graph cannot forget. */
  readonly graph?: {
    create(dimensions: number): GraphIndex;
    /** Maps the file into memory, and reads it whole as soon as the graph changes. Throws when it is no graph. */
    open(path: string, labels: GraphLabels, dimensions: number): GraphIndex;
  };
}
