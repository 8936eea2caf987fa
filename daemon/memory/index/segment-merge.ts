/** Makes one segment of several, leaving out documents that nothing needs any more. */
import type { ChunkVectors } from "./chunk-vectors.ts";
import { type ByteWriter, createByteReader, createByteWriter } from "./grow.ts";
import { createPostingsReader, findKey, writePosting } from "./postings.ts";
import { encodeSegment, type Field, type FieldIndex, type Segment } from "./segment.ts";

export interface MergeSource {
  readonly segment: Segment;
  readonly chunkRows: Uint8Array;
  /** Undefined when they are not made yet. */
  readonly vectors: ChunkVectors | undefined;
  /** Of each document whether it stays. */
  readonly keeps: (document: number) => boolean;
}

export interface Merged {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly chunkRows: Uint8Array<ArrayBuffer>;
  /** Undefined unless every source has them. */
  readonly vectors: ChunkVectors | undefined;
  /** Of each source the new numbers of its documents; -1 for those left out. */
  readonly documents: readonly Int32Array[];
}

/** New numbers of a source's documents and chunks. */
interface Renumbering {
  readonly documents: Int32Array;
  readonly chunks: Int32Array;
}

export function mergeSegments(sources: readonly MergeSource[], dimensions: number): Merged {
  const lengths: Lengths = { chunkStarts: [0], chunkLengths: [], identifierLengths: [], symbolLengths: [] };
  const renumbered = sources.map((source) => renumber(source, lengths));
  const segment: Segment = {
    documents: lengths.identifierLengths.length,
    chunks: lengths.chunkLengths.length,
    chunkStarts: Uint32Array.from(lengths.chunkStarts),
    chunkLengths: Uint16Array.from(lengths.chunkLengths),
    identifierLengths: Uint32Array.from(lengths.identifierLengths),
    symbolLengths: Uint32Array.from(lengths.symbolLengths),
    fields: {
      terms: mergeField(sources, renumbered, "terms"),
      identifiers: mergeField(sources, renumbered, "identifiers"),
      symbols: mergeField(sources, renumbered, "symbols"),
    },
  };
  return {
    bytes: encodeSegment(segment),
    chunkRows: mergeRows(sources, renumbered),
    vectors: mergeVectors(sources, renumbered, segment.chunks, dimensions),
    documents: renumbered.map(({ documents }) => documents),
  };
}

interface Lengths {
  readonly chunkStarts: number[];
  readonly chunkLengths: number[];
  readonly identifierLengths: number[];
  readonly symbolLengths: number[];
}

function renumber({ segment, keeps }: MergeSource, lengths: Lengths): Renumbering {
  const documents = new Int32Array(segment.documents).fill(-1);
  const chunks = new Int32Array(segment.chunks).fill(-1);
  for (let document = 0; document < segment.documents; document++) {
    if (!keeps(document)) continue;
    documents[document] = lengths.identifierLengths.length;
    lengths.identifierLengths.push(segment.identifierLengths[document] ?? 0);
    lengths.symbolLengths.push(segment.symbolLengths[document] ?? 0);
    const to = segment.chunkStarts[document + 1] ?? 0;
    for (let chunk = segment.chunkStarts[document] ?? 0; chunk < to; chunk++) {
      chunks[chunk] = lengths.chunkLengths.length;
      lengths.chunkLengths.push(segment.chunkLengths[chunk] ?? 0);
    }
    lengths.chunkStarts.push(lengths.chunkLengths.length);
  }
  return { documents, chunks };
}

/** Sources come in order and so do their documents, so the lists of one word can simply follow one another. */
function mergeField(sources: readonly MergeSource[], renumbered: readonly Renumbering[], field: Field): FieldIndex {
  const own = sources.map(({ segment }) => segment.fields[field]);
  const keys = distinct(own.map((index) => index.keys));
  const kept: number[] = [];
  const offsets: number[] = [0];
  const writer = createByteWriter(own.reduce((sum, { lists }) => sum + lists.length, 16));
  for (const key of keys) {
    let last = 0;
    for (const [place, index] of own.entries()) {
      const numbers = field === "terms" ? renumbered[place]?.chunks : renumbered[place]?.documents;
      if (numbers !== undefined) last = copyList(index, key, numbers, writer, last);
    }
    if (writer.length === offsets.at(-1)) continue;
    kept.push(key);
    offsets.push(writer.length);
  }
  return { keys: Float64Array.from(kept), offsets: Uint32Array.from(offsets), lists: writer.written().slice() };
}

const readList = createPostingsReader();

function copyList(index: FieldIndex, key: number, numbers: Int32Array, writer: ByteWriter, before: number): number {
  const place = findKey(index.keys, key);
  if (place < 0) return before;
  const { documents, counts, length } = readList(index.lists, index.offsets[place] ?? 0, index.offsets[place + 1] ?? 0);
  let last = before;
  for (let entry = 0; entry < length; entry++) {
    const number = numbers[documents[entry] ?? 0] ?? -1;
    if (number >= 0) last = writePosting(writer, last, number, counts[entry] ?? 1);
  }
  return last;
}

function distinct(lists: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  all.sort();
  return all.filter((key, place) => place === 0 || key !== all[place - 1]);
}

function mergeRows(sources: readonly MergeSource[], renumbered: readonly Renumbering[]): Uint8Array<ArrayBuffer> {
  const writer = createByteWriter(sources.reduce((sum, { chunkRows }) => sum + chunkRows.length, 16));
  for (const [place, { chunkRows }] of sources.entries()) {
    const numbers = renumbered[place]?.chunks;
    const reader = createByteReader(chunkRows);
    for (let chunk = 0; !reader.done; chunk++) {
      const keeps = (numbers?.[chunk] ?? -1) >= 0;
      const write = (value: number) => {
        if (keeps) writer.varint(value);
        return value;
      };
      for (let left = write(reader.varint()); left > 0; left--)
        if ((write(reader.varint()) & 1) === 0) write(reader.varint());
    }
  }
  return writer.written().slice();
}

function mergeVectors(
  sources: readonly MergeSource[],
  renumbered: readonly Renumbering[],
  chunks: number,
  dimensions: number,
): ChunkVectors | undefined {
  const units = new Int8Array(chunks * dimensions);
  const lengths = new Float32Array(chunks);
  for (const [place, { vectors }] of sources.entries()) {
    if (vectors === undefined) return undefined;
    for (const [chunk, number] of renumbered[place]?.chunks.entries() ?? []) {
      if (number < 0) continue;
      units.set(vectors.units.subarray(chunk * dimensions, (chunk + 1) * dimensions), number * dimensions);
      lengths[number] = vectors.lengths[chunk] ?? 0;
    }
  }
  return { units, lengths };
}
