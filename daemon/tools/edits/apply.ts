/**
 * The edit engine: search and replace on text, pure. Each search goes down a ladder (locate.ts, approximate.ts) and must
 * mean one place; what is not replaced keeps every character, and of what is replaced that in which search and
 * replacement agree. Several edits apply in order, all or none.
 */
import { alreadyAt, standsAround, wasMade } from "./already.ts";
import { locateApproximate } from "./approximate.ts";
import { createDocument, type Document } from "./document.ts";
import { fold, toLf } from "./fold.ts";
import { isCopiedAlong } from "./hints.ts";
import { lineAt } from "./lines.ts";
import { locate } from "./locate.ts";
import { type Match, NONE } from "./match.ts";
import { hasLeakedMarkers, placeholderIn } from "./placeholders.ts";
import { rebuild } from "./rebuild.ts";
import { approximately, type Refusal, refusals } from "./words.ts";

export interface Edit {
  readonly search: string;
  readonly replace: string;
}

/** An edit of a patch knows more: it means whole lines, and where they were. */
export interface PlacedEdit extends Edit {
  readonly wholeLines?: boolean;
  /** Number of the line, from 1, that is taken where several fit exactly. */
  readonly hintLine?: number;
  /** Lines that stand before it, outermost first: where several places fit exactly, the first after them is taken. */
  readonly after?: readonly string[];
}

export type EditOutcome =
  | {
      readonly status: "applied" | "applied_approx";
      readonly text: string;
      /** The line, from 1, where each edit begins in the text that it was applied to. */
      readonly lines: readonly number[];
      /** What differed, for each approximate match. */
      readonly notes: readonly string[];
    }
  | Refusal;

const NUL = "\0";

interface Step {
  readonly text: string;
  readonly line: number;
  readonly note: string | undefined;
}

/** Never throws. `index` of a refusal counts from 0. */
export function applyEdits(original: string, edits: readonly PlacedEdit[]): EditOutcome {
  const isBinary = original.includes(NUL);
  const binary = edits.findIndex(({ replace }) => isBinary || replace.includes(NUL));
  if (binary >= 0) return refusals.binary(binary);
  let text = original;
  const steps: Step[] = [];
  for (const [index, edit] of edits.entries()) {
    const document = createDocument(text);
    const step = applyEdit(document, edit, original, index);
    if ("status" in step) {
      // Among others, an edit that changes nothing stands in nobody's way.
      const found = step.status === "noop" && edits.length > 1 ? locate(document, edit.search) : NONE;
      if (found.kind !== "one") return step;
      steps.push({ text, line: lineAt(text, found.match.from), note: undefined });
      continue;
    }
    steps.push(step);
    text = step.text;
  }
  if (text === original) return refusals.noop(0);
  const notes = steps.flatMap(({ note }) => note ?? []);
  const status = notes.length === 0 ? "applied" : "applied_approx";
  return { status, text, lines: steps.map(({ line }) => line), notes };
}

/** A file that is not there is made by an edit whose search is empty; the others apply to what that wrote. */
export function createByEdits(edits: readonly PlacedEdit[]): EditOutcome {
  const [first, ...others] = edits;
  if (first === undefined || first.search !== "") return refusals.noFile();
  const placeholder = placeholderIn(first.replace, "");
  if (placeholder !== undefined) return refusals.placeholder(0, placeholder);
  if (first.replace.includes(NUL)) return refusals.binary(0);
  if (others.length === 0) return { status: "applied", text: first.replace, lines: [1], notes: [] };
  const outcome = applyEdits(first.replace, others);
  return "index" in outcome ? { ...outcome, index: outcome.index + 1 } : outcome;
}

