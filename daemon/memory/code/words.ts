/**
 * The words of a text outside of its comments and strings. The tree knows them better, but asking it for every name costs
 * half a parse (measured: .31 to .50 of the parse with references in the query; definitions near the top alone .11 to
 * .26, and this walk over the characters .05 more).
 */
import type { Lexer } from "./languages.ts";

const OTHER = 0;
const WORD = 1;
const SPACE = 2;
const OPENER = 3;
const BACKSLASH = 92;
const NEWLINE = 10;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** How something that is no code begins and ends. */
interface Delimiter {
  readonly open: string;
  readonly close: string;
  readonly escapes: boolean;
  readonly oneLine: boolean;
  readonly kind: "comment" | "string" | "regex";
}

/** `before` is the last character of code in front of the word, 0 at the beginning. */
export type OnWord = (start: number, end: number, before: number) => void;

/** A function that calls back for each word; made once a language. */
export function createWordScanner(lexer: Lexer): (text: string, onWord: OnWord) => void {
  const classes = classesOf(lexer);
  const delimiters = delimitersOf(lexer);
  const byFirst = new Map<number, Delimiter[]>();
  for (const delimiter of delimiters) {
    const first = delimiter.open.charCodeAt(0);
    byFirst.set(first, [...(byFirst.get(first) ?? []), delimiter]);
    if (classes[first] !== WORD) classes[first] = OPENER;
  }
  const { interpolation } = lexer;
  if (interpolation !== undefined) {
    classes[OPEN_BRACE] = OPENER;
    classes[CLOSE_BRACE] = OPENER;
  }
  return (text, onWord) => scan(text, onWord, { classes, byFirst, lexer });
}

interface Tables {
  readonly classes: Uint8Array;
  readonly byFirst: ReadonlyMap<number, readonly Delimiter[]>;
  readonly lexer: Lexer;
}

function scan(text: string, onWord: OnWord, tables: Tables): void {
  const { classes } = tables;
  const { length } = text;
  // Depths of braces within the interpolations of open templates.
  const templates: number[] = [];
  let before = 0;
  let at = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? classes[code] : classOfWide(code);
    if (kind === SPACE) at++;
    else if (kind === WORD) {
      const start = at++;
      while (at < length && isWordAt(text, at, classes)) at++;
      onWord(start, at, before);
      before = text.charCodeAt(at - 1);
    } else if (kind === OPENER) {
      const next = skipOpener(text, at, before, templates, tables);
      // A comment is nothing that stands before a word.
      if (next < 0) at = -next;
      else {
        before = next === at + 1 ? code : text.charCodeAt(next - 1);
        at = next;
      }
    } else {
      before = code;
      at++;
    }
  }
}

function isWordAt(text: string, at: number, classes: Uint8Array): boolean {
  const code = text.charCodeAt(at);
  return (code < 128 ? classes[code] : classOfWide(code)) === WORD;
}

/** Letters of all scripts are words; so are emoji, which harms nobody. */
function classOfWide(code: number): number {
  return code === 0xa0 || code === 0x2028 || code === 0x2029 || code === 0xfeff ? SPACE : WORD;
}

/** Where code goes on after what begins here; negative when it was a comment. */
function skipOpener(text: string, at: number, before: number, templates: number[], tables: Tables): number {
  const code = text.charCodeAt(at);
  for (const delimiter of tables.byFirst.get(code) ?? []) {
    if (!text.startsWith(delimiter.open, at)) continue;
    if (delimiter.kind === "regex") {
      if (!mayBeginRegex(text, at, before)) continue;
      const end = endOfRegex(text, at);
      if (end > 0) return end;
      continue;
    }
    if (delimiter.kind === "comment") return -endOf(text, at, delimiter);
    if (delimiter.open === "'" && tables.lexer.loneQuote && !isCharacter(text, at)) continue;
    if (delimiter.open === "`" && tables.lexer.interpolation !== undefined)
      return endOfTemplate(text, at + 1, templates, tables.lexer.interpolation);
    return endOf(text, at, delimiter);
  }
  return braces(text, at, code, templates, tables.lexer.interpolation);
}

