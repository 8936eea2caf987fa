/** From ranked files to what a person or an agent is shown: lines, symbol, snippet, and why. */
import type { SearchResult } from "../../../protocol/index.ts";
import type { FileFacts, SymbolFact } from "../code/facts.ts";
import type { History } from "../history/history.ts";
import { CHUNK_LINES } from "../index/segment.ts";
import type { Query } from "./query.ts";
import { PARTS, type Part, type RankedFile } from "./ranking.ts";
import { stem } from "./stem.ts";
import { textStems } from "./words.ts";

export interface ResultPorts {
  facts(path: string): FileFacts | undefined;
  lines(path: string): number;
  /** As the file is now; undefined when it cannot be read. */
  text(path: string): string | undefined;
  readonly history: History | undefined;
  /** The model that meaning was compared with. */
  readonly meaningBy: string;
}

/** A symbol longer than this is shown by its best window. */
const LONGEST_SYMBOL = 120;
/** So many of the query's words in a name are no chance. */
const TELLING_WORDS = 2;
const SNIPPET_LINES = 12;
const SNIPPET_LENGTH = 2000;
const MOST_REASONS = 4;
/** Identifiers of the query that a text is looked through for; a long query has hundreds. */
const MOST_SOUGHT = 12;
/** … and so many characters of it: this is for people, who wait. */
const LOOKED_THROUGH = 20_000;

export function resultOf(ranked: RankedFile, query: Query, ports: ResultPorts): SearchResult {
  const { path, score } = ranked;
  const facts = ports.facts(path);
  const from = Math.max(ranked.chunk, 0) * CHUNK_LINES + 1;
  const window = { startLine: from, endLine: Math.max(from, Math.min(from + CHUNK_LINES - 1, ports.lines(path))) };
  const place = facts === undefined ? -1 : symbolFor(facts.symbols, window, query);
  const symbol = facts?.symbols[place];
  const { startLine, endLine } = symbol === undefined ? window : shownOf(symbol, window);
  return {
    path,
    symbol: facts === undefined || symbol === undefined ? null : fullName(facts.symbols, place),
    kind: symbol?.kind ?? null,
    startLine,
    endLine,
    score: Math.round(score * 1e4) / 1e4,
    why: reasons(ranked, query, window, ports),
    ...snippetOf(ports.text(path), { startLine, endLine }, query),
  };
}

/** "Cart.add". */
export function fullName(symbols: readonly SymbolFact[], place: number): string {
  const names: string[] = [];
  for (let at = place, depth = 0; at >= 0 && depth < 20; at = symbols[at]?.parent ?? -1, depth++)
    names.unshift(symbols[at]?.name ?? "");
  return names.join(".");
}

interface Lines {
  readonly startLine: number;
  readonly endLine: number;
}

/**
 * What a reader looks for: of the symbols that touch the best window the one whose name holds most of the query's words, then
 * the innermost around its middle, then none: a variable that happens to stand in the window says nothing. A symbol
 * elsewhere in the file takes its place when its name holds two of the query's words or more, and more than any in the
 * window: one word is often chance, two are the thing itself.
 */
function symbolFor(symbols: readonly SymbolFact[], window: Lines, query: Query): number {
  const terms = new Set(query.terms);
  const rated = symbols.map((symbol, place) => rate(symbol, place, window, terms));
  const inside = bestRated(rated.filter(({ isInside, named, isAround }) => isInside && (named > 0 || isAround)));
  const outside = bestRated(rated.filter(({ isInside, named }) => !isInside && named >= TELLING_WORDS));
  if (outside !== undefined && outside.named > (inside?.named ?? 0)) return outside.place;
  return inside?.place ?? -1;
}

interface Rated {
  readonly place: number;
  /** How many of the query's words its name holds. */
  readonly named: number;
  /** It touches the window. */
  readonly isInside: boolean;
  /** It holds the window's middle. */
  readonly isAround: boolean;
  /** Each named word counts more than all else together. */
  readonly score: number;
}

function rate(symbol: SymbolFact, place: number, window: Lines, terms: ReadonlySet<string>): Rated {
  const named = new Set(stemsOfName(symbol.name).filter((term) => terms.has(term))).size;
  const middle = (window.startLine + window.endLine) / 2;
  const isAround = symbol.startLine <= middle && symbol.endLine >= middle;
  const score = named * 2 + (isAround ? 0.5 : 0) + 1 / (2 + symbol.endLine - symbol.startLine);
  return { place, named, isInside: touches(symbol, window), isAround, score };
}

const stemsByName = new Map<string, readonly string[]>();
const KEPT_NAMES = 100_000;

/** The same symbols come up in one answer after another. */
function stemsOfName(name: string): readonly string[] {
  const known = stemsByName.get(name);
  if (known !== undefined) return known;
  if (stemsByName.size >= KEPT_NAMES) stemsByName.clear();
  const stems = textStems(name);
  stemsByName.set(name, stems);
  return stems;
}

