/** Whole lines of a folded text that a search of as many lines may mean. */
import { endOfLine, indentOf, isBlank, startOfLine } from "./lines.ts";
import type { Shift } from "./match.ts";

/** A search as whole lines, folded. */
export interface WantedLines {
  readonly lines: readonly string[];
  /** The search ends with a line ending. */
  readonly isEnded: boolean;
}

export function wantedLines(folded: string): WantedLines {
  const isEnded = folded.endsWith("\n");
  return { lines: (isEnded ? folded.slice(0, -1) : folded).split("\n"), isEnded };
}

/** The one shift that makes the indentation of all lines that are not blank that of the file; undefined for none. */
export function shiftBetween(search: readonly string[], file: readonly string[]): Shift | undefined {
  let shift: Shift | undefined;
  for (const [index, line] of search.entries()) {
    const found = file[index] ?? "";
    if (isBlank(line) !== isBlank(found)) return undefined;
    if (isBlank(line)) continue;
    const needed = shiftOf(indentOf(line), indentOf(found));
    if (needed === undefined) return undefined;
    shift ??= needed;
    if (shift.add !== needed.add || shift.remove !== needed.remove) return undefined;
  }
  return shift;
}

function shiftOf(search: string, file: string): Shift | undefined {
  if (file.endsWith(search)) return { add: file.slice(0, file.length - search.length), remove: "" };
  if (search.endsWith(file)) return { add: "", remove: search.slice(0, search.length - file.length) };
  return undefined;
}

/** The raw place of whole lines, `first` from 1. The line ending of the last goes along where the search has one. */
export function spanOfLines(text: string, first: number, { lines, isEnded }: WantedLines) {
  const start = startOfLine(text, first);
  const from = start === 0 && text.startsWith("\ufeff") ? 1 : start;
  const last = startOfLine(text, first + lines.length - 1);
  const to = isEnded ? startOfLine(text, first + lines.length) : endOfLine(text, last);
  return { from, to, lacksFinalEnding: isEnded && text[to - 1] !== "\n" };
}
