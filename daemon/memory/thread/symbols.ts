/** Definitions by name: letters in their order, the closest first. */
import type { CodeView, SymbolFact } from "../code/facts.ts";

export interface SymbolMatch {
  readonly path: string;
  /** Place in the file's list. */
  readonly place: number;
  readonly symbol: SymbolFact;
  readonly score: number;
  /** For people. */
  readonly how: string;
}

export interface SymbolWish {
  accepts(path: string): boolean;
  readonly kinds: readonly string[] | undefined;
  readonly limit: number;
}

/** An empty query matches every symbol, in the order of paths and lines. "Cart.add" wants `add` within `Cart`. */
export function matchSymbols(view: CodeView, query: string, { accepts, kinds, limit }: SymbolWish): SymbolMatch[] {
  const names = query.trim().split(/\.|::|#/);
  const name = names.pop() ?? "";
  const found: SymbolMatch[] = [];
  for (const { path } of view.files) {
    if (!accepts(path)) continue;
    const symbols = view.facts(path)?.symbols ?? [];
    for (const [place, symbol] of symbols.entries()) {
      if (kinds !== undefined && !kinds.includes(symbol.kind)) continue;
      const { score, how } = closeness(symbol.name, name);
      if (score > 0 && (isWithin(symbols, symbol, names) || isWritten(symbol, query)))
        found.push({ path, place, symbol, score, how });
    }
    if (name === "" && found.length >= limit) break;
  }
  if (name !== "") found.sort((first, second) => second.score - first.score);
  return found.slice(0, limit);
}

function isWithin(symbols: readonly SymbolFact[], symbol: SymbolFact, containers: readonly string[]): boolean {
  if (containers.length === 0) return true;
  const container = containers.at(-1)?.toLowerCase() ?? "";
  for (let at = symbol.parent, depth = 0; at >= 0 && depth < 20; at = symbols[at]?.parent ?? -1, depth++)
    if (symbols[at]?.name.toLowerCase() === container) return true;
  return false;
}

/** "res.json = function" has no container but what it is assigned to. */
function isWritten({ signature }: SymbolFact, query: string): boolean {
  return signature.includes(query.trim());
}

function closeness(name: string, query: string): { score: number; how: string } {
  if (query === "") return { score: 1, how: "defined here" };
  if (name === query) return { score: 1, how: "has this name" };
  const [lower, wanted] = [name.toLowerCase(), query.toLowerCase()];
  if (lower === wanted) return { score: 0.95, how: "has this name in other case" };
  const share = wanted.length / Math.max(lower.length, 1);
  if (lower.startsWith(wanted)) return { score: 0.7 + 0.2 * share, how: "begins with it" };
  if (lower.includes(wanted)) return { score: 0.5 + 0.2 * share, how: "holds it" };
  if (initials(name).startsWith(wanted) && wanted.length > 1) return { score: 0.5, how: "has these initials" };
  return holdsInOrder(lower, wanted) && wanted.length > 2
    ? { score: 0.4 * share, how: "holds its letters in order" }
    : { score: 0, how: "" };
}

function initials(name: string): string {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g) ?? [])
    .map((part) => part[0] ?? "")
    .join("")
    .toLowerCase();
}

function holdsInOrder(text: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
