/**
 * A run's change of a text as edits of the text that an editor has by now: as few as can be, moved along with what was typed
 * meanwhile, and none at all where both changed the same lines.
 */
import { type LineHunk, lineHunks } from "../../../tools/edits/line-hunks.ts";
import type { OffsetEdit } from "../hunk-edits.ts";

export interface Sides {
  readonly before: string;
  readonly after: string;
  readonly now: string;
}

/** Undefined when what was typed meets the change. Line endings are those of `now`. */
export function textEdits({ before, after, now }: Sides): OffsetEdit[] | undefined {
  const base = linesOf(before);
  const present = linesOf(now);
  const typed = lineHunks(base, present);
  const wanted = lineHunks(base, linesOf(after)).filter((hunk) => !typed.some((other) => isSame(hunk, other)));
  if (wanted.some((hunk) => typed.some((other) => meets(hunk, other)))) return undefined;
  const layout = layoutOf(now, present.length);
  return wanted.map((hunk) => editOf(layout, { ...hunk, ...moved(hunk, typed) })).filter(isChange);
}

export function applyEdits(text: string, edits: readonly OffsetEdit[]): string {
  const ordered = [...edits].sort((first, second) => first.start - second.start);
  let result = "";
  let at = 0;
  for (const { start, end, text: piece } of ordered) {
    result += text.slice(at, start) + piece;
    at = end;
  }
  return result + text.slice(at);
}

/** The same text, whatever its line endings are and whether a byte order mark begins it. */
export function isSameText(first: string, second: string): boolean {
  return linesOf(first).join("\n") === linesOf(second).join("\n");
}

/** Where a line of one text (from 0) is in the other; undefined when it was changed. */
export function movedLine(line: number, before: string, now: string): number | undefined {
  let shift = 0;
  for (const { start, end, lines } of lineHunks(linesOf(before), linesOf(now))) {
    if (line >= start && line < end) return undefined;
    if (end <= line) shift += lines.length - (end - start);
  }
  return line + shift;
}

function linesOf(text: string): string[] {
  return text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
}

function isSame(first: LineHunk, second: LineHunk): boolean {
  const isPlace = first.start === second.start && first.end === second.end;
  return (
    isPlace && first.lines.length === second.lines.length && first.lines.every((line, k) => line === second.lines[k])
  );
}

/** Lines beside each other do not meet; two insertions at one place do, because nobody knows which comes first. */
function meets(first: LineHunk, second: LineHunk): boolean {
  if (first.start === second.start && (first.start === first.end) === (second.start === second.end)) return true;
  return (
    Math.max(first.start, second.start) < Math.min(first.end, second.end) ||
    isInside(first, second) ||
    isInside(second, first)
  );
}

function isInside(insertion: LineHunk, other: LineHunk): boolean {
  return insertion.start === insertion.end && other.start < insertion.start && insertion.start < other.end;
}

function moved({ start, end }: LineHunk, typed: readonly LineHunk[]): { start: number; end: number } {
  const before = typed.filter((hunk) => hunk.end <= start);
  const shift = before.reduce((sum, hunk) => sum + hunk.lines.length - (hunk.end - hunk.start), 0);
  return { start: start + shift, end: end + shift };
}

interface Layout {
  readonly text: string;
  /** Offsets where lines begin, and where they end without their line end. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly lineEnd: string;
}

function layoutOf(text: string, count: number): Layout {
  const first = text.startsWith("\ufeff") ? 1 : 0;
  const starts = [first];
  const ends: number[] = [];
  for (const { index, 0: mark } of text.matchAll(/\r\n|\n|\r/g)) {
    ends.push(index);
    starts.push(index + mark.length);
  }
  ends.push(text.length);
  const windows = text.match(/\r\n/g)?.length ?? 0;
  return {
    text,
    starts: starts.slice(0, count),
    ends,
    lineEnd: windows * 2 > count - 1 && windows > 0 ? "\r\n" : "\n",
  };
}

function editOf({ text, starts, ends, lineEnd }: Layout, { start, end, lines }: LineHunk): OffsetEdit {
  const from = starts[start] ?? text.length;
  const to = starts[end];
  if (to !== undefined)
    return trimmed(text, { start: from, end: to, text: lines.map((line) => line + lineEnd).join("") });
  // It reaches the last line, which has no line end of its own.
  if (start >= starts.length)
    return { start: text.length, end: text.length, text: lines.map((line) => lineEnd + line).join("") };
  const begin = lines.length === 0 && start > 0 ? (ends[start - 1] ?? from) : from;
  return trimmed(text, { start: begin, end: text.length, text: lines.join(lineEnd) });
}

/** Without the characters at both ends that stay; never cut inside of a character or of a line end. */
function trimmed(whole: string, { start, end, text }: OffsetEdit): OffsetEdit {
  const most = Math.min(end - start, text.length);
  let head = 0;
  while (head < most && whole[start + head] === text[head]) head++;
  while (head > 0 && (splits(whole, start + head) || splits(text, head))) head--;
  let tail = 0;
  while (tail < most - head && whole[end - 1 - tail] === text[text.length - 1 - tail]) tail++;
  while (tail > 0 && (splits(whole, end - tail) || splits(text, text.length - tail))) tail--;
  return { start: start + head, end: end - tail, text: text.slice(head, text.length - tail) };
}

function splits(text: string, at: number): boolean {
  const [last, next] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  if (last === 13 && next === 10) return true;
  return (last & 0xfc00) === 0xd800 && (next & 0xfc00) === 0xdc00;
}

function isChange({ start, end, text }: OffsetEdit): boolean {
  return start !== end || text !== "";
}
