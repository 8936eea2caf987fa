/**
 * The ladder of matching, from exact to shifted: each level is tried only where the one before found nothing, and each
 * counts only where it finds one place.
 */
import type { Document } from "./document.ts";
import { fold, mapFold, toLf } from "./fold.ts";
import { endOfLine, lineNumbers, startOfLine } from "./lines.ts";
import { type Located, MAX_LISTED, type Match, NO_SHIFT, NONE } from "./match.ts";
import { locateShifted } from "./shifted.ts";

export interface LocateOptions {
  /** Only matches that begin and end with lines, as those of a patch do. */
  readonly wholeLines?: boolean;
}

/** Exact; then line endings; then look-alikes; then one shift of the indentation. */
export function locate(document: Document, search: string, options: LocateOptions = {}): Located {
  const exact = locateExact(document.text, search, options);
  if (exact.kind !== "none") return exact;
  const endings = locateFolded(document, document.lf(), search, toLf, options);
  if (endings.kind !== "none") return endings;
  const alike = locateFolded(document, document.folded(), search, fold, options);
  return alike.kind !== "none" ? alike : locateShifted(document, search);
}

function locateExact(text: string, search: string, options: LocateOptions): Located {
  const accept = (at: number) => {
    const end = at + search.length;
    if (isInside(text, at) || isInside(text, end)) return false;
    return options.wholeLines !== true || isWholeLines(text, at, end);
  };
  const places = placesOf(text, search, accept);
  const [from] = places;
  if (from === undefined) return NONE;
  if (places.length > 1) return { kind: "many", lines: lineNumbers(text, places) };
  const span = { from, to: from + search.length };
  return { kind: "one", match: { level: "exact", ...span, foldText: same, shift: NO_SHIFT, lacksFinalEnding: false } };
}

function same(text: string): string {
  return text;
}

function placesOf(text: string, search: string, accept: (at: number) => boolean): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(search); at >= 0 && found.length < MAX_LISTED; at = text.indexOf(search, at + 1))
    if (accept(at)) found.push(at);
  return found;
}

/** A line ending of two characters is one thing, and so is a character of two halves: no match begins or ends inside. */
function isInside(text: string, at: number): boolean {
  if (text[at] === "\n") return text[at - 1] === "\r";
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(Math.max(0, at - 1), at + 1));
}

function isWholeLines(text: string, from: number, to: number): boolean {
  const begins = from === 0 || text[from - 1] === "\n" || (from === 1 && text[0] === "\ufeff");
  return begins && (to === text.length || text[to - 1] === "\n" || text[to] === "\n" || text.startsWith("\r\n", to));
}

function locateFolded(
  { text }: Document,
  folded: string,
  search: string,
  foldText: (text: string) => string,
  options: LocateOptions,
): Located {
  const needle = foldText(search);
  if (needle.trim() === "" && needle !== search) return NONE;
  const accept = (at: number) => options.wholeLines !== true || isWholeLines(folded, at, at + needle.length);
  const places = folded === text && needle === search ? [] : placesOf(folded, needle, accept);
  const matches = firstMatches(text, folded, needle, places, foldText);
  const [match] = matches;
  if (matches.length > 1) return { kind: "many", lines: lineNumbers(folded, places) };
  if (match !== undefined) return { kind: "one", match };
  return atUnendedEnd(text, folded, needle, foldText, options);
}

/** Two are enough to know that there are several. */
function firstMatches(
  text: string,
  folded: string,
  needle: string,
  places: readonly number[],
  foldText: (text: string) => string,
): Match[] {
  const matches: Match[] = [];
  for (const place of places) {
    const match = toRaw(text, folded, place, needle.length, foldText);
    if (match !== undefined) matches.push(match);
    if (matches.length === 2) break;
  }
  return matches;
}

/** The raw place of a match in the folded text; undefined where it begins or ends inside of what folds as a whole. */
function toRaw(
  text: string,
  folded: string,
  place: number,
  length: number,
  foldText: (text: string) => string,
): Match | undefined {
  const [first = 1, last = 1] = lineNumbers(folded, [place, place + length]);
  const start = startOfLine(text, first);
  const end = endOfLine(text, startOfLine(text, last));
  const map = mapFold(text.slice(start, end), foldText);
  const offset = place - (folded.lastIndexOf("\n", place - 1) + 1);
  const startsAt = place === 0 ? 0 : offset;
  const from = map.toRaw[startsAt] ?? -1;
  const to = map.endInRaw[startsAt + length] ?? -1;
  if (from < 0 || to < 0 || map.folded.slice(startsAt, startsAt + length) !== folded.slice(place, place + length))
    return undefined;
  const span = { from: start + from, to: start + to };
  return { level: "normalised", ...span, foldText, shift: NO_SHIFT, lacksFinalEnding: false };
}

/** A search that ends with its line also finds the last line of a file that has no final line ending. */
function atUnendedEnd(
  text: string,
  folded: string,
  needle: string,
  foldText: (text: string) => string,
  options: LocateOptions,
): Located {
  const line = needle.slice(0, -1);
  if (!needle.endsWith("\n") || line.trim() === "" || line.endsWith("\n") || !folded.endsWith(line)) return NONE;
  const place = folded.length - line.length;
  if (options.wholeLines === true && !isWholeLines(folded, place, folded.length)) return NONE;
  const match = toRaw(text, folded, place, line.length, foldText);
  return match === undefined ? NONE : { kind: "one", match: { ...match, lacksFinalEnding: true } };
}
