/** Whether an edit was made before. Only asked where its search is not found, or where it adds to what it searches for. */
import type { Document } from "./document.ts";
import { fold, toLf } from "./fold.ts";
import { lineAt } from "./lines.ts";
import { locate } from "./locate.ts";
import type { Located, Match } from "./match.ts";

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

export interface Standing {
  readonly line: number;
  /**
   * `sure`: the edit was made. `alike`: a short line that says so only where the search is almost another line, because
   * such a one would be changed in its place. `cut`: the replacement is a part of the search, and may stand
   * there because the edit was not made yet; it says so only where it stands outside of what is almost the search.
   */
  readonly says: "sure" | "alike" | "cut";
}

/** Where the replacement of an edit whose search is nowhere stands; undefined for nowhere, or where that says nothing. */
export function alreadyAt(document: Document, search: string, replace: string): Standing | undefined {
  const words = replace.trim();
  if (words === "") return undefined;
  const isCut = fold(search).includes(fold(replace).trim());
  if (isCut || words.length >= MIN_CHARACTERS) {
    const found = locate(document, replace, { wholeLines: isCut });
    if (found.kind === "none") return undefined;
    const line = found.kind === "one" ? lineAt(document.text, found.match.from) : (found.lines[0] ?? 1);
    return { line, says: isCut ? "cut" : "sure" };
  }
  // A brace ends many blocks.
  const isShort = search.trim().length <= 2 * words.length + 2 && !/^[\s{}()[\]<>;,/*]*$/.test(words);
  const found = locate(document, replace, { wholeLines: true });
  if (found.kind === "one") return { line: lineAt(document.text, found.match.from), says: isShort ? "sure" : "alike" };
  return isShort ? onlyWord(document, words) : undefined;
}

/** `close` is what is almost the search. */
export function wasMade({ text }: Document, { line, says }: Standing, close: Located): boolean {
  if (says === "sure") return true;
  if (says === "alike") return close.kind !== "none";
  if (close.kind !== "one") return close.kind === "none";
  return line < lineAt(text, close.match.from) || line > lineAt(text, Math.max(close.match.from, close.match.to - 1));
}

/** Within a line a short text says something where it stands once, and not in a longer word. */
function onlyWord({ text }: Document, words: string): Standing | undefined {
  const at = text.indexOf(words);
  if (words.length < MIN_WORD || at < 0 || text.indexOf(words, at + 1) >= 0) return undefined;
  const isInside = (place: number) => /[\p{L}\p{N}_]{2}/u.test(text.slice(Math.max(0, place - 1), place + 1));
  return isInside(at) || isInside(at + words.length) ? undefined : { line: lineAt(text, at), says: "sure" };
}
