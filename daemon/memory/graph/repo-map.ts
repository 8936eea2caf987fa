/** A tree of signatures of what matters most, as large as fits a number of tokens. */
import type { CodeView, SymbolFact } from "../code/facts.ts";
import type { RankedSymbol } from "./central.ts";

export interface RepoMap {
  /** "" when not even one symbol fits. Never counts more than the budget. */
  readonly text: string;
  readonly tokens: number;
  readonly symbols: number;
  readonly files: number;
}

export interface MapBudget {
  readonly tokens: number;
  readonly count: (text: string) => number;
}

const EMPTY: RepoMap = { text: "", tokens: 0, symbols: 0, files: 0 };
const MAX_SIGNATURE = 120;
/** What a constant holds is seldom worth its tokens. */
const MAX_VALUE = 80;

/** The longest beginning of the list that fits, by doubling and then halving: the same list gives the same text. */
export function fitMap(view: CodeView, ranked: readonly RankedSymbol[], { tokens, count }: MapBudget): RepoMap {
  let best = EMPTY;
  const fits = (length: number): boolean => {
    const chosen = ranked.slice(0, length);
    const text = drawMap(view, chosen);
    const used = count(text);
    if (used > tokens) return false;
    best = { text, tokens: used, symbols: length, files: new Set(chosen.map(({ path }) => path)).size };
    return true;
  };
  let low = 0;
  let high = Math.min(ranked.length, 8);
  while (high > low && fits(high)) {
    low = high;
    high = Math.min(ranked.length, high * 2);
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return best;
}

/** Files in the order of their first symbol; in a file by line, each under what holds it. */
function drawMap(view: CodeView, symbols: readonly RankedSymbol[]): string {
  const files = Map.groupBy(symbols, ({ path }) => path);
  const blocks = [...files].map(([path, own]) => {
    const lines = drawFile(view, path, new Set(own.map(({ index }) => index)));
    return [path, ...lines].join("\n");
  });
  return blocks.join("\n\n");
}

function drawFile(view: CodeView, path: string, chosen: ReadonlySet<number>): string[] {
  const symbols = view.facts(path)?.symbols ?? [];
  const shown = new Set(chosen);
  const depths = new Map<number, number>();
  for (const index of chosen)
    for (let at = symbols[index]?.parent ?? -1; at >= 0 && !shown.has(at); at = symbols[at]?.parent ?? -1)
      shown.add(at);
  const order = [...shown].sort((first, second) => first - second);
  return order.flatMap((index) => {
    const symbol = symbols[index];
    if (symbol === undefined) return [];
    const depth = (depths.get(symbol.parent) ?? 0) + 1;
    depths.set(index, depth);
    return [`${"  ".repeat(depth)}${symbol.line}: ${shortSignature(symbol)}`];
  });
}

function shortSignature({ signature, name, kind }: SymbolFact): string {
  const longest = kind === "constant" || kind === "variable" ? MAX_VALUE : MAX_SIGNATURE;
  const plain = signature
    .replace(/\s+/g, " ")
    .replace(/\s*[{:=]\s*$/, "")
    .trim();
  if (plain === "") return name;
  return plain.length <= longest ? plain : `${plain.slice(0, longest - 1)}…`;
}
