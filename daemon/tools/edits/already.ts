/** Whether an edit was made before. Only asked where its search is not found, or where it adds to what it searches for. */
import type { Document } from "./document.ts";
import { fold, toLf } from "./fold.ts";
import { lineAt } from "./lines.ts";
import { locate } from "./locate.ts";
import type { Match } from "./match.ts";

/** Characters that no two edits write by chance. */
const MIN_CHARACTERS = 8;
const MIN_WORD = 3;

/**
 * An edit that adds to what it searches for finds it again once it is made. Where exactly the whole replacement stands
 * around the match, it was made; a few characters may stand there by chance.
 */
export function standsAround(text: string, { from, to, level }: Match, search: string, replace: string): boolean {
  const [wanted, whole] = [toLf(search), toLf(replace)];
  const before = whole.indexOf(wanted);
  if (level !== "exact" || wanted === "" || before < 0) return false;
  const added = whole.slice(0, before) + whole.slice(before + wanted.length);
  const isLine = added.includes("\n") && added.trim() !== "";
  if (!isLine && added.replace(/\s/g, "").length < MIN_CHARACTERS) return false;
  const slack = 2 * whole.length + 2;
  const left = toLf(text.slice(Math.max(0, from - slack), from));
  const right = toLf(text.slice(to, to + slack));
  for (let at = before; at >= 0; at = whole.indexOf(wanted, at + 1))
    if (left.endsWith(whole.slice(0, at)) && right.startsWith(whole.slice(at + wanted.length))) return true;
  return false;
}

/** The search leaves only something away: then the replacement stands in every file that has not changed yet. */
export function isPartOf(search: string, replace: string): boolean {
  return fold(search).includes(fold(replace).trim());
}

/** The line where the replacement stands; undefined for nowhere, or where that says nothing. */
export function alreadyAt(document: Document, search: string, replace: string): number | undefined {
  const words = replace.trim();
  if (words === "") return undefined;
  if (isPartOf(search, replace)) return lineOf(document, replace, true);
  if (words.length >= MIN_CHARACTERS) return lineOf(document, replace, false);
  // A brace ends many blocks.
  if (/^[\s{}()[\]<>;,/*]*$/.test(words)) return undefined;
  return onlyLineOf(document, replace) ?? onlyWordAt(document, search, words);
}

function lineOf(document: Document, replace: string, wholeLines: boolean): number | undefined {
  const found = locate(document, replace, { wholeLines });
  if (found.kind === "none") return undefined;
  return found.kind === "one" ? lineAt(document.text, found.match.from) : found.lines[0];
}

function onlyLineOf(document: Document, replace: string): number | undefined {
  const found = locate(document, replace, { wholeLines: true });
  return found.kind === "one" ? lineAt(document.text, found.match.from) : undefined;
}

/** Within a line it says something where it stands once, not in a longer word, and the search is about as short. */
function onlyWordAt({ text }: Document, search: string, words: string): number | undefined {
  if (words.length < MIN_WORD || search.trim().length > 2 * words.length + 2) return undefined;
  const at = text.indexOf(words);
  if (at < 0 || text.indexOf(words, at + 1) >= 0) return undefined;
  const isInside = (place: number) => /[\p{L}\p{N}_]{2}/u.test(text.slice(Math.max(0, place - 1), place + 1));
  return isInside(at) || isInside(at + words.length) ? undefined : lineAt(text, at);
}
