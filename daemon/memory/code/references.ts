/** Names that are used, told from their surroundings: a call by its "(", a base by "extends", a type by its capital. */
import type { ImportFact, ReferenceFact, ReferenceKind, SymbolKind } from "./facts.ts";
import type { Language, Lexer } from "./languages.ts";
import type { Lines } from "./lines.ts";
import type { PlacedSymbol } from "./symbols.ts";
import { createWordScanner } from "./words.ts";

/** A file's references beyond these are not kept. */
const MAX_REFERENCES = 20_000;
const MAX_NAME = 120;
/** How far type arguments are read: one line of them. */
const MAX_GENERICS = 120;

/** How far bases are looked for after "extends". */
const MAX_BASES = 500;
const NO_BASES = { start: -1, end: -1 };
/** "{", ";", ")", "?" */
const ENDS_BASES: ReadonlySet<number> = new Set([123, 59, 41, 63]);

const TYPES: ReadonlySet<SymbolKind> = new Set(["class", "interface", "struct", "enum", "trait", "type"]);
const FUNCTIONS: ReadonlySet<SymbolKind> = new Set(["function", "method"]);
const DOT = 46;
const OPEN_PAREN = 40;
const CLOSE_PAREN = 41;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const EQUALS = 61;
const SPACE = 32;
const LESS = 60;
const GREATER = 62;
const MINUS = 45;

