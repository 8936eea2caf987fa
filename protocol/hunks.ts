/** Puts the hunks of a change into a text that has changed since: where each one's lines stand, or nothing of it. */
import type { Hunk } from "./client-requests.ts";

/** Lines from `start` to before `end` become `lines`. */
export interface LineEdit {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

export type Placed =
  | { readonly ok: true; readonly edits: readonly LineEdit[] }
  /** `line` of the hunk that has no place, from 0, as it was when the run began. */
  | { readonly ok: false; readonly line: number; readonly problem: "changed" | "ambiguous" };

/**
 * Each hunk goes where its `before` stands: at its own line, moved by what the hunks above it moved, else at the one place
 * after those where it stands. A hunk whose `after` stands there instead has been applied already. Line ends do not count.
 */
export function placeHunks(text: readonly string[], hunks: readonly Hunk[]): Placed {
  const edits: LineEdit[] = [];
  let moved = 0;
  let from = 0;
  for (const { line, before, after } of hunks) {
    const found = find(text, before, { from, expected: line + moved });
    if (found === "ambiguous") return { ok: false, line, problem: "ambiguous" };
    if (found !== undefined) {
      edits.push(narrowed(found, before, after));
      moved = found - line;
      from = found + before.length;
      continue;
    }
    const done = find(text, after, { from, expected: line + moved });
    if (typeof done !== "number") return { ok: false, line, problem: "changed" };
    moved = done + after.length - (line + before.length);
    from = done + after.length;
  }
  return { ok: true, edits };
}

function find(
  text: readonly string[],
  wanted: readonly string[],
  { from, expected }: { from: number; expected: number },
): number | "ambiguous" | undefined {
  if (expected >= from && standsAt(text, wanted, expected)) return expected;
  let found: number | undefined;
  // Nothing to look for stands everywhere.
  for (let at = from; wanted.length > 0 && at + wanted.length <= text.length; at += 1) {
    if (!standsAt(text, wanted, at)) continue;
    if (found !== undefined) return "ambiguous";
    found = at;
  }
  return found;
}

function standsAt(text: readonly string[], wanted: readonly string[], at: number): boolean {
  return at + wanted.length <= text.length && wanted.every((line, index) => text[at + index] === line);
}

/** Without the lines that stay, so that cursors and marks in them do. */
function narrowed(at: number, before: readonly string[], after: readonly string[]): LineEdit {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { start: at + head, end: at + before.length - tail, lines: after.slice(head, after.length - tail) };
}