/** The first of the best. */
function bestRated(all: readonly Rated[]): Rated | undefined {
  return all.reduce<Rated | undefined>(
    (best, each) => (best !== undefined && best.score >= each.score ? best : each),
    undefined,
  );
}

function touches(symbol: Lines, window: Lines): boolean {
  return symbol.endLine >= window.startLine && symbol.startLine <= window.endLine;
}

/** A symbol whole when it is short; else the window, or its own beginning when the window is elsewhere. */
function shownOf(symbol: Lines, window: Lines): Lines {
  if (symbol.endLine - symbol.startLine < LONGEST_SYMBOL) return symbol;
  if (touches(symbol, window)) return window;
  return { startLine: symbol.startLine, endLine: symbol.startLine + CHUNK_LINES - 1 };
}

function reasons({ path, parts }: RankedFile, query: Query, window: Lines, ports: ResultPorts): string[] {
  const words = wordsAt(ports.text(path), window, query);
  const say: Record<Part, () => string> = {
    chunk: () => `${words || "words of the query"} in lines ${window.startLine}–${window.endLine}`,
    file: () => `${words || "words of the query"} all over the file`,
    path: () => `${wordsIn(path, query) || "words of the query"} in its path`,
    symbols: () => `${symbolWords(ports.facts(path), query) || "words of the query"} in the names it defines`,
    identifiers: () => `uses ${identifiersIn(ports.text(path), query) || "the query's identifiers"}`,
    commits: () => `changed by ${commitWords(ports.history, query, path)}`,
    messages: () => "its own commits speak of this",
    table: () => `close in meaning (${ports.meaningBy})`,
    messageTable: () => "its commits are close in meaning",
  };
  return Object.entries(parts)
    .sort(([, first], [, second]) => second - first)
    .flatMap(([name]) => partsNamed(name))
    .slice(0, MOST_REASONS)
    .map((part) => say[part]());
}

function partsNamed(name: string): Part[] {
  return PARTS.filter((part) => part === name);
}

function quoted(words: readonly string[]): string {
  return words
    .slice(0, 4)
    .map((word) => `“${word}”`)
    .join(", ");
}

/** The query's words, as it has them, that the text holds in some form. */
function wordsIn(text: string, query: Query): string {
  return wordsAmong(new Set(textStems(text)), query);
}

function wordsAmong(stems: ReadonlySet<string>, query: Query): string {
  return quoted(query.words.filter((word) => stems.has(stem(word))));
}

function wordsAt(text: string | undefined, { startLine, endLine }: Lines, query: Query): string {
  if (text === undefined) return "";
  return wordsIn(linesBetween(text, startLine, endLine), query);
}

/** Without splitting the rest, which may be half a megabyte. */
function linesBetween(text: string, startLine: number, endLine: number): string {
  let from = 0;
  for (let line = 1; line < startLine; line++) {
    from = text.indexOf("\n", from) + 1;
    if (from === 0) return "";
  }
  let to = from - 1;
  for (let line = startLine; line <= endLine; line++) {
    to = text.indexOf("\n", to + 1);
    if (to < 0) return text.slice(from);
  }
  return text.slice(from, to);
}

function symbolWords(facts: FileFacts | undefined, query: Query): string {
  return wordsAmong(new Set((facts?.symbols ?? []).flatMap(({ name }) => stemsOfName(name))), query);
}

function identifiersIn(text: string | undefined, query: Query): string {
  const lower = text?.slice(0, LOOKED_THROUGH).toLowerCase() ?? "";
  const telling = query.identifiers.toSorted((first, second) => second.weight - first.weight).slice(0, MOST_SOUGHT);
  return quoted(telling.filter(({ text: name }) => lower.includes(name)).map(({ text: name }) => name));
}

function commitWords(history: History | undefined, query: Query, path: string): string {
  const [commit] = history?.explain(query.terms, path) ?? [];
  return commit === undefined ? "alike commits" : `“${commit.subject.slice(0, 80)}”`;
}

/** From the line that holds most of the query's words. */
function snippetOf(
  text: string | undefined,
  { startLine, endLine }: Lines,
  query: Query,
): Pick<SearchResult, "snippet" | "snippetLine"> {
  if (text === undefined) return { snippet: "", snippetLine: startLine };
  const lines = linesBetween(text, startLine, endLine).split("\n");
  const terms = new Set(query.terms);
  const counts = lines.map((line) => new Set(textStems(line.slice(0, 300)).filter((term) => terms.has(term))).size);
  const best = Math.max(0, counts.indexOf(Math.max(0, ...counts)));
  const from = Math.max(0, Math.min(best - 2, lines.length - SNIPPET_LINES));
  const snippet = lines.slice(from, from + SNIPPET_LINES).join("\n");
  return { snippet: snippet.slice(0, SNIPPET_LENGTH), snippetLine: startLine + from };
}
