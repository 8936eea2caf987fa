/** From what a query captured to symbols and imports. */
import { docOf } from "./docs.ts";
import { SYMBOL_KINDS, type SymbolFact, type SymbolKind } from "./facts.ts";
import type { Language } from "./languages.ts";
import type { Lines } from "./lines.ts";
import type { Capture, Captures } from "./tag-parser.ts";

const MAX_NAME = 200;
const MAX_SIGNATURE = 200;
const MAX_PREFIX = 60;
const DEFINITION = "definition.";

/** A symbol and where it is, for what is found by offsets. */
export interface PlacedSymbol {
  readonly fact: SymbolFact;
  readonly start: number;
  readonly end: number;
  readonly nameStart: number;
  readonly nameEnd: number;
}

/** Something with a beginning and an end in the tree: a definition, or (kind undefined) a block that belongs to a type. */
interface Range {
  readonly kind: SymbolKind | undefined;
  readonly start: number;
  readonly end: number;
  readonly name: Capture | undefined;
  /** The name of the type that it belongs to, when that is said elsewhere than around it. */
  readonly owner: string | undefined;
  /** Where the body begins; -1 for none. */
  readonly body: number;
}

const KINDS: ReadonlySet<string> = new Set(SYMBOL_KINDS);
const FIRST_LINE: ReadonlySet<SymbolKind> = new Set(["section", "key", "table", "selector"]);
const HOLDERS: ReadonlySet<SymbolKind | undefined> = new Set(["class", "interface", "struct", "enum", "trait"]);

export function symbolsOf(text: string, captures: Captures, language: Language, lines: Lines): PlacedSymbol[] {
  const ranges = definitions(text, captures).sort((a, b) => a.start - b.start || b.end - a.end);
  const symbols: PlacedSymbol[] = [];
  const owners = new Map<string, number>();
  // The ranges around the present one, each with its symbol's place (-1: belongs to no symbol of this file).
  const around: { range: Range; place: number }[] = [];
  for (const range of ranges) {
    while (around.length > 0 && !holds(around.at(-1)?.range, range)) around.pop();
    const holder = around.at(-1);
    const parent = range.owner === undefined ? (holder?.place ?? -1) : (owners.get(range.owner) ?? -1);
    if (range.name === undefined || range.kind === undefined) {
      around.push({ range, place: parent });
      continue;
    }
    if (symbols.length >= language.maxSymbols) break;
    const isOwned = range.owner !== undefined || (holder !== undefined && isHolder(holder.range));
    const name = cleanName(text, range.name, range.kind);
    if (name === "") continue;
    const kind = kindOf(range.kind, name, isOwned, language, symbols[parent]?.fact);
    const place = symbols.push(placed(text, range, { name, kind, parent }, language, lines)) - 1;
    if (HOLDERS.has(kind) || kind === "type") owners.set(name, place);
    around.push({ range, place });
  }
  return symbols;
}

function holds(outer: Range | undefined, inner: Range): boolean {
  if (outer === undefined || outer.end <= inner.start) return false;
  // Two names of one declaration ("int a, b") have the same range; a type is no part of its second name ("typedef").
  if (outer.start === inner.start && outer.end === inner.end) return outer.kind === undefined;
  return outer.kind !== "type" || !HOLDERS.has(inner.kind);
}

function isHolder({ kind, owner }: Range): boolean {
  return kind === undefined ? owner !== undefined : HOLDERS.has(kind);
}

/** One definition a name: of several patterns that fit, the first in the file of patterns decides. */
function definitions(text: string, { matches }: Captures): Range[] {
  const byName = new Map<number, Range>();
  const ranges: Range[] = [];
  // Found by a pattern of its own where name and body in one take tree-sitter half a second to prepare (Swift).
  const bodies = new Map<number, number>();
  for (const match of matches) {
    const whole = match.find(({ name }) => name.startsWith(DEFINITION) || name === "owned");
    if (whole === undefined) continue;
    const name = match.find((capture) => capture.name === "name");
    const owner = match.find((capture) => capture.name === "owner");
    const body = match.find((capture) => capture.name === "body");
    const kind = whole.name.slice(DEFINITION.length);
    const range: Range = {
      kind: isKind(kind) ? kind : undefined,
      start: whole.start,
      end: whole.end,
      name,
      owner: owner === undefined ? undefined : text.slice(owner.start, owner.end),
      body: body?.start ?? -1,
    };
    if (name === undefined) {
      if (whole.name === "owned") ranges.push(range);
      else if (body !== undefined) bodies.set(whole.start, body.start);
      continue;
    }
    const known = byName.get(name.start);
    if (known === undefined || isBetter(range, known)) byName.set(name.start, range);
  }
  const named = [...byName.values()];
  if (bodies.size === 0) return [...ranges, ...named];
  const whole = (range: Range) => (range.body >= 0 ? range : { ...range, body: bodies.get(range.start) ?? -1 });
  return [...ranges, ...named.map(whole)];
}

