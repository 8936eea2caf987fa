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

/** Calls back for each chunk with its rows and counts, in arrays that the next chunk overwrites. RangeError: damage. */
function eachChunk(
  bytes: Uint8Array,
  onChunk: (chunk: number, rows: Uint16Array, counts: Uint8Array, length: number) => void,
): void {
  let rows = new Uint16Array(512);
  let counts = new Uint8Array(512);
  const reader = createByteReader(bytes);
  for (let chunk = 0; !reader.done; chunk++) {
    const length = reader.varint();
    if (length > bytes.length) throw new RangeError("a chunk cannot have so many rows");
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

/** Whether the bytes are those of so many chunks. */
export function areChunkRows(bytes: Uint8Array, chunks: number): boolean {
  let met = 0;
  try {
    eachChunk(bytes, () => void met++);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
  return met === chunks;
}

/** Adds the chunks of a segment to the frequencies; `isLive` says which chunks count. Throws RangeError for damaged bytes. */
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

/** Components of a unit vector times this. */
export const UNIT = 127;

/**
 * Vectors of a segment's chunks. Their lengths are kept, because a file's path counts as well and is added where the path is
 * known (search/table-scores.ts).
 */
export interface ChunkVectors {
  /** Unit vectors × 127, chunk-major; zeros for a chunk without a known word. */
  readonly units: Int8Array;
  readonly lengths: Float32Array;
}

/** Throws RangeError for damaged bytes. */
export function chunkVectors(
  bytes: Uint8Array,
  chunks: number,
  table: VectorTable,
  weights: Float32Array,
): ChunkVectors {
  const { dimensions, rows: matrix } = table;
  const units = new Int8Array(chunks * dimensions);
  const lengths = new Float32Array(chunks);
  const sum = new Float32Array(dimensions);
  eachChunk(bytes, (chunk, rows, counts, length) => {
    sum.fill(0);
    for (let index = 0; index < length; index++) {
      const row = rows[index] ?? 0;
      const factor = Math.log1p(counts[index] ?? 0) * (weights[row] ?? 0);
      const start = row * dimensions;
      for (let place = 0; place < dimensions; place++)
        sum[place] = (sum[place] ?? 0) + factor * (matrix[start + place] ?? 0);
    }
    lengths[chunk] = quantise(sum, units, chunk * dimensions);
  });
  return { units, lengths };
}

/** Answers with the vector's length. */
function quantise(vector: Float32Array, into: Int8Array, at: number): number {
  let square = 0;
  for (const component of vector) square += component * component;
  if (square === 0) return 0;
  const scale = UNIT / Math.sqrt(square);
  for (let place = 0; place < vector.length; place++) into[at + place] = Math.round((vector[place] ?? 0) * scale);
  return Math.sqrt(square);
}

/** As bytes: the lengths (float32), then the unit vectors. */
export function encodeVectors({ units, lengths }: ChunkVectors): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengths.byteLength + units.byteLength);
  bytes.set(new Uint8Array(lengths.buffer, lengths.byteOffset, lengths.byteLength));
  bytes.set(new Uint8Array(units.buffer, units.byteOffset, units.byteLength), lengths.byteLength);
  return bytes;
}

/** Undefined when the bytes are not those of so many chunks. */
export function decodeVectors(bytes: Uint8Array, chunks: number, dimensions: number): ChunkVectors | undefined {
  if (bytes.length !== chunks * (dimensions + 4)) return undefined;
  const own = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const lengths = new Float32Array(own.buffer, own.byteOffset, chunks);
  return { lengths, units: new Int8Array(own.buffer, own.byteOffset + chunks * 4, chunks * dimensions) };
}
