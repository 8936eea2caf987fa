/** A unified diff as edits of a text that may have changed since: every hunk must still find its lines, or none is made. */
import type { TextDocument } from "vscode-languageserver-textdocument";

/** Offsets in the document's text. */
export interface OffsetEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Hunk {
  /** Line of the old text where it begins, from 0. */
  readonly at: number;
  readonly lines: readonly { readonly sign: " " | "-" | "+"; readonly text: string }[];
}

/** As in a diff: a carriage return alone ends no line, as it does for an editor. */
const LINE_END = /\r\n|\n/;

/** Undefined when a hunk's lines are not there any more, or stand in several places and in none of them as they did. */
export function patchEdits(document: TextDocument, patch: string): OffsetEdit[] | undefined {
  const hunks = hunksOf(patch);
  if (hunks.length === 0) return undefined;
  const text = document.getText();
  const lines = text.replace(/^\ufeff/, "").split(LINE_END);
  const end = /\r\n/.test(text) ? "\r\n" : "\n";
  const edits: OffsetEdit[] = [];
  let moved = 0;
  for (const hunk of hunks) {
    const old = hunk.lines.filter(({ sign }) => sign !== "+").map(({ text }) => text);
    const at = placeOf(lines, old, hunk.at + moved);
    if (at === undefined) return undefined;
    moved = at - hunk.at;
    edits.push(...editsOf(text, hunk, at, end));
  }
  return edits;
}

function hunksOf(patch: string): Hunk[] {
  const hunks: { at: number; lines: { sign: " " | "-" | "+"; text: string }[] }[] = [];
  for (const line of patch.split("\n")) {
    const head = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@/.exec(line);
    // A hunk without old lines names the line before it.
    if (head !== null) hunks.push({ at: Math.max(0, Number(head[1]) - (head[2] === "0" ? 0 : 1)), lines: [] });
    const [sign] = line;
    if (head === null && (sign === " " || sign === "-" || sign === "+"))
      hunks.at(-1)?.lines.push({
        sign,
        text: line
          .slice(1)
          .replace(/\r$/, "")
          .replace(/^\ufeff/, ""),
      });
  }
  return hunks;
}

/** Where they stood, counting what was added before; else the only place in the text. */
function placeOf(lines: readonly string[], old: readonly string[], expected: number): number | undefined {
  const fits = (at: number) => at + old.length <= lines.length && old.every((text, k) => lines[at + k] === text);
  if (expected >= 0 && fits(expected)) return expected;
  if (old.length === 0) return undefined;
  const places = lines.flatMap((_, at) => (fits(at) ? [at] : []));
  return places.length === 1 ? places[0] : undefined;
}

/** One edit for each run of changed lines, so that what stands around them is not touched. */
function editsOf(whole: string, { lines }: Hunk, at: number, end: string): OffsetEdit[] {
  const edits: OffsetEdit[] = [];
  let line = at;
  for (let index = 0; index < lines.length; ) {
    if (lines[index]?.sign === " ") {
      line += 1;
      index += 1;
      continue;
    }
    const rest = lines.slice(index);
    const length = rest.findIndex(({ sign }) => sign === " ");
    const run = length < 0 ? rest : rest.slice(0, length);
    const removed = run.filter(({ sign }) => sign === "-").length;
    const added = run.filter(({ sign }) => sign === "+").map(({ text }) => `${text}${end}`);
    edits.push(lineEdit(whole, line, removed, added.join(""), end));
    line += removed;
    index += run.length;
  }
  return edits;
}

/** At the end of a text whose last line has no line end, the new lines need one before them. */
function lineEdit(all: string, line: number, removed: number, text: string, end: string): OffsetEdit {
  const [start, stop] = [lineStart(all, line), lineStart(all, line + removed)];
  const lacksEnd = start === all.length && start > 0 && !all.endsWith("\n") && text !== "";
  return { start, end: stop, text: lacksEnd ? `${end}${text.slice(0, -end.length)}` : text };
}

function lineStart(text: string, line: number): number {
  if (line === 0) return text.startsWith("\ufeff") ? 1 : 0;
  let at = 0;
  for (let index = 0; index < line; index += 1) {
    at = text.indexOf("\n", at) + 1;
    if (at === 0) return text.length;
  }
  return at;
}
