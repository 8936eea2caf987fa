/** How figures and states look to people. */
import type { RunState, RunStatus } from "../../protocol/index.ts";
import { readable } from "../tools/gate/result.ts";

export type Colour = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
export type Paint = (colour: Colour, text: string) => string;

const CODES: Readonly<Record<Colour, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

export function createPaint(hasColour: boolean): Paint {
  if (!hasColour) return (_colour, text) => text;
  return (colour, text) => `\u001b[${CODES[colour][0]}m${text}\u001b[${CODES[colour][1]}m`;
}

/** What models and commands say could rewrite the screen, or hide on it; as every face makes it visible. */
export const printable = readable;

export function oneLine(text: string, width: number): string {
  const line = printable(text).replace(/\s+/g, " ").trim();
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}

/** Lines of at most so many characters, broken between words where there are any. */
export function wrapped(text: string, width: number): string[] {
  const most = Math.max(20, width);
  return text
    .trimEnd()
    .split("\n")
    .flatMap((line) => line.match(new RegExp(`.{1,${most}}(?:\\s+|$)|.{1,${most}}`, "g")) ?? [""])
    .map((line) => line.trimEnd());
}

export function money(usd: number): string {
  return usd === 0 ? "$0" : usd < 0.01 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;
}

export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.round(minutes / 60)} h`;
}

export function count(number: number, noun: string): string {
  return `${figure(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** 12,400 */
export function figure(number: number): string {
  return Math.round(number).toLocaleString("en-US");
}

/** 48 MB */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[step]}`;
}

export function elapsedMs(state: RunState): number {
  return Math.max(0, Date.parse(state.updatedAt) - Date.parse(state.createdAt));
}

export function statusWord(status: RunStatus): string {
  switch (status) {
    case "awaiting_approval":
      return "needs approval";
    case "out_of_budget":
      return "out of budget";
    case "queued":
    case "working":
    case "suspended":
    case "done":
    case "failed":
    case "denied":
    case "cancelled":
      return status;
  }
}

export function statusColour(status: RunStatus): Colour {
  switch (status) {
    case "done":
      return "green";
    case "failed":
    case "denied":
      return "red";
    case "queued":
    case "working":
    case "awaiting_approval":
    case "suspended":
      return "cyan";
    case "cancelled":
    case "out_of_budget":
      return "yellow";
  }
}

/** Columns as wide as their widest cell; the last one is cut at the terminal's edge. */
export function table(rows: readonly (readonly string[])[], width: number): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return rows.map((row) => `${line(row).trimEnd().slice(0, Math.max(20, width))}\n`).join("");
}
