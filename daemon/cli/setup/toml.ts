/** Reads a TOML file as far as needed to add to it: which tables and pairs there are, and where each stands. */
import { lineOf } from "./change.ts";

export type TomlValue = { readonly start: number; readonly end: number } & (
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "array"; readonly items: readonly TomlValue[]; readonly hasTrailingComma: boolean }
  | { readonly kind: "table"; readonly pairs: readonly TomlPair[] }
  /** Numbers, booleans, dates: as they are written. */
  | { readonly kind: "other"; readonly source: string }
);

export interface TomlPair {
  readonly key: readonly string[];
  readonly start: number;
  readonly value: TomlValue;
}

/** A header and its pairs; the first of a file has the empty name and no header. */
export interface TomlTable {
  readonly name: readonly string[];
  readonly isArray: boolean;
  readonly start: number;
  /** Behind the last pair, or behind the header. */
  readonly end: number;
  readonly pairs: readonly TomlPair[];
}

export type TomlReading =
  | { readonly ok: true; readonly tables: readonly TomlTable[] }
  | { readonly ok: false; readonly why: string };

const MAX_DEPTH = 50;
const BARE_KEY = /[\w-]+/y;
const OTHER = /[+\-\w.:]+(?: \d\d:[\d:.+\-Z]+)?/y;
const ESCAPES: Readonly<Record<string, string>> = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r", '"': '"', "\\": "\\" };

class Unreadable extends Error {}

export function readToml(text: string): TomlReading {
  let at = text.startsWith("\uFEFF") ? 1 : 0;

  const fail = (wanted: string): never => {
    const found = at >= text.length ? "the end" : `“${text.slice(at, at + 12).split("\n")[0]}”`;
    throw new Unreadable(`line ${lineOf(text, at)}: ${wanted} is expected, not ${found}`);
  };
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) at += found.length;
    return found;
  };
  const spaces = () => void take(/[ \t]*/y);
  const blanks = () => {
    while (take(/[ \t\r\n]+|#[^\n]*/y));
  };
  const accept = (sign: string): boolean => {
    if (!text.startsWith(sign, at)) return false;
    at += sign.length;
    return true;
  };
  const endOfLine = () => {
    spaces();
    take(/#[^\n]*/y);
    if (at < text.length && take(/\r?\n/y) === undefined) fail("the end of the line");
  };

  function key(): string[] {
    const parts: string[] = [];
    do {
      spaces();
      const quoted = text[at] === '"' || text[at] === "'" ? line() : take(BARE_KEY);
      parts.push(quoted ?? fail("a name"));
      spaces();
    } while (accept("."));
    return parts;
  }

  /** A string of one line, quotes and all taken. */
  function line(): string {
    const quote = text[at] ?? "";
    let value = "";
    at += 1;
    while (!accept(quote)) {
      const sign = text[at];
      if (sign === undefined || sign === "\n") return fail(`the end of this string`);
      at += 1;
      value += sign === "\\" && quote === '"' ? escaped() : sign;
    }
    return value;
  }

  function escaped(): string {
    const sign = text[at] ?? "";
    at += 1;
    const digits = { u: 4, U: 8, x: 2 }[sign];
    if (digits === undefined) return ESCAPES[sign] ?? fail("a known escape before here");
    const code = Number.parseInt(text.slice(at, at + digits), 16);
    if (!(code <= 0x10ffff)) return fail("a code point");
    at += digits;
    return String.fromCodePoint(code);
  }

  function value(depth: number): TomlValue {
    if (depth > MAX_DEPTH) return fail("less nesting");
    const start = at;
    for (const quotes of ['"""', "'''"]) if (accept(quotes)) return lines(start, quotes);
    if (text[at] === '"' || text[at] === "'") {
      const found = line();
      return { kind: "string", start, end: at, value: found };
    }
    if (accept("[")) return array(start, depth);
    if (accept("{")) return inline(start, depth);
    const source = take(OTHER) ?? fail("a value");
    return { kind: "other", start, end: at, source };
  }

  /** A string of several lines; nobody asks what it says. */
  function lines(start: number, quotes: string): TomlValue {
    while (!accept(quotes)) {
      if (at >= text.length) fail("the end of this string");
      at += text[at] === "\\" && quotes === '"""' ? 2 : 1;
    }
    take(quotes === '"""' ? /"{0,2}/y : /'{0,2}/y);
    return { kind: "other", start, end: at, source: text.slice(start, at) };
  }

  function array(start: number, depth: number): TomlValue {
    const items: TomlValue[] = [];
    let isOpen = true;
    for (blanks(); !accept("]"); blanks()) {
      if (!isOpen) fail("“,” or “]”");
      items.push(value(depth + 1));
      blanks();
      isOpen = accept(",");
    }
    return { kind: "array", start, end: at, items, hasTrailingComma: items.length > 0 && isOpen };
  }

  function inline(start: number, depth: number): TomlValue {
    const pairs: TomlPair[] = [];
    let isOpen = true;
    for (blanks(); !accept("}"); blanks()) {
      if (!isOpen) fail("“,” or “}”");
      pairs.push(pair(depth + 1));
      blanks();
      isOpen = accept(",");
    }
    return { kind: "table", start, end: at, pairs };
  }

  function pair(depth: number): TomlPair {
    const start = at;
    const name = key();
    if (!accept("=")) fail("“=”");
    spaces();
    return { key: name, start, value: value(depth) };
  }

  function file(): TomlTable[] {
    const tables: (Omit<TomlTable, "pairs"> & { end: number; pairs: TomlPair[] })[] = [
      { name: [], isArray: false, start: at, end: at, pairs: [] },
    ];
    for (blanks(); at < text.length; blanks()) {
      const start = at;
      if (accept("[")) {
        const isArray = accept("[");
        const name = key();
        if (!accept(isArray ? "]]" : "]")) fail("“]”");
        tables.push({ name, isArray, start, end: at, pairs: [] });
      } else {
        const last = tables.at(-1) ?? fail("a table");
        last.pairs.push(pair(0));
        last.end = at;
      }
      endOfLine();
    }
    return tables;
  }

  try {
    return { ok: true, tables: file() };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, why: error.message };
    throw error;
  }
}
