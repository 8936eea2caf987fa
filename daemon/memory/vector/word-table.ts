/**
 * The built-in embedding: a table of sub-word vectors (code-words/README.md is its model card). No key, no server, and
 * fast enough to embed a repository while it is parsed.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
// Not all of the protocol: parse threads load this file, and each of them would load that too.
import { failure, ok, type Result } from "../../../protocol/errors.ts";
import { readBytes } from "../../host/files.ts";
import { normalise } from "./unit-vector.ts";
import { subWords, wordsOf } from "./word-tokens.ts";

export const TABLE_DIMENSIONS = 128;

/** How rare a row's sub-word is where it is searched: ln(1 + n/(1 + df)) over the repository's chunks. */
export type RowWeight = (row: number) => number;

export interface WordTable {
  readonly name: string;
  readonly dimensions: number;
  /** Number of rows. */
  readonly size: number;
  /** Row-major, size × dimensions; scale and learned word weight are folded in. */
  readonly rows: Float32Array;
  /** The sub-word of each row. */
  readonly vocabulary: readonly string[];
  /** Rows of one raw identifier or word, repeated as its sub-words repeat; shared, not to be changed. */
  rowsOf(word: string): readonly number[];
  /** Plain form: Σ ln(1 + count) · row, unit length; all zero when no word is known. */
  textVector(text: string): Float32Array;
  /** Each term once: Σ weight · row, unit length; all zero when no word is known. The words are raw, without stop words. */
  queryVector(words: Iterable<string>, weightOf: RowWeight): Float32Array;
  /** Σ ln(1 + count) · weight · row, unit length, into `out` (made when missing); all zero for no counts. */
  chunkVector(counts: RowCounts, weightOf: RowWeight, out?: Float32Array): Float32Array;
}

/** Counts of rows, used again for one chunk after another. */
export interface RowCounts {
  /** Number of different rows. */
  readonly distinct: number;
  /** The row at a place below `distinct`, in the order of first use. */
  rowAt(place: number): number;
  countOf(row: number): number;
  /** Counts the sub-words of a raw identifier or word `times` more. */
  add(word: string, times?: number): void;
  addRow(row: number, times?: number): void;
  clear(): void;
}

export interface TableParts {
  readonly name: string;
  readonly vocabulary: readonly string[];
  /** size × 128, row-major. */
  readonly rows: Int8Array;
  /** For each row its scale and its learned weight. */
  readonly scaleWeight: Float32Array;
}

/** Words whose rows are remembered; when there are more, all are forgotten. */
const CACHED_WORDS = 100_000;
const NAME = "code-words-128";

/** Beside the source, beside the bundle's entry, or above one of its chunks. */
const FOLDERS = ["./code-words/", "../code-words/"].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));

/** The table that is shipped. Throws when the installation is damaged. */
export async function loadWordTable(): Promise<WordTable> {
  for (const folder of FOLDERS) {
    const table = await readWordTable(folder, NAME);
    if (table.ok) return table.value;
  }
  throw new Error(`the word table is missing or damaged; it should be in ${FOLDERS.join(" or ")}: install Nexus again`);
}

/** Reads a table from its folder: rows.int8, scale-weight.f32, vocabulary.txt. */
export async function readWordTable(folder: string, name: string): Promise<Result<WordTable>> {
  const [rows, scaleWeight, vocabulary] = await Promise.all(
    ["rows.int8", "scale-weight.f32", "vocabulary.txt"].map((file) => readBytes(join(folder, file))),
  );
  if (rows === undefined || scaleWeight === undefined || vocabulary === undefined)
    return failure("vectors.damaged", `The word table in ${folder} lacks a file.`);
  const words = vocabulary.toString("utf8").trimEnd().split("\n");
  if (rows.length !== words.length * TABLE_DIMENSIONS || scaleWeight.length !== words.length * 8)
    return failure("vectors.damaged", `The word table in ${folder} is damaged: its files do not fit each other.`);
  const parts = { name, vocabulary: words, rows: new Int8Array(rows), scaleWeight: floatsOf(scaleWeight) };
  if (!parts.scaleWeight.every(Number.isFinite))
    return failure("vectors.damaged", `The word table in ${folder} is damaged: it holds numbers that are none.`);
  return ok(createWordTable(parts));
}

