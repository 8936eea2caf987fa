/** What is written where a search was found: the replacement, but the file's own bytes wherever the two agree. */
import { align } from "./align.ts";
import { mapFold, toLf } from "./fold.ts";
import { endingAt, hasMixedEndings, indentOf, isBlank } from "./lines.ts";
import type { Match, Shift } from "./match.ts";

interface Line {
  readonly text: string;
  /** Undefined: that of the lines around it. */
  readonly ending?: string | undefined;
}

export type Rebuilt =
  | { readonly ok: true; readonly from: number; readonly to: number; readonly text: string }
  | { readonly ok: false; readonly problem: string };

/** `search` and `replace` as the model wrote them; the match is where the search was found in `text`. */
export function rebuild(text: string, match: Match, search: string, replace: string): Rebuilt {
  const { from, to, level } = match;
  const piece = text.slice(from, to);
  // Whoever names both kinds of line ending as they stand in the file means those that it writes.
  if (level === "exact" && search.includes("\r\n") && hasMixedEndings(text))
    return { ok: true, from, to, text: replace };
  // A text without any line ending has no kind of its own.
  if (level === "exact" && !text.includes("\n")) return { ok: true, from, to, text: replace };
  const cut = match.lacksFinalEnding ? withoutFinalEnding : (value: string) => value;
  const wanted = cut(toLf(search)).split("\n");
  const replacement = cut(toLf(replace));
  const file = linesOf(piece);
  if (replacement === "" && match.lacksFinalEnding) return removedAtEnd(text, match);
  const shifted = shiftLines(replacement.split("\n"), match.shift, file);
  if (shifted === undefined) return { ok: false, problem: INDENT_PROBLEM };
  const ending = endingAt(text, from);
  if (level === "exact" && ending === "\n" && !text.includes("\r\n")) return { ok: true, from, to, text: replacement };
  const lines = merged(wanted, replacement.split("\n"), shifted, file, match, ending);
  return { ok: true, from, to, text: lines.map((line, index) => withEnding(line, index, lines, ending)).join("") };
}

const INDENT_PROBLEM =
  "It stands there with another indentation, to which the replacement's cannot be changed by one and the same shift.";

function withoutFinalEnding(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

/** The last line of a file without final line ending goes with the line ending before it, so that none remains. */
function removedAtEnd(text: string, { from, to }: Match): Rebuilt {
  const isLine = from > 0 && text[from - 1] === "\n";
  const start = isLine ? from - (text[from - 2] === "\r" ? 2 : 1) : from;
  return { ok: true, from: start, to, text: "" };
}

function withEnding(line: Line, index: number, lines: readonly Line[], ending: string): string {
  return index === lines.length - 1 ? line.text : line.text + (line.ending ?? ending);
}

function linesOf(piece: string): Line[] {
  const parts = piece.split("\n");
  return parts.map((part, index) => {
    if (index === parts.length - 1) return { text: part };
    return part.endsWith("\r") ? { text: part.slice(0, -1), ending: "\r\n" } : { text: part, ending: "\n" };
  });
}

/** Undefined where a line is not as deep as what is to be taken from it, or would mix tabs and spaces anew. */
function shiftLines(lines: readonly string[], shift: Shift, file: readonly Line[]): string[] | undefined {
  const { add, remove } = shift;
  if (add === "" && remove === "") return [...lines];
  const shifted: string[] = [];
  for (const line of lines) {
    if (!isBlank(line) && !line.startsWith(remove)) return undefined;
    shifted.push(isBlank(line) ? line : add + line.slice(remove.length));
  }
  const mixes = (line: string) => /\t/.test(indentOf(line)) && / /.test(indentOf(line));
  return shifted.some(mixes) && !file.some(({ text }) => mixes(text)) ? undefined : shifted;
}

/** Lines that search and replacement share stay the file's; of the others what they share within. */
function merged(
  wanted: readonly string[],
  replacement: readonly string[],
  shifted: readonly string[],
  file: readonly Line[],
  match: Match,
  ending: string,
): Line[] {
  const partner = align(wanted, replacement);
  const lines: Line[] = [];
  let next = 0;
  for (let at = 0; at < replacement.length; ) {
    const kept = partner[at] ?? -1;
    if (kept >= 0) {
      lines.push(file[kept] ?? { text: "" });
      next = kept + 1;
      at += 1;
      continue;
    }
    const end = endOfChange(partner, at);
    const until = partner[end] ?? wanted.length;
    const change = { wanted: wanted.slice(next, until), lines: shifted.slice(at, end), file: file.slice(next, until) };
    lines.push(...changedLines(change, match, ending));
    next = until;
    at = end;
  }
  return lines;
}

function endOfChange(partner: readonly number[], start: number): number {
  let end = start;
  while (end < partner.length && (partner[end] ?? -1) < 0) end += 1;
  return end;
}

interface Change {
  readonly wanted: readonly string[];
  readonly lines: readonly string[];
  readonly file: readonly Line[];
}

function changedLines({ wanted, lines, file }: Change, match: Match, ending: string): Line[] {
  const ownEnding = (index: number) => (lines.length === file.length ? file[index]?.ending : file[0]?.ending);
  const plain = lines.map((text, index) => ({ text, ending: ownEnding(index) }));
  if (match.level === "approximate" || match.level === "exact" || wanted.length === 0) return plain;
  const deep = wanted.map((line, index) => {
    return isBlank(line)
      ? match.foldText(file[index]?.text ?? "")
      : match.shift.add + line.slice(match.shift.remove.length);
  });
  const raw = file.map((line, index) => withEnding(line, index, file, ending)).join("");
  const text = mergeTokens(deep.join("\n"), lines.join("\n"), raw, match.foldText, file[0]?.ending ?? ending);
  return text === undefined ? plain : withLast(linesOf(text), file.at(-1)?.ending);
}

function withLast(lines: Line[], ending: string | undefined): Line[] {
  const last = lines.at(-1);
  return last === undefined ? lines : [...lines.slice(0, -1), { text: last.text, ending }];
}

const TOKEN = /\r?\n|\.{3}|[\p{L}\p{M}\p{N}_]+|\s|[^\s]\p{M}*/gu;

/** Undefined where the places of the two texts cannot be told from one another. */
function mergeTokens(
  search: string,
  replace: string,
  raw: string,
  foldText: (text: string) => string,
  ending: string,
): string | undefined {
  const ofSearch = mapFold(search, foldText);
  const ofFile = mapFold(raw, foldText);
  if (ofSearch.folded !== ofFile.folded) return undefined;
  const from = [...search.matchAll(TOKEN)];
  const to = [...replace.matchAll(TOKEN)].map(([token]) => token);
  const partner = align(
    from.map(([token]) => token),
    to,
  );
  const parts = to.map((token, index) => {
    const kept = from[partner[index] ?? -1];
    const own = token === "\n" ? ending : token;
    if (kept === undefined) return own;
    const begin = ofSearch.toFolded[kept.index] ?? -1;
    const end = ofSearch.toFolded[kept.index + token.length] ?? -1;
    const start = begin === 0 ? 0 : (ofFile.toRaw[begin] ?? -1);
    const stop = ofFile.toRaw[end] ?? -1;
    return start < 0 || stop < 0 ? own : raw.slice(start, stop);
  });
  return parts.join("");
}