export interface References {
  readonly references: readonly ReferenceFact[];
  readonly importCalls: readonly ImportFact[];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is known of a file when its references are looked for. */
export interface ReadFile {
  readonly text: string;
  readonly symbols: readonly PlacedSymbol[];
  readonly imported: ReadonlySet<string>;
  /** Where the import statements are: their names are no uses. */
  readonly statements: readonly Span[];
  readonly lines: Lines;
}

export type ReferenceFinder = (file: ReadFile) => References;

/** Made once a language; finds nothing where the language has no lexer. */
export function createReferenceFinder({ lexer }: Language): ReferenceFinder {
  if (lexer === undefined) return () => ({ references: [], importCalls: [] });
  const scanWords = createWordScanner(lexer);
  const words = wordRoles(lexer);
  return (file) => {
    const finder = createFinder(file, lexer, words);
    scanWords(file.text, finder.onWord);
    return finder.found;
  };
}

type Role = "keyword" | "construct" | "extends" | "import";

function wordRoles({ keywords, constructs, extends: bases, importCalls }: Lexer): ReadonlyMap<string, Role> {
  const roles = new Map<string, Role>();
  for (const word of keywords) roles.set(word, "keyword");
  for (const word of constructs) roles.set(word, "construct");
  for (const word of bases) roles.set(word, "extends");
  for (const word of importCalls) roles.set(word, "import");
  return roles;
}

function createFinder(file: ReadFile, lexer: Lexer, roles: ReadonlyMap<string, Role>) {
  const { text, symbols, imported, lines } = file;
  const references: ReferenceFact[] = [];
  const importCalls: ImportFact[] = [];
  const own = new Map(symbols.map(({ fact }) => [fact.name, fact.kind] as const));
  const isDefined = createCursor(symbols.map(({ nameStart, nameEnd }) => ({ start: nameStart, end: nameEnd })));
  const isImported = createCursor(file.statements);
  const locate = createLocator(symbols);
  // Types and uses once a symbol; calls each.
  const seen = new Set<string>();
  let isConstructed = false;
  // The list of bases that the present word may stand in.
  let bases = NO_BASES;

  const isTypeAt = (place: number): boolean => place >= 0 && TYPES.has(symbols[place]?.fact.kind ?? "key");
  const isCommand = (name: string, isMember: boolean): boolean =>
    isMember ? lexer.memberCalls : lexer.commands && FUNCTIONS.has(own.get(name) ?? "key");
  const add = (name: string, kind: ReferenceKind, offset: number): void => {
    if (references.length >= MAX_REFERENCES) return;
    const within = locate(offset);
    if (kind === "type" || kind === "use") {
      const key = `${within} ${name}`;
      if (seen.has(key)) return;
      seen.add(key);
    }
    references.push({ name, kind, line: lines.lineOf(offset), within });
  };

  const onWord = (start: number, end: number, before: number): void => {
    const first = text.charCodeAt(start);
    if ((first >= 48 && first <= 57) || end - start > MAX_NAME) return;
    if (isImported(start) >= 0) return;
    const name = text.slice(start, end);
    const isMember = before === DOT || (before === GREATER && text.charCodeAt(start - 2) === MINUS);
    const role = isMember ? undefined : roles.get(name);
    if (role !== undefined) {
      isConstructed = role === "construct";
      if (role === "extends") bases = { start: end, end: endOfBases(text, end) };
      if (role === "import") {
        const call = importCall(text, start, end, lines);
        if (call !== undefined) importCalls.push(call);
      }
      return;
    }
    const defined = isDefined(start);
    if (defined >= 0) {
      if (lexer.extendsAfterName !== undefined && isTypeAt(defined))
        bases = basesAfterName(text, end, lexer.extendsAfterName);
      isConstructed = false;
      return;
    }
    if (start < bases.end && start >= bases.start && !isMemberHolder(text, end)) {
      // "metaclass=" in Python's list names no base.
      if (text.charCodeAt(end) === EQUALS) return;
      const isBase = isTypeAt(locate(start)) && nesting(text, bases.start, start) === 0;
      add(name, isBase ? "extends" : "type", start);
      return;
    }
    if (isConstructed && !isMemberHolder(text, end)) {
      isConstructed = false;
      add(name, "call", start);
      return;
    }
    if (isCall(text, end, lexer) || isCommand(name, isMember)) add(name, "call", start);
    else if (hasCapital(name)) add(name, typeOrUse(name, lexer, own), start);
    else if (!isMember && (imported.has(name) || own.has(name))) add(name, typeOrUse(name, lexer, own), start);
  };
  return { onWord, found: { references, importCalls } };
}

function typeOrUse(name: string, lexer: Lexer, own: ReadonlyMap<string, SymbolKind>): ReferenceKind {
  const kind = own.get(name);
  if (kind !== undefined) return TYPES.has(kind) ? "type" : "use";
  return lexer.capitals === "type" && /[a-z]/.test(name) && /^_*[A-Z]/.test(name) ? "type" : "use";
}

/** Asked in ascending order: the innermost symbol around an offset, as its place. */
function createLocator(symbols: readonly PlacedSymbol[]): (offset: number) => number {
  const around: number[] = [];
  let next = 0;
  return (offset) => {
    for (let symbol = symbols[next]; symbol !== undefined && symbol.start <= offset; symbol = symbols[++next])
      if (symbol.end > offset) {
        popEnded(around, symbols, symbol.start);
        around.push(next);
      }
    popEnded(around, symbols, offset);
    return around.at(-1) ?? -1;
  };
}

function popEnded(around: number[], symbols: readonly PlacedSymbol[], offset: number): void {
  while (around.length > 0 && (symbols[around.at(-1) ?? 0]?.end ?? 0) <= offset) around.pop();
}

/** Asked in ascending order: which span an offset is in; -1 for none. Spans are in order and apart. */
function createCursor(spans: readonly Span[]): (offset: number) => number {
  let next = 0;
  return (offset) => {
    while ((spans[next]?.end ?? Number.POSITIVE_INFINITY) <= offset) next++;
    return (spans[next]?.start ?? Number.POSITIVE_INFINITY) <= offset ? next : -1;
  };
}

/** At least two characters, the first letter a capital. */
function hasCapital(name: string): boolean {
  let at = 0;
  while (name.charCodeAt(at) === 95) at++;
  const code = name.charCodeAt(at);
  return code >= 65 && code <= 90 && name.length - at > 1;
}

/** "a" of "a.b" and "a::b". */
function isMemberHolder(text: string, end: number): boolean {
  const code = text.charCodeAt(end);
  return (code === DOT && text.charCodeAt(end + 1) !== DOT) || (code === 58 && text.charCodeAt(end + 1) === 58);
}

function isCall(text: string, end: number, { generics, callMarks }: Lexer): boolean {
  let at = end;
  let code = text.charCodeAt(at);
  if (code === OPEN_PAREN) return true;
  if (code === SPACE) code = text.charCodeAt(++at);
  if (code === OPEN_PAREN) return true;
  if (callMarks !== "" && callMarks.includes(text[at] ?? " ")) {
    while (callMarks.includes(text[at] ?? " ")) at++;
    code = text.charCodeAt(at);
    if (code === OPEN_PAREN) return true;
  }
  if (generics === undefined) return false;
  if (text.startsWith("::<", at)) at += 2;
  return text[at] === generics && isCallAfterGenerics(text, at);
}

function isCallAfterGenerics(text: string, from: number): boolean {
  const pattern = /[<[][\w\s,.<>[\]|&?:"'*$]{1,120}[>\]]\(/y;
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  return match !== null && match[0].length <= MAX_GENERICS && !/[\n;]/.test(match[0]);
}

/** Bases go on to the body's "{", or to the end of the type arguments that they stand in. */
function endOfBases(text: string, from: number): number {
  const limit = Math.min(text.length, from + MAX_BASES);
  let depth = 0;
  for (let at = from; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === LESS) depth++;
    else if (code === GREATER && --depth < 0) return at;
    else if (ENDS_BASES.has(code)) return at;
  }
  return limit;
}

/** How many type arguments and arguments are open. */
function nesting(text: string, from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === LESS || code === OPEN_PAREN || code === OPEN_BRACKET) depth++;
    else if (code === GREATER || code === CLOSE_PAREN || code === CLOSE_BRACKET) depth--;
  }
  return depth;
}