function braces(
  text: string,
  at: number,
  code: number,
  templates: number[],
  interpolation: string | undefined,
): number {
  const open = templates.length - 1;
  if (interpolation === undefined || open < 0) return at + 1;
  const depth = templates[open] ?? 0;
  if (code === OPEN_BRACE) templates[open] = depth + 1;
  if (code === CLOSE_BRACE) {
    if (depth === 0) {
      templates.pop();
      return endOfTemplate(text, at + 1, templates, interpolation);
    }
    templates[open] = depth - 1;
  }
  return at + 1;
}

function endOf(text: string, at: number, { open, close, escapes, oneLine }: Delimiter): number {
  let end = at + open.length;
  if (!escapes) {
    const found = text.indexOf(close, end);
    if (found < 0) return oneLine ? at + 1 : text.length;
    return close === "\n" ? found : found + close.length;
  }
  const first = close.charCodeAt(0);
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === BACKSLASH) end++;
    else if (code === first && text.startsWith(close, end)) return end + close.length;
    // No string after all: an apostrophe in text, or code that is not finished.
    else if (oneLine && code === NEWLINE) return at + 1;
  }
  return oneLine ? at + 1 : text.length;
}

/** Within a template, up to its end or to the code that it holds. */
function endOfTemplate(text: string, from: number, templates: number[], interpolation: string): number {
  const first = interpolation.charCodeAt(0);
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === 96) return at + 1;
    else if (code === first && text.startsWith(interpolation, at)) {
      templates.push(0);
      return at + interpolation.length;
    }
  }
  return text.length;
}

const BEFORE_REGEX: ReadonlySet<number> = new Set(
  [..."(,=:[!&|?{};+-*%~^<>"].map((character) => character.charCodeAt(0)),
);

/** After an operator or "return" and its like; after a name or a bracket "/" divides. */
function mayBeginRegex(text: string, at: number, before: number): boolean {
  if (before === 0 || BEFORE_REGEX.has(before)) return true;
  return before === 110 || before === 101 || before === 102 || before === 100
    ? /(?:^|[^.\w$])(?:return|typeof|case|in|of|yield|await)\s*$/.test(text.slice(Math.max(0, at - 12), at))
    : false;
}

/** -1 when no regular expression ends on this line. */
function endOfRegex(text: string, at: number): number {
  let inClass = false;
  for (let end = at + 1; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === BACKSLASH) end++;
    else if (code === NEWLINE) return -1;
    else if (code === 91) inClass = true;
    else if (code === 93) inClass = false;
    else if (code === 47 && !inClass) {
      let flags = end + 1;
      while (flags < text.length && /[a-z]/.test(text[flags] ?? "")) flags++;
      return flags;
    }
  }
  return -1;
}

/** 'a' or '\n', but not the lifetime 'a. */
function isCharacter(text: string, at: number): boolean {
  return text.charCodeAt(at + 1) === BACKSLASH || text.charCodeAt(at + 2) === 39 || text.charCodeAt(at + 3) === 39;
}

function classesOf({ wordCharacters }: Lexer): Uint8Array {
  const classes = new Uint8Array(128);
  for (let code = 0; code <= 32; code++) classes[code] = SPACE;
  for (let code = 0; code < 128; code++) if (/\w/.test(String.fromCharCode(code))) classes[code] = WORD;
  for (const character of wordCharacters) classes[character.charCodeAt(0)] = WORD;
  classes[127] = OTHER;
  return classes;
}

/** The longest opening first, so that three quotes are not one string and a half. */
function delimitersOf(lexer: Lexer): Delimiter[] {
  const { lineComments, blockComments, rawStrings, longStrings, strings, regex } = lexer;
  const all: Delimiter[] = [
    ...lineComments.map((open) => span(open, "\n", { kind: "comment" })),
    ...blockComments.map(([open, close]) => span(open, close, { kind: "comment" })),
    ...rawStrings.map(([open, close]) => span(open, close)),
    ...longStrings.map(([open, close]) => span(open, close, { escapes: true })),
    ...strings.map((quote) => span(quote, quote, { escapes: true, oneLine: true })),
    ...(regex ? [span("/", "/", { kind: "regex" })] : []),
  ];
  return all.sort((a, b) => b.open.length - a.open.length);
}

function span(open: string, close: string, more: Partial<Delimiter> = {}): Delimiter {
  return { open, close, escapes: false, oneLine: false, kind: "string", ...more };
}
