/** The hunks of a change as edits of a text that may have changed since: every hunk must find its lines, or none is made. */
import { type Placed, placeHunks } from "../../../protocol/hunks.ts";
import type { Hunk } from "../../../protocol/index.ts";

/** Offsets in the text. */
export interface OffsetEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export type HunkEdits = { readonly ok: true; readonly edits: readonly OffsetEdit[] } | Extract<Placed, { ok: false }>;

/** As in a diff: a carriage return alone ends no line. */
const LINE_END = /\r\n|\n/g;

export function hunkEdits(text: string, hunks: readonly Hunk[]): HunkEdits {
  const lines = linesOf(text);
  const placed = placeHunks(
    lines.map(({ start, end }) => text.slice(start, end)),
    hunks,
  );
  if (!placed.ok) return placed;
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const edits = placed.edits.map(({ start, end, lines: added }): OffsetEdit => {
    const next = lines[end];
    const from = lines[start]?.start ?? text.length;
    if (next !== undefined) return { start: from, end: next.start, text: added.map((line) => line + lineEnd).join("") };
    // The last line has no end that could go with it: the one before it does.
    const before = lines[start - 1];
    if (before === undefined) return { start: from, end: text.length, text: added.join(lineEnd) };
    return { start: before.end, end: text.length, text: added.map((line) => lineEnd + line).join("") };
  });
  return { ok: true, edits };
}

/** Where each line stands, without its end; a byte order mark is none of the first line's. */
function linesOf(text: string): { start: number; end: number }[] {
  const lines: { start: number; end: number }[] = [];
  let start = text.startsWith("\ufeff") ? 1 : 0;
  for (const { 0: end, index } of text.matchAll(LINE_END)) {
    lines.push({ start, end: index });
    start = index + end.length;
  }
  return [...lines, { start, end: text.length }];
}
