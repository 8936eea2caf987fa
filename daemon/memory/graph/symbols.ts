/** Symbols as people name them: `name`, `Container.name`, `path#name`, `path:line`, `path`. */
import type { CodeView, FileFacts, SymbolFact, SymbolKind } from "../code/facts.ts";
import { compareText, stemOf } from "./paths.ts";
import { isSupporting, isTestPath } from "./test-paths.ts";

export interface SymbolNode {
  /** Names it again: "src/cart.ts#Cart.total". */
  readonly id: string;
  readonly path: string;
  /** Place in the file's list of symbols. */
  readonly index: number;
  readonly name: string;
  /** Names of what is around it, outermost first, with dots; "" at the top. */
  readonly container: string;
  readonly kind: SymbolKind;
  readonly line: number;
  readonly startLine: number;
  readonly endLine: number;
  readonly signature: string;
  /** Inside of a function, so that no other file can mean it. */
  readonly local: boolean;
}

const FUNCTIONS: ReadonlySet<SymbolKind> = new Set(["function", "method", "constructor"]);
/** Not code: headings, keys and selectors are found, but nothing calls them. */
const TEXTUAL: ReadonlySet<SymbolKind> = new Set(["section", "key", "selector", "table"]);
/** What people mean first when several things have one name. */
const KIND_ORDER: readonly SymbolKind[] = [
  "class",
  "interface",
  "struct",
  "trait",
  "enum",
  "function",
  "type",
  "method",
];

/** Rust's tests stand in modules of the files that they test. */
export function isInsideTests({ path, container }: { readonly path: string; readonly container: string }): boolean {
  return path.endsWith(".rs") && /^(.*\.)?tests?(\.|$)/.test(container);
}

export function isCode({ kind }: { readonly kind: SymbolKind }): boolean {
  return !TEXTUAL.has(kind);
}

export function nodeAt(view: CodeView, path: string, index: number): SymbolNode | undefined {
  const facts = view.facts(path);
  const symbol = facts?.symbols[index];
  return facts === undefined || symbol === undefined ? undefined : nodeOf(path, facts, symbol, index);
}

/** The same for what is one thing: overloads, and what a header declares and its source defines. */
export function identityOf({ id, path, container, name }: SymbolNode): string {
  return C_FAMILY.test(path) ? `${stemOf(path)}#${container}.${name}` : id;
}

const C_FAMILY = /\.(c|h|cc|cpp|cxx|hpp|hh|hxx|m|mm)$/;

export function nodeOf(path: string, facts: FileFacts, symbol: SymbolFact, index: number): SymbolNode {
  const container = outerNames(facts, symbol).join(".");
  const { name, kind, line, startLine, endLine, signature } = symbol;
  const id = `${path}#${container === "" ? name : `${container}.${name}`}`;
  return { id, path, index, name, container, kind, line, startLine, endLine, signature, local: isLocal(facts, symbol) };
}

function outerNames(facts: FileFacts, symbol: SymbolFact): string[] {
  const names: string[] = [];
  for (let at = facts.symbols[symbol.parent]; at !== undefined && names.length < 20; at = facts.symbols[at.parent])
    names.unshift(at.name);
  return names;
}

/** Inside of a function, so that no other file can mean it. */
export function isLocal(facts: FileFacts, symbol: SymbolFact): boolean {
  let at = facts.symbols[symbol.parent];
  for (let depth = 0; at !== undefined && depth < 20; depth++) {
    if (FUNCTIONS.has(at.kind)) return true;
    at = facts.symbols[at.parent];
  }
  return false;
}

/** The symbol itself, or the outermost function around it: what others can reach. -1 stays -1. */
export function reachableIndex(facts: FileFacts, index: number): number {
  let reachable = index;
  let at = facts.symbols[index]?.parent ?? -1;
  for (let depth = 0; at >= 0 && depth < 20; depth++) {
    const outer = facts.symbols[at];
    if (outer === undefined) break;
    if (FUNCTIONS.has(outer.kind)) reachable = at;
    at = outer.parent;
  }
  return reachable;
}

/** `const price = require("./price")`: a name for what stands elsewhere. */
export function isImportedName({ imports }: FileFacts, { kind, line }: SymbolFact): boolean {
  return (kind === "variable" || kind === "constant") && imports.some((fact) => fact.line === line);
}

/** Definitions of exactly this name. */
export function definitionsIn(view: CodeView, name: string): SymbolNode[] {
  return view.mentioning(name).flatMap((path) => nodesIn(view, path, (symbol) => symbol.name === name));
}

function nodesIn(view: CodeView, path: string, isWanted: (symbol: SymbolFact) => boolean): SymbolNode[] {
  const facts = view.facts(path);
  if (facts === undefined) return [];
  return facts.symbols.flatMap((symbol, index) =>
    isWanted(symbol) && !isImportedName(facts, symbol) ? [nodeOf(path, facts, symbol, index)] : [],
  );
}

/** The innermost symbol around a line, counted from 1. */
function symbolAround(facts: FileFacts, line: number): number {
  let found = -1;
  for (const [index, { startLine, endLine }] of facts.symbols.entries())
    if (startLine <= line && line <= endLine) found = index;
  return found;
}

const MAX_QUERY = 1000;

