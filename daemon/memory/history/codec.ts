/** The kept form of a history: tables of texts, then numbers of variable length, then a checksum. */
import { createHash } from "node:crypto";
import type { Commit } from "./commit.ts";

export interface KeptHistory {
  /** The commit that all others are reachable from. */
  readonly head: string;
  /** True when older commits exist that are not here. */
  readonly limited: boolean;
  /** True when that is because the clone was shallow. */
  readonly shallow: boolean;
  readonly commits: readonly Commit[];
}

const MAGIC = "nexus-history-1\n";
const CHECKSUM_BYTES = 16;

export function encodeHistory(history: KeptHistory): Uint8Array {
  const writer = createWriter();
  const names = new Map<string, number>();
  const nameNumber = (name: string) => {
    const known = names.get(name) ?? names.size;
    names.set(name, known);
    return known;
  };
  writer.number(history.commits.length);
  for (const commit of history.commits) {
    writer.text(commit.hash);
    for (const number of [commit.at, commit.generation, nameNumber(commit.author), commit.isMerge ? 1 : 0])
      writer.number(number);
    writer.text(commit.subject);
    writer.text(commit.body);
    writer.number(commit.paths.length);
    for (const path of commit.paths) writer.number(nameNumber(path));
    writer.number(commit.renames.length);
    for (const pair of commit.renames) for (const path of pair) writer.number(nameNumber(path));
  }
  const tables = createWriter();
  tables.text(history.head);
  tables.number((history.limited ? 1 : 0) + (history.shallow ? 2 : 0));
  tables.number(names.size);
  for (const name of names.keys()) tables.text(name);
  const body = Buffer.concat([Buffer.from(MAGIC), tables.bytes(), writer.bytes()]);
  return Buffer.concat([body, checksum(body)]);
}

/** Undefined for bytes that are not what `encodeHistory` gave. */
export function decodeHistory(bytes: Uint8Array): KeptHistory | undefined {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, Math.max(0, bytes.byteLength - CHECKSUM_BYTES));
  if (body.toString("latin1", 0, MAGIC.length) !== MAGIC) return undefined;
  if (!checksum(body).equals(bytes.subarray(body.length))) return undefined;
  const reader = createReader(body, MAGIC.length);
  const head = reader.text();
  const bounds = reader.number();
  const names = repeat(reader.number(), reader.text);
  const name = () => names[reader.number()] ?? "";
  const commits = repeat(reader.number(), () => readCommit(reader, name));
  return { head, limited: bounds % 2 === 1, shallow: bounds > 1, commits };
}

function readCommit(reader: Reader, name: () => string): Commit {
  return {
    hash: reader.text(),
    at: reader.number(),
    generation: reader.number(),
    author: name(),
    isMerge: reader.number() === 1,
    subject: reader.text(),
    body: reader.text(),
    paths: repeat(reader.number(), name),
    renames: repeat(reader.number(), () => [name(), name()] as const),
  };
}

function checksum(body: Uint8Array): Buffer {
  return createHash("sha256").update(body).digest().subarray(0, CHECKSUM_BYTES);
}

function repeat<Value>(times: number, make: () => Value): Value[] {
  const values: Value[] = [];
  for (let count = 0; count < times; count += 1) values.push(make());
  return values;
}

interface Reader {
  number(): number;
  text(): string;
}

function createReader(bytes: Buffer, start: number): Reader {
  let place = start;
  const number = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[place] ?? 0;
      place += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const text = () => {
    const length = number();
    place += length;
    return bytes.toString("utf8", place - length, place);
  };
  return { number, text };
}

function createWriter(): { number(value: number): void; text(value: string): void; bytes(): Buffer } {
  let buffer = Buffer.allocUnsafe(1 << 16);
  let length = 0;
  const makeRoom = (bytes: number) => {
    if (length + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * buffer.length, length + bytes));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
  };
  const number = (value: number) => {
    makeRoom(10);
    let rest = Math.max(0, Math.floor(value));
    while (rest >= 128) {
      buffer[length] = (rest % 128) + 128;
      length += 1;
      rest = Math.floor(rest / 128);
    }
    buffer[length] = rest;
    length += 1;
  };
  const text = (value: string) => {
    const bytes = Buffer.byteLength(value);
    number(bytes);
    makeRoom(bytes);
    length += buffer.write(value, length);
  };
  return { number, text, bytes: () => buffer.subarray(0, length) };
}
