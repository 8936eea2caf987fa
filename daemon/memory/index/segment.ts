/**
 * A segment: everything that search needs of some hundred or thousand file contents, as one immutable run of bytes.
 * Documents are contents (blobs), not paths; their chunks are windows of 40 lines.
 *
 * Layout: 8 numbers of 32 bits (magic, version, documents, chunks, the sizes of the three dictionaries, and a checksum of
 * all else), then for each dictionary its keys (float64), then all 32-bit arrays, then the 16-bit ones, then the lists.
 */
import { checksum } from "../../host/checksum.ts";
import type { Dictionary } from "./postings.ts";

export const CHUNK_LINES = 40;
const MAGIC = 0x4e58534d;
const SEGMENT_VERSION = 2;
const HEADER_NUMBERS = 8;

/** What the three dictionaries count: stemmed parts of words by chunk, whole identifiers and names of symbols by document. */
export const FIELDS = ["terms", "identifiers", "symbols"] as const;
export type Field = (typeof FIELDS)[number];

export interface FieldIndex extends Dictionary {
  readonly lists: Uint8Array;
}

export interface Segment {
  readonly documents: number;
  readonly chunks: number;
  /** First chunk of each document, and one more: the number of chunks. */
  readonly chunkStarts: Uint32Array;
  /** Words in each chunk. */
  readonly chunkLengths: Uint16Array;
  /** Identifiers, and words of symbol names, in each document. */
  readonly identifierLengths: Uint32Array;
  readonly symbolLengths: Uint32Array;
  readonly fields: Readonly<Record<Field, FieldIndex>>;
}

export function encodeSegment(segment: Segment): Uint8Array<ArrayBuffer> {
  const fields = FIELDS.map((field) => segment.fields[field]);
  const keys = fields.map((field) => field.keys);
  const words = [
    segment.chunkStarts,
    segment.identifierLengths,
    segment.symbolLengths,
    ...fields.map((field) => field.offsets),
  ];
  const bytes = [bytesOf(segment.chunkLengths), ...fields.map((field) => field.lists)];
  const parts = [...keys.map(bytesOf), ...words.map(bytesOf), ...bytes];
  const size = parts.reduce((sum, part) => sum + part.length, HEADER_NUMBERS * 4);
  const buffer = new Uint8Array(size);
  const header = [MAGIC, SEGMENT_VERSION, segment.documents, segment.chunks, ...keys.map((array) => array.length)];
  buffer.set(bytesOf(Uint32Array.from(header)));
  let at = HEADER_NUMBERS * 4;
  for (const part of parts) {
    buffer.set(part, at);
    at += part.length;
  }
  buffer.set(bytesOf(Uint32Array.of(checkOf(buffer))), header.length * 4);
  return buffer;
}

function bytesOf(array: Float64Array | Uint32Array | Uint16Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Of everything but itself. */
function checkOf(bytes: Uint8Array): number {
  return checksum(bytes.subarray(HEADER_NUMBERS * 4), checksum(bytes.subarray(0, (HEADER_NUMBERS - 1) * 4)));
}

/** Views into the bytes, which must begin at a multiple of eight; undefined when they are no whole segment of ours. */
export function decodeSegment(bytes: Uint8Array): Segment | undefined {
  const { buffer, byteOffset } = bytes;
  if (bytes.length < HEADER_NUMBERS * 4 || byteOffset % 8 !== 0) return undefined;
  const [magic, version, documents = 0, chunks = 0, ...sizes] = new Uint32Array(buffer, byteOffset, HEADER_NUMBERS);
  if (magic !== MAGIC || version !== SEGMENT_VERSION) return undefined;
  const [first = 0, second = 0, third = 0, expected] = sizes;
  const fixed = (first + second + third) * 8 + (documents * 3 + 1 + first + second + third + 3) * 4 + chunks * 2;
  if (HEADER_NUMBERS * 4 + fixed > bytes.length || checkOf(bytes) !== expected) return undefined;

  let at = byteOffset + HEADER_NUMBERS * 4;
  const numbers = (count: number) => {
    const array = new Uint32Array(buffer, at, count);
    at += count * 4;
    return array;
  };
  const keys = [first, second, third].map((count) => {
    const array = new Float64Array(buffer, at, count);
    at += count * 8;
    return array;
  });
  const chunkStarts = numbers(documents + 1);
  const identifierLengths = numbers(documents);
  const symbolLengths = numbers(documents);
  const offsets = [first, second, third].map((count) => numbers(count + 1));
  const chunkLengths = new Uint16Array(buffer, at, chunks);
  at += chunks * 2;
  const indexes = keys.map((array, index): FieldIndex => {
    const own = offsets[index] ?? new Uint32Array(1);
    const lists = new Uint8Array(buffer, at, Math.min(own.at(-1) ?? 0, byteOffset + bytes.length - at));
    at += lists.length;
    return { keys: array, offsets: own, lists };
  });
  const [terms, identifiers, symbols] = indexes;
  if (terms === undefined || identifiers === undefined || symbols === undefined) return undefined;
  if (at !== byteOffset + bytes.length || chunkStarts.at(-1) !== chunks) return undefined;
  const fields = { terms, identifiers, symbols };
  return { documents, chunks, chunkStarts, chunkLengths, identifierLengths, symbolLengths, fields };
}
