/**
 * The file that vectors live in: it only grows, one record an addition or removal, so that a kill at any point costs at
 * most the batch that was being written. Search structures are derived from it and can always be built again.
 *
 * Words of 32 bits, little-endian, as on every machine that Node runs on today. Header: magic, bytes of JSON, JSON.
 * Record: kind, bytes of the key, checksum of what follows, key, and for an addition one 16-bit number a dimension.
 * The numbers are scaled so that the largest is 32 767: a cosine needs no length, and 8 bits lose 1.5 % of the ten nearest.
 */
import { randomBytes } from "node:crypto";
import { appendFlushed, cutFile } from "../../host/durable.ts";
import { readBytes, writeAtomically } from "../../host/files.ts";

export interface VectorLogOptions {
  readonly path: string;
  readonly model: string;
  readonly dimensions: number;
}

export interface VectorRecord {
  readonly key: string;
  /** Undefined for a removal. Not of unit length; a view into the file's bytes. */
  readonly vector: Int16Array | undefined;
}

export interface VectorLog {
  /** Another one whenever the file was begun anew. */
  readonly id: string;
  /** Number of records in it. */
  readonly records: number;
  append(records: readonly { readonly key: string; readonly vector: Float32Array | undefined }[]): Promise<void>;
}

export interface OpenedLog {
  readonly log: VectorLog;
  /** In the order of the file; the vectors that are still valid are the last ones of their keys. */
  readonly records: readonly VectorRecord[];
  /** What was wrong with the file, for people. */
  readonly problem: string | undefined;
}

const MAGIC = 0x31_76_78_6e;
const ADDED = 1;
const REMOVED = 2;
const LARGEST = 32_767;

/** Opens the file or begins one; cuts off what is not whole. Throws what the file system throws. */
export async function openVectorLog(options: VectorLogOptions): Promise<OpenedLog> {
  const { path } = options;
  const bytes = await readBytes(path);
  if (bytes === undefined) return { log: await beginLog(options, []), records: [], problem: undefined };
  const words = wordsIn(bytes);
  const header = headerOf(words, bytes);
  if (header === undefined || header.model !== options.model || header.dimensions !== options.dimensions) {
    const log = await beginLog(options, []);
    return { log, records: [], problem: `${path} was damaged or of another model, and was begun anew.` };
  }
  const { records, end } = recordsOf(words, bytes, header);
  if (end < bytes.length) await cutFile(path, end);
  const problem = end < bytes.length ? `The last ${bytes.length - end} bytes of ${path} were not whole.` : undefined;
  return { log: logAt(options, header.id, { bytes: end, records: records.length }), records, problem };
}

/** Writes the file anew with these records alone. */
export async function beginLog(options: VectorLogOptions, records: readonly VectorRecord[]): Promise<VectorLog> {
  const { path, model, dimensions } = options;
  const id = randomBytes(8).toString("hex");
  const json = Buffer.from(JSON.stringify({ format: 1, id, model, dimensions }));
  const header = Buffer.alloc(8 + padded(json.length));
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(json.length, 4);
  header.set(json, 8);
  const content = Buffer.concat([header, ...records.map(encoded)]);
  await writeAtomically(path, content, 0o600);
  return logAt(options, id, { bytes: content.length, records: records.length });
}

function logAt({ path }: VectorLogOptions, id: string, start: { bytes: number; records: number }): VectorLog {
  let { bytes, records } = start;
  return {
    id,
    get records() {
      return records;
    },
    async append(added) {
      const content = Buffer.concat(
        added.map(({ key, vector }) => encoded({ key, vector: vector === undefined ? undefined : scaled(vector) })),
      );
      try {
        await appendFlushed(path, content);
      } catch (error) {
        // Half a record in the middle of the file would hide what comes after it.
        await cutFile(path, bytes).catch(() => undefined);
        throw error;
      }
      bytes += content.length;
      records += added.length;
    },
  };
}

function scaled(vector: Float32Array): Int16Array {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const factor = largest === 0 ? 0 : LARGEST / largest;
  return Int16Array.from(vector, (value) => Math.round(value * factor));
}

function encoded({ key, vector }: VectorRecord): Buffer {
  const keyBytes = Buffer.from(key);
  const vectorAt = 12 + padded(keyBytes.length);
  const record = Buffer.alloc(vectorAt + padded(vector?.byteLength ?? 0));
  record.writeUInt32LE(vector === undefined ? REMOVED : ADDED, 0);
  record.writeUInt32LE(keyBytes.length, 4);
  record.set(keyBytes, 12);
  if (vector !== undefined) record.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), vectorAt);
  const words = wordsIn(record);
  record.writeInt32LE(checksum(words, 3, words.length, words[0] ?? 0, words[1] ?? 0), 8);
  return record;
}

interface Header {
  readonly id: string;
  readonly model: string;
  readonly dimensions: number;
  /** In bytes. */
  readonly end: number;
}

function headerOf(words: Int32Array, bytes: Buffer): Header | undefined {
  const length = words[1] ?? 0;
  if (words[0] !== MAGIC || length < 2 || length > 4096) return undefined;
  try {
    const { format, id, model, dimensions } = JSON.parse(bytes.toString("utf8", 8, 8 + length));
    return format === 1 ? { id, model, dimensions, end: 8 + padded(length) } : undefined;
  } catch {
    return undefined;
  }
}

function recordsOf(words: Int32Array, bytes: Buffer, header: Header): { records: VectorRecord[]; end: number } {
  const records: VectorRecord[] = [];
  const { dimensions } = header;
  const vectorBytes = padded(dimensions * 2);
  let at = header.end;
  for (;;) {
    const [kind, keyBytes, sum] = [words[at / 4], words[at / 4 + 1], words[at / 4 + 2]];
    if ((kind !== ADDED && kind !== REMOVED) || keyBytes === undefined || keyBytes < 1 || keyBytes > 4096) break;
    const vectorAt = at + 12 + padded(keyBytes);
    const end = vectorAt + (kind === ADDED ? vectorBytes : 0);
    if (end > words.length * 4 || checksum(words, at / 4 + 3, end / 4, kind, keyBytes) !== sum) break;
    const key = bytes.toString("utf8", at + 12, at + 12 + keyBytes);
    const vector = kind === ADDED ? new Int16Array(words.buffer, words.byteOffset + vectorAt, dimensions) : undefined;
    records.push({ key, vector });
    at = end;
  }
  return { records, end: Math.min(at, bytes.length) };
}

/** FNV-1a over whole words: finds torn and rotten records, not forged ones. */
function checksum(words: Int32Array, start: number, end: number, ...seeds: number[]): number {
  let sum = 0x81_1c_9d_c5 | 0;
  for (const seed of seeds) sum = Math.imul(sum ^ seed, 0x01_00_01_93);
  for (let at = start; at < end; at++) {
    sum = Math.imul(sum ^ (words[at] ?? 0), 0x01_00_01_93);
    sum ^= sum >>> 15;
  }
  return sum;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/** Buffers may begin anywhere; words may not. */
function wordsIn(bytes: Buffer): Int32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  return new Int32Array(aligned.buffer, aligned.byteOffset, Math.floor(bytes.length / 4));
}
