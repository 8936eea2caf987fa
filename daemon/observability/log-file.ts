/** The log's sink: JSON lines, one file that rotates. Nothing gets past the redactor, and nothing here ever throws. */

import { openAppender } from "../host/appender.ts";
import type { Clock } from "../host/clock.ts";
import type { Log, LogLevel } from "./log.ts";

const MAX_FILE_BYTES = 5 * 1024 * 1024;
const MAX_FILES = 5;
const MAX_LINE_CHARACTERS = 64 * 1024;
const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

export interface FileLog extends Log {
  close(): void;
}

export interface FileLogOptions {
  readonly path: string;
  readonly clock: Pick<Clock, "iso">;
  /** Every string, keys excepted, passes through it before it is written. */
  readonly redact: (text: string) => string;
  /** Lines below it are dropped; default info. */
  readonly minLevel?: LogLevel;
  readonly maxBytes?: number;
}

/**
 * Lines of `{at, level, message, pid, …fields}`; up to five files of 5 MiB. A full disk costs log lines, never the
 * daemon: the number of lost lines is written as soon as there is space again.
 */
export function openFileLog(options: FileLogOptions): FileLog {
  const appender = openAppender(options.path, { maxBytes: options.maxBytes ?? MAX_FILE_BYTES, files: MAX_FILES });
  const minLevel = LEVELS.indexOf(options.minLevel ?? "info");
  let lost = 0;

  function write(level: LogLevel, message: string, carried: object, own: object = {}): void {
    if (LEVELS.indexOf(level) < minLevel) return;
    try {
      const fields = { ...carried, ...own };
      if (lost > 0) appender.append(line("warn", "log lines were lost", { lost }));
      lost = 0;
      appender.append(line(level, message, fields));
    } catch {
      lost += 1;
    }
  }

  function line(level: LogLevel, message: string, fields: Record<string, unknown>): string {
    const entry = { at: options.clock.iso(), level, message, pid: process.pid, ...fields };
    const text = serialize(entry, options.redact);
    if (text.length <= MAX_LINE_CHARACTERS) return `${text}\n`;
    const cut = { at: entry.at, level, message, pid: entry.pid, truncated: text.slice(0, MAX_LINE_CHARACTERS / 2) };
    return `${serialize(cut, options.redact)}\n`;
  }

  const withFields = (carried: Record<string, unknown>): Log => ({
    write: (level, message, fields) => write(level, message, carried, fields),
    with: (more) => withFields({ ...carried, ...more }),
  });
  return { ...withFields({}), close: () => appender.close() };
}

/** Drops everything: for programs that have no data folder yet, and for tests. */
export const silentLog: Log = { write: () => undefined, with: () => silentLog };

function serialize(entry: Record<string, unknown>, redact: (text: string) => string): string {
  const open = new Set<unknown>();
  const plain = (value: unknown, depth: number): unknown => {
    if (typeof value === "string") return redact(value);
    if (typeof value === "bigint" || typeof value === "symbol" || typeof value === "function") return String(value);
    if (typeof value !== "object" || value === null) return value;
    if (open.has(value)) return "[circular]";
    if (depth > 8) return "[deep]";
    open.add(value);
    const result = Array.isArray(value)
      ? value.slice(0, 100).map((item) => plain(item, depth + 1))
      : Object.fromEntries(Object.entries(described(value)).map(([key, item]) => [key, plain(item, depth + 1)]));
    open.delete(value);
    return result;
  };
  return JSON.stringify(plain(entry, 0));
}

/** Errors have no enumerable fields of their own worth reading. */
function described(value: object): object {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, stack, ...(cause === undefined ? {} : { cause }) };
}
