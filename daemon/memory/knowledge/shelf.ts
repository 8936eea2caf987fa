/** The facts of one scope in memory: what the store holds, by id, by words, by cited path, and for search. */
import type { Fact } from "../../../protocol/index.ts";
import type { FactRow } from "../../store/store.ts";
import { createFactIndex, type FactIndex, type TermsOf, type VectorOf } from "./fact-index.ts";
import { sameWordsKey } from "./fact-text.ts";

export interface Shelf {
  readonly size: number;
  /** Proposals that nobody has looked at. */
  readonly proposed: number;
  get(factId: string): Fact | undefined;
  /** Adds or replaces. */
  put(row: FactRow): void;
  remove(factId: string): void;
  newestFirst(): readonly FactRow[];
  /** Facts of the kind that say the same in the same words. */
  sameWords(kind: Fact["kind"], text: string): readonly Fact[];
  /** Facts that are in use and cite one of these paths; without paths, all that cite code. */
  citing(paths: ReadonlySet<string> | undefined): readonly Fact[];
  /** Of the facts in use; made when it is first asked for, in slices that let others work in between. */
  index(): Promise<FactIndex>;
}

/** Facts that are indexed before others get their turn: a few milliseconds. */
const SLICE = 100;

/** In use: what may be found and shown to a model. */
export function isInUse({ status }: Fact): boolean {
  return status === "active" || status === "flagged";
}

export function createShelf(rows: readonly FactRow[], termsOf: TermsOf, vectorOf?: VectorOf): Shelf {
  const byId = new Map<string, FactRow>();
  const byWords = new Map<string, Set<string>>();
  const byPath = new Map<string, Set<string>>();
  let index: FactIndex | undefined;
  let indexed: Promise<FactIndex> | undefined;
  let proposed = 0;

  function factsOf(factIds: Iterable<string>): Fact[] {
    return [...factIds].flatMap((factId) => byId.get(factId)?.fact ?? []);
  }

  function takeOut(fact: Fact): void {
    if (fact.status === "proposed") proposed -= 1;
    drop(byWords, wordsKey(fact.kind, fact.text), fact.factId);
    for (const path of citedPaths(fact)) drop(byPath, path, fact.factId);
  }

  function put(row: FactRow): void {
    const { fact } = row;
    const before = byId.get(fact.factId)?.fact;
    if (before !== undefined) takeOut(before);
    byId.set(fact.factId, row);
    if (fact.status === "proposed") proposed += 1;
    keep(byWords, wordsKey(fact.kind, fact.text), fact.factId);
    for (const path of citedPaths(fact)) keep(byPath, path, fact.factId);
    const [old, now] = [before, fact].map((each) =>
      each !== undefined && isInUse(each) ? searchedText(each) : undefined,
    );
    if (now === undefined) index?.delete(fact.factId);
    else if (now !== old) index?.set(fact.factId, now);
  }

  /** Facts that change meanwhile are indexed as they are when their turn comes, or by `put`. */
  async function makeIndex(): Promise<FactIndex> {
    const made = createFactIndex(termsOf, vectorOf);
    index = made;
    for (const [place, factId] of [...byId.keys()].entries()) {
      if (place % SLICE === SLICE - 1) await new Promise((resolve) => setImmediate(resolve));
      const fact = byId.get(factId)?.fact;
      if (fact !== undefined && isInUse(fact)) made.set(factId, searchedText(fact));
    }
    return made;
  }

  for (const row of rows) put(row);
  return {
    get size() {
      return byId.size;
    },
    get proposed() {
      return proposed;
    },
    get: (factId) => byId.get(factId)?.fact,
    put,
    remove(factId) {
      const fact = byId.get(factId)?.fact;
      if (fact !== undefined) takeOut(fact);
      byId.delete(factId);
      index?.delete(factId);
    },
    newestFirst: () => [...byId.values()].sort((first, second) => second.number - first.number),
    sameWords: (kind, text) => factsOf(byWords.get(wordsKey(kind, text)) ?? []),
    citing(paths) {
      const ids = new Set([...(paths ?? byPath.keys())].flatMap((path) => [...(byPath.get(path) ?? [])]));
      return factsOf(ids).filter(isInUse);
    },
    index: () => (indexed ??= makeIndex()),
  };
}

export function citedPaths({ cites }: Fact): string[] {
  return [...new Set(cites.flatMap((cite) => ("path" in cite ? [cite.path] : [])))];
}

/** A fact is found by what it cites, too. */
function searchedText({ text, cites }: Fact): string {
  const cited = cites.flatMap((cite) => ("path" in cite ? [cite.path, cite.symbol ?? ""] : []));
  return [text, ...cited].join("\n");
}

function wordsKey(kind: Fact["kind"], text: string): string {
  return `${kind} ${sameWordsKey(text)}`;
}

function keep(map: Map<string, Set<string>>, key: string, factId: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(factId));
}

function drop(map: Map<string, Set<string>>, key: string, factId: string): void {
  const ids = map.get(key);
  ids?.delete(factId);
  if (ids?.size === 0) map.delete(key);
}
