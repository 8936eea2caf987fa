/**
 * The edit engine: exact search and replace on text, pure. Matching ignores the difference between LF and CRLF, and
 * what is not replaced keeps every character. Works on any string whose characters stand for themselves, so the caller
 * may hand in bytes as Latin-1 to keep invalid UTF-8 as it is.
 */

export interface Edit {
  readonly search: string;
  readonly replace: string;
}

export type EditOutcome =
  | {
      readonly status: "applied";
      readonly text: string /** Where each edit begins, from 1. */;
      readonly lines: number[];
    }
  | { readonly status: "not_found"; readonly index: number; readonly alreadyAt: number | undefined }
  | { readonly status: "ambiguous"; readonly index: number; readonly lines: number[] }
  | { readonly status: "noop"; readonly index: number };

/** Applies the edits in order, each to the result of the one before; all or none. `index` counts from 0. */
export function applyEdits(original: string, edits: readonly Edit[]): EditOutcome {
  let text = original;
  const lines: number[] = [];
  for (const [index, edit] of edits.entries()) {
    const outcome = applyEdit(text, { search: toLf(edit.search), replace: toLf(edit.replace) });
    if (outcome.status !== "applied") return { ...outcome, index };
    text = outcome.text;
    lines.push(...outcome.lines);
  }
  return { status: "applied", text, lines };
}

export function toLf(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

type WithoutIndex<Outcome> = Outcome extends { index: number } ? Omit<Outcome, "index"> : Outcome;

/** Search and replacement have LF line endings only. */
function applyEdit(text: string, { search, replace }: Edit): WithoutIndex<EditOutcome> {
  const normal = toLf(text);
  if (search === replace) return { status: "noop" };
  const starts = occurrences(normal, search, 2);
  const [start] = starts;
  if (start === undefined) return { status: "not_found", alreadyAt: alreadyAt(normal, replace) };
  if (starts.length > 1)
    return { status: "ambiguous", lines: occurrences(normal, search, 20).map((at) => lineAt(normal, at)) };
  const span = changedSpan(search, replace);
  const from = toOriginal(text, normal, start + span.prefix);
  const to = toOriginal(text, normal, start + search.length - span.suffix);
  const middle = replace.slice(span.prefix, replace.length - span.suffix);
  const ending = endingAt(text, from);
  const inserted = ending === "\n" ? middle : middle.replaceAll("\n", ending);
  return {
    status: "applied",
    text: text.slice(0, from) + inserted + text.slice(to),
    lines: [lineAt(normal, start + span.prefix)],
  };
}

/** Overlapping ones count too: where `aa` is to be replaced in `aaa`, there are two ways to do it. */
function occurrences(text: string, search: string, limit: number): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(search); at >= 0 && found.length < limit; at = text.indexOf(search, at + 1))
    found.push(at);
  return found;
}

/** What search and replacement have in common at both ends is not touched, so that it keeps its line endings. */
function changedSpan(search: string, replace: string): { prefix: number; suffix: number } {
  const most = Math.min(search.length, replace.length);
  let prefix = 0;
  while (prefix < most && search[prefix] === replace[prefix]) prefix += 1;
  let suffix = 0;
  while (suffix < most - prefix && search.at(-1 - suffix) === replace.at(-1 - suffix)) suffix += 1;
  return { prefix, suffix };
}

/** The place in the text with CRLF of a place in the one without; a line end begins at its CR. */
function toOriginal(text: string, normal: string, position: number): number {
  if (text.length === normal.length) return position;
  let removed = 0;
  for (let at = text.indexOf("\r\n"); at >= 0 && at - removed < position; at = text.indexOf("\r\n", at + 2))
    removed += 1;
  return position + removed;
}

/** The line ending in use around a place: the one before it, else the first one of the file. */
function endingAt(text: string, position: number): "\n" | "\r\n" {
  const before = text.lastIndexOf("\n", position - 1);
  const at = position > 0 && before >= 0 ? before : text.indexOf("\n");
  return at > 0 && text[at - 1] === "\r" ? "\r\n" : "\n";
}

function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < position; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** A short replacement stands in many files by chance; only one of some size says that the edit was made before. */
function alreadyAt(normal: string, replace: string): number | undefined {
  const at = replace.trim().length >= 12 ? normal.indexOf(replace) : -1;
  return at < 0 ? undefined : lineAt(normal, at);
}