/** After "Name<T>(size: Int) : ", up to the body. */
function basesAfterName(text: string, from: number, mark: string): { start: number; end: number } {
  let at = from;
  for (let code = text.charCodeAt(at); at - from < MAX_BASES; code = text.charCodeAt(at)) {
    if (text[at] === mark) break;
    if (code === LESS) at = afterBrackets(text, at, LESS, GREATER);
    else if (code === OPEN_PAREN) at = afterBrackets(text, at, OPEN_PAREN, CLOSE_PAREN);
    else if (isBlank(code)) at++;
    else return NO_BASES;
  }
  const start = at + 1;
  const limit = text.slice(start, start + MAX_BASES);
  const end = limit.search(mark === "(" ? /\)/ : mark === "<" ? /[\n;]/ : /[{;]|\bwhere\b|\n\s*\n/);
  return end < 0 ? NO_BASES : { start, end: start + end };
}

function afterBrackets(text: string, from: number, open: number, close: number): number {
  let depth = 0;
  for (let at = from; at < text.length && at - from < MAX_BASES; at++) {
    const code = text.charCodeAt(at);
    if (code === open) depth++;
    else if (code === close && --depth === 0) return at + 1;
  }
  return from + MAX_BASES;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === 10 || code === 13 || code === 9;
}

/** `const { a, b } = require("./x")`, `await import("./x")`. */
function importCall(text: string, start: number, end: number, lines: Lines): ImportFact | undefined {
  const pattern = /\s*\(?\s*(["'`])([^"'`\n]{1,300})\1/y;
  pattern.lastIndex = end;
  const target = pattern.exec(text)?.[2];
  if (target === undefined || target.includes("${")) return undefined;
  const head = text.slice(Math.max(0, start - 300), start);
  const names = /\{([^{}]*)\}\s*=\s*(?:await\s+)?$/.exec(head)?.[1] ?? "";
  return { target, names: names.match(/[\w$]+(?=\s*(?:[,:=]|$))/g) ?? [], line: lines.lineOf(start) };
}