/** All that the words may mean, the likeliest first. Empty for what is not in the view, and for a path alone. */
export function findSymbols(view: CodeView, query: string, limit: number): SymbolNode[] {
  const words = query.trim().slice(0, MAX_QUERY);
  const place = /^(.+?):(\d+)(?::\d+)?$/.exec(words);
  const placed = place === null ? undefined : view.facts(place[1] ?? "");
  if (placed !== undefined && place !== null) {
    const node = nodeAt(view, place[1] ?? "", symbolAround(placed, Number(place[2])));
    return node === undefined ? [] : [node];
  }
  const hash = words.lastIndexOf("#");
  const path = hash > 0 && view.file(words.slice(0, hash)) !== undefined ? words.slice(0, hash) : undefined;
  const names = (path === undefined ? words : words.slice(hash + 1)).replace(/\(\)$/, "").split(/\.|::|#|->|\\/);
  return named(view, names.filter(Boolean), path).sort(byLikelihood).slice(0, limit);
}

function named(view: CodeView, names: readonly string[], path: string | undefined): SymbolNode[] {
  const name = names.at(-1) ?? "";
  if (name === "") return [];
  const paths = path === undefined ? view.mentioning(name) : [path];
  const lower = name.toLowerCase();
  const alike = paths.flatMap((file) => nodesIn(view, file, (symbol) => symbol.name.toLowerCase() === lower));
  const exact = alike.filter((node) => node.name === name);
  const candidates = exact.length > 0 ? exact : alike;
  const outer = names.slice(0, -1);
  if (outer.length === 0) return candidates;
  const held = candidates.filter((node) => isHeldBy(node.container, outer) || isAssignedTo(node, outer));
  return held.length > 0 ? held : inherited(view, candidates, outer);
}

function isHeldBy(container: string, outer: readonly string[]): boolean {
  const wanted = outer.join(".");
  return container === wanted || container.endsWith(`.${wanted}`);
}

/** `Cart.prototype.total = function () {…}` stands at the top of its file. */
function isAssignedTo({ signature, name }: SymbolNode, outer: readonly string[]): boolean {
  const holder = outer.join(".");
  return signature.startsWith(`${holder}.prototype.${name}`) || signature.startsWith(`${holder}.${name}`);
}

const MAX_BASES = 40;

/** `Cart.total` where total stands in what Cart extends. */
function inherited(view: CodeView, candidates: readonly SymbolNode[], outer: readonly string[]): SymbolNode[] {
  const seen = new Set<string>();
  let holders: readonly string[] = outer.slice(-1);
  while (holders.length > 0 && seen.size < MAX_BASES) {
    const bases = holders.flatMap((holder) => definitionsIn(view, holder)).flatMap((node) => basesOf(view, node));
    holders = [...new Set(bases)].filter((base) => !seen.has(base));
    for (const base of holders) seen.add(base);
    const held = candidates.filter(({ container }) => holders.some((base) => isHeldBy(container, [base])));
    if (held.length > 0) return held;
  }
  return [];
}

function basesOf(view: CodeView, { path, index }: SymbolNode): string[] {
  const references = view.facts(path)?.references ?? [];
  return references.filter(({ kind, within }) => kind === "extends" && within === index).map(({ name }) => name);
}

function byLikelihood(first: SymbolNode, second: SymbolNode): number {
  return weight(first) - weight(second) || compareText(first.path, second.path) || first.startLine - second.startLine;
}

function weight({ kind, path, container }: SymbolNode): number {
  const order = KIND_ORDER.indexOf(kind);
  // What a header only declares comes behind its definition.
  return (
    (isTestPath(path) ? 100 : 0) +
    (/\.(h|hpp|hh|hxx)$/.test(path) ? 1 : 0) +
    (order < 0 ? 20 : order) +
    (container === "" ? 0 : 5)
  );
}

export type Target =
  | { readonly kind: "symbol"; readonly id: string; readonly name: string; readonly nodes: readonly SymbolNode[] }
  | { readonly kind: "file"; readonly id: string; readonly path: string };

export type Found =
  /** `others` have the name too, but are less likely meant: tests, members, what is not exported. */
  | { readonly ok: true; readonly target: Target; readonly others: readonly SymbolNode[] }
  | { readonly ok: false; readonly reason: "unknown" | "ambiguous"; readonly candidates: readonly SymbolNode[] };

const MAX_CANDIDATES = 50;

/** One thing: a file, or a symbol with all its overloads in one file. */
export function findTarget(view: CodeView, query: string): Found {
  const words = query.trim();
  if (view.file(words) !== undefined) return { ok: true, target: { kind: "file", id: words, path: words }, others: [] };
  const candidates = findSymbols(view, words, MAX_CANDIDATES);
  const likely = narrow(candidates);
  const [first] = likely;
  if (first === undefined) return { ok: false, reason: "unknown", candidates };
  const identity = identityOf(first);
  if (likely.some((node) => identityOf(node) !== identity)) return { ok: false, reason: "ambiguous", candidates };
  const others = candidates.filter((node) => identityOf(node) !== identity);
  return { ok: true, target: { kind: "symbol", id: first.id, name: first.name, nodes: likely }, others };
}

/** What people mean when they say only a name; a step that leaves nothing is left out. */
const PREFERENCES: readonly ((node: SymbolNode) => boolean)[] = [
  isCode,
  ({ path }) => !isTestPath(path) && !isSupporting(path),
  ({ container }) => container === "",
  ({ signature }) => /^(export|pub|public)\b/.test(signature),
];

function narrow(candidates: readonly SymbolNode[]): readonly SymbolNode[] {
  let left = candidates;
  for (const isLikely of PREFERENCES) {
    const better = left.filter(isLikely);
    if (better.length > 0) left = better;
  }
  return left;
}
