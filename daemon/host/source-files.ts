/**
 * Reading the files of a workspace that others may change meanwhile. Links are never followed, pipes and devices never
 * opened for long, and a file is read whole or not at all. Synchronous, because one file costs microseconds and
 * worker threads have nothing else to do; a caller in the daemon's own thread breathes in between.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, type Stats } from "node:fs";
import { errorCode } from "./files.ts";

/** What tells, without reading it, that a file is still the same. */
export interface FileStamp {
  readonly bytes: number;
  /** Milliseconds since 1970, with fractions, as the disk tells them. */
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
}

export type FileKind = "file" | "folder" | "link" | "special";
export type FileLook =
  | { readonly kind: FileKind; readonly stamp: FileStamp }
  | { readonly kind: "missing" | "unreadable"; readonly stamp?: never };

export type FileReading =
  | { readonly ok: true; readonly bytes: Buffer; readonly stamp: FileStamp }
  | {
      readonly ok: false;
      readonly reason: "missing" | "link" | "special" | "oversized" | "changed" | "unreadable";
    };

export interface FolderName {
  /** Undefined for a name that is no UTF-8. */
  readonly name: string | undefined;
  readonly raw: Buffer;
  readonly kind: FileKind;
}

export function lookAt(path: string): FileLook {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats === undefined ? { kind: "missing" } : { kind: kindOf(stats), stamp: stampOf(stats) };
  } catch (error) {
    return { kind: isMissing(error) ? "missing" : "unreadable" };
  }
}

/** Reads a regular file of at most `maxBytes` whole; one that changes meanwhile is told as "changed". */
export function readFileOnce(path: string, maxBytes: number): FileReading {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let file: number;
  try {
    // Without O_NONBLOCK a named pipe would hold the thread until somebody writes.
    file = openSync(path, O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
  } catch (error) {
    const code = errorCode(error);
    if (isMissing(error)) return { ok: false, reason: "missing" };
    return { ok: false, reason: code === "ELOOP" || code === "EMLINK" ? "link" : "unreadable" };
  }
  try {
    return readOpenFile(file, maxBytes);
  } catch {
    return { ok: false, reason: "unreadable" };
  } finally {
    closeSync(file);
  }
}

/** The last bytes of a file; undefined where it cannot be read. */
export function readEnd(path: string, length: number): Buffer | undefined {
  try {
    const file = openSync(path, constants.O_RDONLY);
    try {
      const buffer = Buffer.alloc(length);
      const count = readSync(file, buffer, 0, length, Math.max(0, fstatSync(file).size - length));
      return buffer.subarray(0, count);
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** What a folder holds, in no order; undefined where it cannot be read. */
export function namesIn(folder: string): FolderName[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true, encoding: "buffer" }).map((entry) => {
      const text = entry.name.toString("utf8");
      const name = Buffer.from(text, "utf8").equals(entry.name) ? text : undefined;
      return { name, raw: entry.name, kind: kindOf(entry) };
    });
  } catch {
    return undefined;
  }
}

/** Lets everything else that waits have its turn. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function readOpenFile(file: number, maxBytes: number): FileReading {
  const before = fstatSync(file);
  if (!before.isFile()) return { ok: false, reason: "special" };
  if (before.size > maxBytes) return { ok: false, reason: "oversized" };
  // One byte more than there should be, to see growth.
  const buffer = Buffer.allocUnsafe(before.size + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = readSync(file, buffer, length, buffer.length - length, null);
    if (count === 0) break;
    length += count;
  }
  const [first, second] = [stampOf(before), stampOf(fstatSync(file))];
  if (length !== before.size || !sameStamp(first, second)) return { ok: false, reason: "changed" };
  return { ok: true, bytes: buffer.subarray(0, length), stamp: second };
}

export function sameStamp(first: FileStamp, second: FileStamp): boolean {
  return (
    first.bytes === second.bytes &&
    first.mtimeMs === second.mtimeMs &&
    first.ctimeMs === second.ctimeMs &&
    first.ino === second.ino
  );
}

function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): FileStamp {
  return { bytes: size, mtimeMs, ctimeMs, ino };
}

function kindOf(entry: Pick<Stats, "isFile" | "isDirectory" | "isSymbolicLink">): FileKind {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  return entry.isSymbolicLink() ? "link" : "special";
}

function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "");
}