/** Little-endian, at any offset. */
function floatsOf(bytes: Buffer): Float32Array {
  const floats = new Float32Array(bytes.length / 4);
  for (let place = 0; place < floats.length; place++) floats[place] = bytes.readFloatLE(place * 4);
  return floats;
}

export function createWordTable(parts: TableParts): WordTable {
  const { name, vocabulary } = parts;
  const rows = dequantised(parts);
  const rowsOf = createRowFinder(vocabulary);
  const add = (vector: Float32Array, row: number, factor: number): void => {
    const start = row * TABLE_DIMENSIONS;
    for (let index = 0; index < TABLE_DIMENSIONS; index++)
      vector[index] = (vector[index] ?? 0) + factor * (rows[start + index] ?? 0);
  };
  const counts = createRowCounts(rowsOf, vocabulary.length);

  function chunkVector(from: RowCounts, weightOf: RowWeight, out = new Float32Array(TABLE_DIMENSIONS)): Float32Array {
    out.fill(0);
    for (let place = 0; place < from.distinct; place++) {
      const row = from.rowAt(place);
      add(out, row, Math.log1p(from.countOf(row)) * weightOf(row));
    }
    return normalise(out);
  }

  function textVector(text: string): Float32Array {
    counts.clear();
    for (const word of wordsOf(text)) counts.add(word);
    return chunkVector(counts, () => 1);
  }

  function queryVector(words: Iterable<string>, weightOf: RowWeight): Float32Array {
    const vector = new Float32Array(TABLE_DIMENSIONS);
    const rowsOnce = new Set([...words].flatMap((word) => rowsOf(word)));
    for (const row of rowsOnce) add(vector, row, weightOf(row));
    return normalise(vector);
  }

  const dimensions = TABLE_DIMENSIONS;
  return { name, dimensions, size: vocabulary.length, rows, vocabulary, rowsOf, textVector, queryVector, chunkVector };
}

/** Counts for the rows of one table. */
export function rowCounts(table: WordTable): RowCounts {
  return createRowCounts(table.rowsOf, table.size);
}

function createRowCounts(rowsOf: WordTable["rowsOf"], size: number): RowCounts {
  const counts = new Int32Array(size);
  const used = new Int32Array(size);
  let distinct = 0;
  function addRow(row: number, times = 1): void {
    const count = counts[row] ?? 0;
    if (count === 0) used[distinct++] = row;
    counts[row] = count + times;
  }
  return {
    get distinct() {
      return distinct;
    },
    rowAt: (place) => used[place] ?? 0,
    countOf: (row) => counts[row] ?? 0,
    addRow,
    add(word, times) {
      for (const row of rowsOf(word)) addRow(row, times);
    },
    clear() {
      for (let place = 0; place < distinct; place++) counts[used[place] ?? 0] = 0;
      distinct = 0;
    },
  };
}

function createRowFinder(vocabulary: readonly string[]): WordTable["rowsOf"] {
  const rowOf = new Map(vocabulary.map((stem, row) => [stem, row]));
  const found = new Map<string, readonly number[]>();
  return (word) => {
    const known = found.get(word);
    if (known !== undefined) return known;
    if (found.size >= CACHED_WORDS) found.clear();
    const rows = subWords(word).flatMap((stem) => rowOf.get(stem) ?? []);
    found.set(word, rows);
    return rows;
  };
}

/** Plain loops: each worker thread does this at its start. */
function dequantised({ rows, scaleWeight }: TableParts): Float32Array {
  const floats = new Float32Array(rows.length);
  for (let row = 0, at = 0; at < rows.length; row++) {
    const factor = (scaleWeight[row * 2] ?? 0) * (scaleWeight[row * 2 + 1] ?? 0);
    for (const end = at + TABLE_DIMENSIONS; at < end; at++) floats[at] = (rows[at] ?? 0) * factor;
  }
  return floats;
}
