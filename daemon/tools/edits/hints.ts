/** What went wrong with a search that is not in the file, where its shape tells: what models copy along, or escape once too often. */
import type { Document } from "./document.ts";
import { locate } from "./locate.ts";

interface Habit {
  readonly words: string;
  /** The search without it; undefined where it has not got it. */
  readonly undo: (search: string) => string | undefined;
}

const NUMBERED = /^ *\d+(?:\t|[:|│→] ?| [|│→] ?)/;

const HABITS: readonly Habit[] = [
  {
    words: "It begins each line with its number, which is not in the file: leave the numbers out.",
    undo: (search) => withoutPrefix(search, NUMBERED),
  },
  {
    words: "It begins each line with the + or - of a diff, which is not in the file: leave these out.",
    undo: (search) => (/^[+-]/m.test(search) ? withoutPrefix(search, /^[-+ ]/) : undefined),
  },
  {
    words: "It holds a backslash before characters that the file holds as they are: it was escaped once too often.",
    undo: (search) => (search.includes("\\") ? unescaped(search) : undefined),
  },
  {
    words: "It stands between the fences of a Markdown block, which are not in the file: leave them out.",
    undo: (search) => /^```[^\n]*\n(.*?)\n?```\s*$/s.exec(search.trim())?.[1],
  },
];

/** Whether a search brings something along that the replacement brings as well: nothing may be almost such a search. */
export function isCopiedAlong(document: Document, search: string): boolean {
  return withoutPrefix(search, /^ *\d+\t/) !== undefined || hintFor(document, search) !== "";
}

/** Empty where nothing is to be said. */
export function hintFor(document: Document, search: string): string {
  for (const { words, undo } of HABITS) {
    const meant = undo(search)?.trimEnd();
    if (meant === undefined || meant.trim() === "" || meant === search) continue;
    if (locate(document, meant).kind !== "none") return ` ${words}`;
  }
  return "";
}

function withoutPrefix(search: string, prefix: RegExp): string | undefined {
  const lines = search.replace(/\r?\n$/, "").split(/\r?\n/);
  if (!lines.every((line) => line === "" || prefix.test(line))) return undefined;
  return lines.map((line) => line.replace(prefix, "")).join("\n");
}

const MEANT: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "" };

function unescaped(search: string): string {
  return search.replace(/\\([ntr"'`\\/])/g, (_, letter: string) => MEANT[letter] ?? letter);
}
