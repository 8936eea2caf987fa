/**
 * Search by usearch. Its exact search compares in f32; its graph (HNSW) holds f16: of 100 000 clustered vectors with 384
 * numbers it finds .999 of the ten nearest in half a millisecond, where 8 bits find .87.
 */
import type { Index } from "usearch";
import { requirePackage } from "../../host/packages.ts";
import type { FlatIndex, GraphIndex, GraphLabels, SearchEngine } from "./search-engine.ts";
import type { VectorHit } from "./vector-store.ts";

type Usearch = typeof import("usearch");

const EXPANSION = 128;
const CONNECTIVITY = 16;
const THREADS = 2;

/** Throws when the package does not load on this machine. Its ESM entry calls itself for ever: only `require` works. */
export function loadUsearch(): SearchEngine {
  const usearch = requirePackage<Usearch>("usearch");
  return {
    name: "usearch",
    createFlat: (dimensions) => createFlat(usearch, dimensions),
    graph: {
      create: (dimensions) => createGraph(usearch, newIndex(usearch, dimensions), []),
      open(path, labels, dimensions) {
        const index = newIndex(usearch, dimensions);
        index.view(path);
        if (index.size() !== labels.length)
          throw new Error(`${path} holds ${index.size()} vectors, not ${labels.length}`);
        return createGraph(usearch, index, labels, path);
      },
    },
  };
}

function newIndex({ Index, MetricKind, ScalarKind }: Usearch, dimensions: number): Index {
  const [metric, quantization] = [MetricKind.Cos, ScalarKind.F16];
  const [connectivity, expansion_add, expansion_search] = [CONNECTIVITY, EXPANSION, EXPANSION];
  return new Index({
    ...{ dimensions, metric, quantization, connectivity },
    ...{ expansion_add, expansion_search, multi: false },
  });
}

/** Rows without gaps: a removed one is replaced by the last. */
function createFlat({ exactSearch, MetricKind }: Usearch, dimensions: number): FlatIndex {
  const rowOf = new Map<string, number>();
  const keys: string[] = [];
  let matrix = new Float32Array(64 * dimensions);
  const rowAt = (row: number) => matrix.subarray(row * dimensions, (row + 1) * dimensions);

  return {
    get size() {
      return keys.length;
    },
    set(key, vector) {
      const row = rowOf.get(key) ?? keys.push(key) - 1;
      rowOf.set(key, row);
      if (row * dimensions >= matrix.length) matrix = grown(matrix);
      rowAt(row).set(vector);
    },
    delete(key) {
      const row = rowOf.get(key);
      const last = keys.pop();
      if (last === undefined || row === undefined) {
        if (last !== undefined) keys.push(last);
        return;
      }
      rowOf.delete(key);
      if (last === key) return;
      rowAt(row).set(rowAt(keys.length));
      keys[row] = last;
      rowOf.set(last, row);
    },
    search(vector, k) {
      if (keys.length === 0) return [];
      // It reads from the start of the buffer, whatever part of it a view shows.
      const rows = matrix.subarray(0, keys.length * dimensions);
      const count = Math.min(k, keys.length);
      const { keys: found, distances } = exactSearch(rows, vector.slice(), dimensions, count, MetricKind.Cos, 1);
      return hitsOf(found, distances, (row) => keys[row]);
    },
    *entries() {
      for (const [row, key] of keys.entries()) yield [key, rowAt(row)];
    },
  };
}

function grown(matrix: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(matrix.length * 2);
  larger.set(matrix);
  return larger;
}

/** With `viewed`, the index shows that file and cannot change until it is read into memory. */
function createGraph(usearch: Usearch, opened: Index, labels: GraphLabels, viewed?: string): GraphIndex {
  let index = opened;
  let viewedFile = viewed;
  const keyOf = new Map(labels);
  const labelOf = new Map(labels.map(([label, key]) => [key, label]));
  let next = labels.reduce((most, [label]) => Math.max(most, label + 1), 0);

  function writable(): Index {
    if (viewedFile === undefined) return index;
    index = newIndex(usearch, index.dimensions());
    index.load(viewedFile);
    viewedFile = undefined;
    return index;
  }

  function remove(key: string): void {
    const label = labelOf.get(key);
    if (label === undefined) return;
    writable().remove(BigInt(label));
    labelOf.delete(key);
    keyOf.delete(label);
  }

  function addAll(keys: readonly string[], vectors: readonly Float32Array[]): void {
    const numbers = BigUint64Array.from(keys, (_, place) => BigInt(next + place));
    writable().add(numbers, [...vectors], Math.min(THREADS, keys.length));
    for (const key of keys) {
      keyOf.set(next, key);
      labelOf.set(key, next);
      next += 1;
    }
  }

  return {
    get size() {
      return labelOf.size;
    },
    addAll,
    set(key, vector) {
      remove(key);
      addAll([key], [vector]);
    },
    delete: remove,
    search(vector, k) {
      if (labelOf.size === 0) return [];
      const { keys, distances } = index.search(vector.slice(), Math.min(k, labelOf.size), 1);
      return hitsOf(keys, distances, (label) => keyOf.get(label));
    },
    save(path) {
      index.save(path);
      return [...keyOf];
    },
  };
}

function hitsOf(found: BigUint64Array, distances: Float32Array, keyOf: (label: number) => string | undefined) {
  const hits: VectorHit[] = [];
  found.forEach((label, place) => {
    const key = keyOf(Number(label));
    const score = 1 - (distances[place] ?? Number.NaN);
    if (key !== undefined && Number.isFinite(score)) hits.push({ key, score });
  });
  return hits;
}
