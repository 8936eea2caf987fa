/** What differs between two texts, by lines. */
import { diffArrays } from "diff";

/** Lines `start` up to `end` (not included, from 0) of the first text become `lines`. */
export interface LineHunk {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** Texts that differ in more lines are compared by their common beginning and end alone. */
const MOST_EDITS = 5000;

export function lineHunks(before: readonly string[], after: readonly string[]): LineHunk[] {
  const start = commonStart(before, after);
  const end = commonEnd(before, after, start);
  const [old, made] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  if (old.length === 0 && made.length === 0) return [];
  const parts = diffArrays([...old], [...made], { maxEditLength: MOST_EDITS });
  if (parts === undefined) return [{ start, end: start + old.length, lines: made }];
  const hunks: { start: number; end: number; lines: string[] }[] = [];
  let line = start;
  for (const { added, removed, value } of parts) {
    if (added || removed) {
      const last = hunks.at(-1);
      const hunk = last?.end === line ? last : { start: line, end: line, lines: [] };
      if (hunk !== last) hunks.push(hunk);
      if (added) hunk.lines.push(...value);
      if (removed) hunk.end += value.length;
    }
    if (!added) line += value.length;
  }
  return hunks;
}

function commonStart(first: readonly string[], second: readonly string[]): number {
  const most = Math.min(first.length, second.length);
  let count = 0;
  while (count < most && first[count] === second[count]) count++;
  return count;
}

function commonEnd(first: readonly string[], second: readonly string[], start: number): number {
  const most = Math.min(first.length, second.length) - start;
  let count = 0;
  while (count < most && first.at(-1 - count) === second.at(-1 - count)) count++;
  return count;
}
