/** Lists of (document, count) by word key: collected in any order of words, kept as bytes, read forwards. */
import { type ByteWriter, grown } from "./grow.ts";

/** Collects pairs; documents must come in rising order. */
export interface PostingsLog {
  add(word: number, document: number, count: number): void;
  readonly length: number;
  /** A dictionary sorted by key, and the lists behind one another. */
  encode(keys: Float64Array, wordCount: number, writer: ByteWriter): Dictionary;
  clear(): void;
}

export interface Dictionary {
  /** Sorted; 52-bit hashes. */
  readonly keys: Float64Array;
  /** Of key i's list in the bytes: from offsets[i] to offsets[i + 1]. */
  readonly offsets: Uint32Array;
}

export function createPostingsLog(): PostingsLog {
  let words = new Int32Array(1 << 14);
  let documents = new Int32Array(1 << 14);
  let counts = new Uint16Array(1 << 14);
  let length = 0;

  /** Entries of the log grouped by word, each group in the order of the log. */
  function grouped(wordCount: number): { starts: Int32Array; order: Int32Array } {
    const starts = new Int32Array(wordCount + 1);
    for (let entry = 0; entry < length; entry++)
      starts[(words[entry] ?? 0) + 1] = (starts[(words[entry] ?? 0) + 1] ?? 0) + 1;
    for (let word = 0; word < wordCount; word++) starts[word + 1] = (starts[word + 1] ?? 0) + (starts[word] ?? 0);
    const next = starts.slice();
    const order = new Int32Array(length);
    for (let entry = 0; entry < length; entry++) {
      const word = words[entry] ?? 0;
      const at = next[word] ?? 0;
      order[at] = entry;
      next[word] = at + 1;
    }
    return { starts, order };
  }

  function writeList(order: Int32Array, from: number, to: number, writer: ByteWriter): void {
    let last = 0;
    for (let at = from; at < to; at++) {
      const entry = order[at] ?? 0;
      last = writePosting(writer, last, documents[entry] ?? 0, counts[entry] ?? 0);
    }
  }

  return {
    add(word, document, count) {
      if (length === words.length) {
        words = grown(words, length + 1, (size) => new Int32Array(size));
        documents = grown(documents, length + 1, (size) => new Int32Array(size));
        counts = grown(counts, length + 1, (size) => new Uint16Array(size));
      }
      words[length] = word;
      documents[length] = document;
      counts[length++] = Math.min(count, 0xffff);
    },
    get length() {
      return length;
    },
    encode(keys, wordCount, writer) {
      const { starts, order } = grouped(wordCount);
      const used: number[] = [];
      for (let word = 0; word < wordCount; word++) if ((starts[word + 1] ?? 0) > (starts[word] ?? 0)) used.push(word);
      const sorted = sortByKey(used, keys);
      const offsets = new Uint32Array(sorted.length + 1);
      const base = writer.length;
      for (const [index, word] of sorted.entries()) {
        writeList(order, starts[word] ?? 0, starts[word + 1] ?? 0, writer);
        offsets[index + 1] = writer.length - base;
      }
      return { keys: Float64Array.from(sorted, (word) => keys[word] ?? 0), offsets };
    },
    clear() {
      length = 0;
    },
  };
}

/** Numbers are sorted, not objects: keys have 52 bits, so their place among equals must be found again. */
function sortByKey(words: readonly number[], keys: Float64Array): Int32Array {
  const order = Float64Array.from(words, (word) => keys[word] ?? 0).sort();
  const placeOf = new Map<number, number>();
  for (const [place, key] of order.entries()) placeOf.set(key, place);
  const sorted = new Int32Array(words.length);
  for (const word of words) sorted[placeOf.get(keys[word] ?? 0) ?? 0] = word;
  return sorted;
}

/** Half of all counts are 1: they cost one bit. Answers with the document, for the next call. */
export function writePosting(writer: ByteWriter, last: number, document: number, count: number): number {
  const step = (document - last) * 2;
  if (count === 1) writer.varint(step + 1);
  else {
    writer.varint(step);
    writer.varint(count);
  }
  return document;
}

/** The decoded list of one word. */
export interface Postings {
  readonly documents: Int32Array;
  readonly counts: Uint16Array;
  readonly length: number;
}

/** Decodes into arrays that the next call overwrites. */
export function createPostingsReader(): (bytes: Uint8Array, from: number, to: number) => Postings {
  let documents = new Int32Array(1024);
  let counts = new Uint16Array(1024);
  return (bytes, from, to) => {
    if (documents.length < to - from) {
      documents = new Int32Array((to - from) * 2);
      counts = new Uint16Array((to - from) * 2);
    }
    let at = from;
    let document = 0;
    let length = 0;
    const varint = () => {
      let byte = bytes[at++] ?? 0;
      if (byte < 0x80) return byte;
      let value = byte & 0x7f;
      for (let shift = 7; byte >= 0x80 && at < to; shift += 7) {
        byte = bytes[at++] ?? 0;
        value |= (byte & 0x7f) << shift;
      }
      return value;
    };
    while (at < to) {
      const code = varint();
      document += code >>> 1;
      documents[length] = document;
      counts[length++] = (code & 1) === 1 ? 1 : varint();
    }
    return { documents, counts, length };
  };
}

/** Place of the key in the dictionary, or -1. */
export function findKey(keys: Float64Array, key: number): number {
  let low = 0;
  let high = keys.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const present = keys[middle] ?? 0;
    if (present === key) return middle;
    if (present < key) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
