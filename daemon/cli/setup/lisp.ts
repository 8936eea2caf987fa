/** Whether a file of Emacs Lisp is whole, as far as its brackets and strings tell. */
import { lineOf } from "./change.ts";

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]" };

/** A sentence about the first place where it is not; undefined where it is. */
export function lispProblem(text: string): string | undefined {
  const open: { readonly sign: string; readonly at: number }[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (sign === ";") at = endOfLine(text, at);
    else if (sign === "\\") at += 1;
    else if (sign === "?" && isCharacter(text, at)) at += text[at + 1] === "\\" ? 2 : 1;
    else if (sign === '"') {
      const end = endOfString(text, at);
      if (end === undefined) return `The string that begins in line ${lineOf(text, at)} does not end.`;
      at = end;
    } else if (sign in CLOSING) open.push({ sign, at });
    else if (sign === ")" || sign === "]") {
      const last = open.pop();
      if (last === undefined || CLOSING[last.sign] !== sign)
        return `The “${sign}” in line ${lineOf(text, at)} closes nothing.`;
    }
  }
  const first = open.at(-1);
  return first === undefined ? undefined : `The “${first.sign}” in line ${lineOf(text, first.at)} is not closed.`;
}

/** `?a` is a character, `foo?` a name. */
function isCharacter(text: string, at: number): boolean {
  return at === 0 || /[\s()[\]'`,"]/.test(text[at - 1] ?? "");
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at;
  }
  return undefined;
}