function applyEdit(document: Document, edit: PlacedEdit, original: string, index: number): Step | Refusal {
  const { text } = document;
  const hasMark = text.startsWith(BOM) && edit.search.startsWith(BOM);
  // The mark is the file's, not the text's: it stays, whether or not an edit names it.
  const search = hasMark ? withoutMark(edit.search) : edit.search;
  if (search === "" && text === "") return written(edit.replace, original, index);
  if (search === "") return refusals.emptySearch(index);
  if (search === edit.replace || toLf(search) === toLf(edit.replace)) return refusals.noop(index);
  const replace = search.startsWith(BOM) ? edit.replace : withoutMark(edit.replace);
  if (search === replace) return refusals.noop(index);
  const placeholder = placeholderIn(replace, original);
  if (placeholder !== undefined) return refusals.placeholder(index, placeholder);
  if (hasLeakedMarkers(replace, original)) return refusals.markers(index);
  const found = locate(document, search, edit);
  if (found.kind === "one") return replaced(document, found.match, search, replace, index);
  if (found.kind === "many") return hinted(document, { ...edit, search }, replace, found.lines, index);
  return otherwise(document, { ...edit, search }, replace, original, index);
}

const BOM = "\ufeff";

function withoutMark(text: string): string {
  return text.startsWith(BOM) ? text.slice(1) : text;
}

/** What an empty file becomes. */
function written(content: string, original: string, index: number): Step | Refusal {
  const placeholder = placeholderIn(content, original);
  if (placeholder !== undefined) return refusals.placeholder(index, placeholder);
  return content === "" ? refusals.noop(index) : { text: content, line: 1, note: undefined };
}

function replaced({ text }: Document, match: Match, search: string, replace: string, index: number): Step | Refusal {
  const line = lineAt(text, match.from);
  if (standsAround(text, match, search, replace)) return refusals.already(index, line);
  const rebuilt = rebuild(text, match, search, replace);
  if (!rebuilt.ok) return refusals.unfit(index, line, rebuilt.problem);
  const result = text.slice(0, rebuilt.from) + rebuilt.text + text.slice(rebuilt.to);
  if (result === text) return refusals.already(index, line);
  return { text: result, line, note: match.level === "approximate" ? approximately(match, line) : undefined };
}

/** Several places fit exactly: a patch says which one it means, if its line number is right. */
function hinted(
  document: Document,
  edit: PlacedEdit,
  replace: string,
  lines: readonly number[],
  index: number,
): Step | Refusal {
  const { text } = document;
  const { search } = edit;
  const hintLine = edit.hintLine ?? firstAfter(text, edit.after ?? [], lines);
  if (hintLine === undefined || lines.filter((line) => line === hintLine).length !== 1)
    return refusals.ambiguous(index, lines);
  let from = -1;
  do from = text.indexOf(search, from + 1);
  while (from >= 0 && lineAt(text, from) < hintLine);
  if (from < 0 || lineAt(text, from) !== hintLine) return refusals.ambiguous(index, lines);
  const span = { from, to: from + search.length, shift: { add: "", remove: "" }, lacksFinalEnding: false };
  return replaced(document, { level: "exact", foldText: fold, ...span }, search, replace, index);
}

/** Each of the lines that stand before it must be there once, after the one before. */
function firstAfter(text: string, before: readonly string[], lines: readonly number[]): number | undefined {
  if (before.length === 0) return undefined;
  const all = text.split(/\r?\n/).map((line) => line.trim());
  let last = 0;
  for (const wanted of before) {
    const found = all.flatMap((line, index) => (line === wanted && index + 1 > last ? [index + 1] : []));
    const [line] = found;
    if (line === undefined || found.length > 1) return undefined;
    last = line;
  }
  return lines.find((line) => line > last);
}

/** Nothing fits: is it done already, or is one block almost it? */
function otherwise(
  document: Document,
  edit: PlacedEdit,
  replace: string,
  original: string,
  index: number,
): Step | Refusal {
  const { search } = edit;
  const standing = alreadyAt(document, search, replace);
  if (standing?.says === "sure") return refusals.already(index, standing.line);
  const close = isCopiedAlong(document, search) ? NONE : locateApproximate(document, search);
  if (standing !== undefined && wasMade(document, standing, close)) return refusals.already(index, standing.line);
  if (close.kind === "one") return replaced(document, close.match, search, replace, index);
  if (close.kind === "many") return refusals.ambiguous(index, close.lines);
  const isOverlap = document.text !== original && locate(createDocument(original), search).kind === "one";
  return isOverlap ? refusals.overlap(index) : refusals.notFound(index, document, search);
}
