/**
 * Vectors of chunks from the words' table. What is stored is which rows a chunk counts, so that the vectors can be made anew,
 * exactly, when the repository's word frequencies have moved on.
 */
import { createByteReader, createByteWriter } from "./grow.ts";

/** The part of the words' table that is needed here. */
export interface VectorTable {
  readonly name: string;
  readonly dimensions: number;
  readonly size: number;
  /** Row-major; scale and learned weight are folded in. */
  readonly rows: Float32Array;
}

/** Rows of the words' table in each chunk of a segment, as they are collected. */
export interface ChunkRows {
  /** First entry of each chunk, and one more. */
  readonly starts: Uint32Array;
  readonly rows: Uint16Array;
  readonly counts: Uint8Array;
}

/** In how many of a repository's chunks each row counts: frozen for a generation of vectors. */
export interface RowFrequencies {
  readonly generation: number;
  readonly table: string;
  readonly chunks: number;
  readonly frequencies: Uint32Array;
}

/** Most rows fit into two bytes; a chunk has some fifty. */
export function encodeChunkRows({ starts, rows, counts }: ChunkRows): Uint8Array<ArrayBuffer> {
  const writer = createByteWriter(rows.length * 2 + starts.length);
  for (let chunk = 0; chunk + 1 < starts.length; chunk++) {
    const to = starts[chunk + 1] ?? 0;
    writer.varint(to - (starts[chunk] ?? 0));
    for (let at = starts[chunk] ?? 0; at < to; at++) {
      const count = counts[at] ?? 1;
      writer.varint((rows[at] ?? 0) * 2 + (count === 1 ? 1 : 0));
      if (count !== 1) writer.varint(count);
    }
  }
  return writer.written().slice();
}

/** Calls back for each chunk with its rows and counts, in arrays that the next chunk overwrites. */
export function eachChunk(
  bytes: Uint8Array,
  onChunk: (chunk: number, rows: Uint16Array, counts: Uint8Array, length: number) => void,
): void {
  let rows = new Uint16Array(512);
  let counts = new Uint8Array(512);
  const reader = createByteReader(bytes);
  for (let chunk = 0; !reader.done; chunk++) {
    const length = reader.varint();
    if (length > rows.length) {
      rows = new Uint16Array(length * 2);
      counts = new Uint8Array(length * 2);
    }
    for (let index = 0; index < length; index++) {
      const code = reader.varint();
      rows[index] = code >>> 1;
      counts[index] = (code & 1) === 1 ? 1 : reader.varint();
    }
    onChunk(chunk, rows, counts, length);
  }
}

/** Adds the chunks of a segment to the frequencies; `isLive` says which chunks count. */
export function countRows(bytes: Uint8Array, frequencies: Uint32Array, isLive: (chunk: number) => boolean): void {
  eachChunk(bytes, (chunk, rows, _counts, length) => {
    if (!isLive(chunk)) return;
    for (let index = 0; index < length; index++) {
      const row = rows[index] ?? 0;
      frequencies[row] = (frequencies[row] ?? 0) + 1;
    }
  });
}

/** ln(1 + n / (1 + df)) for every row. */
export function rowWeights({ chunks, frequencies }: RowFrequencies): Float32Array {
  return Float32Array.from(frequencies, (frequency) => Math.log1p(chunks / (1 + frequency)));
}

/** Components of a unit vector times 127. */
const UNIT = 127;

/** One vector a chunk, chunk-major; zeros for a chunk without a known word. */
export function chunkVectors(bytes: Uint8Array, chunks: number, table: VectorTable, weights: Float32Array): Int8Array<ArrayBuffer> {
  const { dimensions, rows: matrix } = table;
  const vectors = new Int8Array(chunks * dimensions);
  const sum = new Float32Array(dimensions);
  eachChunk(bytes, (chunk, rows, counts, length) => {
    sum.fill(0);
    for (let index = 0; index < length; index++) {
      const row = rows[index] ?? 0;
      const factor = Math.log1p(counts[index] ?? 0) * (weights[row] ?? 0);
      const start = row * dimensions;
      for (let place = 0; place < dimensions; place++) sum[place] = (sum[place] ?? 0) + factor * (matrix[start + place] ?? 0);
    }
    quantise(sum, vectors, chunk * dimensions);
  });
  return vectors;
}

function quantise(vector: Float32Array, into: Int8Array, at: number): void {
  let square = 0;
  for (const component of vector) square += component * component;
  if (square === 0) return;
  const scale = UNIT / Math.sqrt(square);
  for (let place = 0; place < vector.length; place++) into[at + place] = Math.round((vector[place] ?? 0) * scale);
}

/** Cosines of the query with chunks `from` to `to`, each added to `into` at its place. */
export function cosines(query: Float32Array, vectors: Int8Array, from: number, to: number, into: Float32Array): void {
  const { length } = query;
  for (let chunk = from; chunk < to; chunk++) {
    const start = chunk * length;
    let sum = 0;
    for (let place = 0; place < length; place++) sum += (query[place] ?? 0) * (vectors[start + place] ?? 0);
    into[chunk - from] = sum / UNIT;
  }
}
