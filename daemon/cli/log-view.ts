/** The daemon's log for people. */
import { readSlice, stat } from "../host/files.ts";
import { waitForChange } from "../host/spawn-daemon.ts";
import { type Paint, printable } from "./format.ts";

const CHUNK_BYTES = 256 * 1024;

/** The last lines of the file, and the offset behind them. */
export async function readLogEnd(path: string, count: number): Promise<{ lines: string[]; offset: number }> {
  const size = (await stat(path))?.size ?? 0;
  let text = "";
  let start = size;
  while (start > 0 && text.split("\n").length <= count + 1) {
    const length = Math.min(CHUNK_BYTES, start);
    start -= length;
    text = (await readSlice(path, start, length)).toString("latin1") + text;
  }
  const end = text.lastIndexOf("\n") + 1;
  const lines = Buffer.from(text.slice(0, end), "latin1").toString("utf8").split("\n").slice(0, -1);
  return { lines: lines.slice(-count), offset: size - (text.length - end) };
}

/** Tells every further line until the signal; goes on with the new file when the log rotates. */
export async function followLog(
  path: string,
  folder: string,
  from: number,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let offset = from;
  while (!signal.aborted) {
    const size = (await stat(path))?.size ?? 0;
    if (size < offset) offset = 0;
    const bytes = size > offset ? await readSlice(path, offset, Math.min(CHUNK_BYTES, size - offset)) : Buffer.alloc(0);
    const end = bytes.lastIndexOf(10) + 1;
    for (const line of bytes.subarray(0, end).toString("utf8").split("\n").slice(0, -1)) onLine(line);
    offset += end;
    if (end === 0) await waitForChange(folder, 500, signal);
  }
}

/** `12:03:04 warn  the message key=value`; a line that is no JSON stays as it is. */
export function logText(line: string, paint: Paint): string {
  const entry = parse(line);
  if (entry === undefined) return `${printable(line)}\n`;
  const { at, level, message, pid: _, ...fields } = entry;
  const details = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const word = String(level).padEnd(5);
  const colour = level === "error" ? "red" : level === "warn" ? "yellow" : "dim";
  const time = String(at).slice(0, 19).replace("T", " ");
  return `${paint("dim", time)} ${paint(colour, word)} ${printable(String(message))} ${paint("dim", printable(details.join(" ")))}\n`;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
