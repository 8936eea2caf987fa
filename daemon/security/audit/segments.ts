/** The files of the audit log. Each is named by the number of its first record, so that none needs to be renamed. */
import { join } from "node:path";
import { listFolder, readSlice, stat } from "../../host/files.ts";
import { type AuditRecord, recordOf } from "./chain.ts";

export interface Segment {
  readonly path: string;
  readonly name: string;
  /** Number of its first record. */
  readonly first: number;
}

export interface Line {
  /** From 1. */
  readonly line: number;
  readonly bytes: Uint8Array;
  /** Undefined: damaged. */
  readonly record: AuditRecord | undefined;
}

const NAME = /^audit-(\d{12})\.jsonl$/;
const LINE_END = 10;

export function auditFolder(home: string): string {
  return join(home, "audit");
}

export function segmentName(first: number): string {
  return `audit-${String(first).padStart(12, "0")}.jsonl`;
}

/** Oldest first. */
export async function listSegments(home: string): Promise<Segment[]> {
  const folder = auditFolder(home);
  const names = (await listFolder(folder)).filter((entry) => entry.isFile()).map((entry) => entry.name);
  return names
    .filter((name) => NAME.test(name))
    .sort()
    .map((name) => ({ name, path: join(folder, name), first: Number(NAME.exec(name)?.[1]) }));
}

/** The whole lines of a file from `offset` on, which begins a line, and how many bytes follow the last line end. */
export async function readSegment(
  segment: Segment,
  offset = 0,
): Promise<{ lines: Line[]; torn: number; size: number }> {
  const size = (await stat(segment.path))?.size ?? 0;
  const bytes = size > offset ? await readSlice(segment.path, offset, size - offset) : Buffer.alloc(0);
  const lines: Line[] = [];
  let start = 0;
  for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, start)) {
    const line = bytes.subarray(start, end);
    lines.push({ line: lines.length + 1, bytes: line, record: recordOf(line) });
    start = end + 1;
  }
  return { lines, torn: bytes.length - start, size: offset + bytes.length };
}