/** The same pattern may match with and without its optional parts; another pattern may know a more telling kind. */
function isBetter(range: Range, known: Range): boolean {
  const rank = rankOf(range.kind) - rankOf(known.kind);
  return rank > 0 || (rank === 0 && (range.body >= 0 ? 1 : 0) > (known.body >= 0 ? 1 : 0));
}

function rankOf(kind: SymbolKind | undefined): number {
  if (kind === undefined) return 0;
  if (kind === "section" || kind === "key") return 1;
  if (kind === "variable" || kind === "property") return 2;
  if (kind === "constant") return 3;
  return kind === "class" || kind === "type" ? 4 : 5;
}

function isKind(kind: string): kind is SymbolKind {
  return KINDS.has(kind);
}

function kindOf(
  kind: SymbolKind,
  name: string,
  isOwned: boolean,
  language: Language,
  parent: SymbolFact | undefined,
): SymbolKind {
  if (kind === "function" || kind === "method") {
    if (!isOwned) return kind;
    const isConstructor =
      language.constructors.includes(name) || (language.constructorsByClass && parent?.name === name);
    return isConstructor ? "constructor" : "method";
  }
  if (kind !== "variable" && kind !== "property") return kind;
  if (/^[A-Z][A-Z0-9_]+$/.test(name)) return "constant";
  return isOwned ? "property" : kind;
}

function placed(
  text: string,
  range: Range,
  known: { readonly name: string; readonly kind: SymbolKind; readonly parent: number },
  language: Language,
  lines: Lines,
): PlacedSymbol {
  const nameStart = range.name?.start ?? range.start;
  const start = skipDecorators(text, range.start, nameStart, language.decorators);
  // The last character's line: a node may end with the line break after it.
  const endLine = lines.lineOf(lastCharacter(text, start, range.end));
  const fact: SymbolFact = {
    name: known.name,
    kind: known.kind,
    startLine: lines.lineOf(start),
    endLine,
    line: lines.lineOf(nameStart),
    column: nameStart - lines.startOf(nameStart),
    signature: signatureOf(text, start, signatureEnd(text, range, known.kind)),
    doc: docOf(text, range.start, range.body, language),
    parent: known.parent,
  };
  return { fact, start: range.start, end: range.end, nameStart, nameEnd: range.name?.end ?? nameStart };
}

/** Where the body begins; a section, a key or a rule without one is known by its first line. */
function signatureEnd(text: string, { body, name, end }: Range, kind: SymbolKind): number {
  if (body >= (name?.end ?? 0)) return body;
  if (!FIRST_LINE.has(kind)) return end;
  const lineEnd = text.indexOf("\n", name?.start);
  return lineEnd < 0 ? end : Math.min(end, lineEnd);
}

function lastCharacter(text: string, start: number, end: number): number {
  let last = end - 1;
  while (last > start && (text.charCodeAt(last) === 10 || text.charCodeAt(last) === 13)) last--;
  return Math.max(last, start);
}

/** Past "@Name(…)", "#[…]" and the like, as far as the name. */
function skipDecorators(text: string, start: number, end: number, decorators: readonly string[]): number {
  let at = start;
  while (decorators.some((decorator) => text.startsWith(decorator, at))) {
    let next = at;
    let depth = 0;
    for (; next < end; next++) {
      const character = text[next];
      if (character === "(" || character === "[") depth++;
      else if (character === ")" || character === "]") depth--;
      else if (depth === 0 && (character === " " || character === "\n" || character === "\r")) break;
    }
    while (next < end && /\s/.test(text[next] ?? "")) next++;
    if (next >= end) return start;
    at = next;
  }
  return at;
}

/** Without quotes; a Ruby symbol without its colon. */
function cleanName(text: string, { start, end }: Capture, kind: SymbolKind): string {
  const name = oneLine(text.slice(start, Math.min(end, start + MAX_NAME))).replace(/^["'`]|["'`]$/g, "");
  return kind === "property" && name.startsWith(":") ? name.slice(1) : name;
}

function signatureOf(text: string, start: number, end: number): string {
  // Three times as long as it may get: indentation goes.
  const line = oneLine(text.slice(declarationStart(text, start), Math.min(end, start + 3 * MAX_SIGNATURE)));
  return line.replace(/\s*(?:=>|[{:=;]|: # .*)$/, "").slice(0, MAX_SIGNATURE);
}

/** "export default", "const" and the like in front of it on its line belong to the signature. */
function declarationStart(text: string, start: number): number {
  let at = start;
  while (at > 0 && start - at < MAX_PREFIX && isPrefix(text.charCodeAt(at - 1))) at--;
  return at === 0 || text.charCodeAt(at - 1) === 10 ? at : start;
}

/** A small letter or a blank. */
function isPrefix(code: number): boolean {
  return (code >= 97 && code <= 122) || code === 32 || code === 9;
}

function oneLine(text: string): string {
  return (/\s\s|[\n\t\r]/.test(text) ? text.replace(/\s+/g, " ") : text).trim();
}
