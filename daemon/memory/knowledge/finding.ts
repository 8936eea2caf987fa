/** Facts for a question (by words, meaning and nearness to files) and for a list. */
import { type Fact, type FactFilter, type FactKind, type FoundFact, nexusError } from "../../../protocol/index.ts";
import type { FactRow } from "../../store/store.ts";
import { type IndexQuery, LEAST_MEANING, type Match, type TermsOf, type VectorOf } from "./fact-index.ts";
import { citedPaths, isInUse, type Shelf } from "./shelf.ts";

export interface FindOptions {
  /** Default 10, at most 100. */
  readonly limit?: number;
  /** Files that the question is about: facts that cite them, or their folders' files, come first. */
  readonly paths?: readonly string[];
  readonly kinds?: readonly FactKind[];
}

const MAX_QUERY = 4000;
const MAX_TERMS = 64;
const MAX_FOUND = 100;
const WORDS_SHARE = 0.55;
const MEANING_SHARE = 0.45;
const CITES_FILE = 0.4;
const CITES_FOLDER = 0.1;
const FLAGGED = 0.7;

/** Active and flagged facts only, the best first; the same question on the same facts gives the same answer. */
export async function findFacts(
  shelves: readonly Shelf[],
  query: string,
  options: FindOptions & { readonly termsOf: TermsOf; readonly vectorOf?: VectorOf },
): Promise<FoundFact[]> {
  const text = query.slice(0, MAX_QUERY);
  const words = wordsByTerm(text, options.termsOf);
  const asked = { terms: new Set(words.keys()), vector: text.trim() === "" ? undefined : options.vectorOf?.(text) };
  const near = nearness(options.paths ?? []);
  const found: { fact: Fact; match: Match; nearness: number }[] = [];
  for (const shelf of shelves) {
    const index = await shelf.index();
    const named = shelf.citing(near.paths).map(({ factId }) => factId);
    for (const [factId, match] of index.search({ ...asked, ...kept(shelf, options.kinds), named })) {
      const fact = shelf.get(factId);
      if (fact !== undefined && isInUse(fact)) found.push({ fact, match, nearness: near.of(fact) });
    }
  }
  const best = Math.max(...found.map(({ match }) => match.words), Number.MIN_VALUE);
  return found
    .map(({ fact, match, nearness }) => ({
      fact,
      score: scoreOf(fact, match, match.words / best, nearness),
      why: whyOf(match, nearness, words),
    }))
    .sort((first, second) => second.score - first.score || (first.fact.factId < second.fact.factId ? -1 : 1))
    .slice(0, Math.min(options.limit ?? 10, MAX_FOUND));
}

/** The index holds facts in use only, so that without kinds all of it counts. */
function kept(shelf: Shelf, kinds: readonly FactKind[] | undefined): Pick<IndexQuery, "keep"> {
  if (kinds === undefined) return {};
  return {
    keep(factId) {
      const kind = shelf.get(factId)?.kind;
      return kind !== undefined && kinds.includes(kind);
    },
  };
}

function scoreOf(fact: Fact, { meaning }: Match, words: number, nearness: number): number {
  const match = WORDS_SHARE * words + MEANING_SHARE * Math.max(0, meaning) + nearness;
  return match * (0.7 + 0.3 * fact.confidence) * (fact.status === "flagged" ? FLAGGED : 1);
}

/** How each term was written in the question, so that the answer can say it in the asker's words. */
function wordsByTerm(text: string, termsOf: TermsOf): Map<string, string> {
  const words = new Map<string, string>();
  for (const word of text.match(/[\p{L}\p{N}_$]+/gu) ?? [])
    for (const term of termsOf(word)) if (words.size < MAX_TERMS && !words.has(term)) words.set(term, word);
  return words;
}

function nearness(asked: readonly string[]): { paths: ReadonlySet<string>; of(fact: Fact): number } {
  const paths = new Set(asked);
  const folders = new Set(asked.map(folderOf));
  return {
    paths,
    of(fact) {
      const cited = citedPaths(fact);
      if (cited.some((path) => paths.has(path))) return CITES_FILE;
      return cited.some((path) => folders.has(folderOf(path))) ? CITES_FOLDER : 0;
    },
  };
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function whyOf({ terms, meaning }: Match, nearness: number, words: ReadonlyMap<string, string>): string {
  const named = [...new Set(terms.map((term) => words.get(term) ?? term))].slice(0, 4);
  const reasons = [
    named.length === 0 ? "" : `${named.map((word) => `“${word}”`).join(", ")} in it`,
    meaning >= LEAST_MEANING ? "close in meaning" : "",
    nearness === CITES_FILE ? "cites a file in question" : nearness > 0 ? "cites its folder" : "",
  ];
  return reasons.filter((reason) => reason !== "").join(", ");
}

export interface ListQuery {
  readonly filter?: FactFilter;
  readonly cursor?: string;
  readonly limit: number;
}

/** Newest first, the workspace's and the user's together. Rejects with `request.invalid` for a cursor that is not ours. */
export function listFacts(shelves: readonly Shelf[], { filter = {}, cursor, limit }: ListQuery): FactPage {
  const before = cursor === undefined ? Infinity : numberOf(cursor);
  const rows = rowsFitting(shelves, filter).filter(({ number }) => number < before);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { facts: page.map(({ fact }) => fact), nextCursor: hasMore ? cursorOf(last) : null };
}

/** Newest first. */
export function rowsFitting(shelves: readonly Shelf[], filter: FactFilter): FactRow[] {
  return shelves
    .flatMap((shelf) => shelf.newestFirst())
    .filter(({ fact }) => fits(fact, filter))
    .sort((first, second) => second.number - first.number);
}

export interface FactPage {
  readonly facts: Fact[];
  readonly nextCursor: string | null;
}

function fits(fact: Fact, { kinds, statuses, scope, path, text }: FactFilter): boolean {
  const folder = path?.replace(/\/+$/, "");
  return (
    (statuses === undefined ? fact.status !== "retired" : statuses.includes(fact.status)) &&
    kinds?.includes(fact.kind) !== false &&
    (scope === undefined || (scope === "user") === (fact.workspace === null)) &&
    (folder === undefined || citedPaths(fact).some((cited) => cited === folder || cited.startsWith(`${folder}/`))) &&
    (text === undefined || fact.text.toLowerCase().includes(text.toLowerCase()))
  );
}

/** A cursor is the number of the last fact on the page before. */
export function cursorOf({ number }: FactRow): string {
  return number.toString(36);
}

export function numberOf(cursor: string): number {
  if (!/^[0-9a-z]{1,10}$/.test(cursor)) throw nexusError("request.invalid", "The cursor is not one of ours.");
  return Number.parseInt(cursor, 36);
}
