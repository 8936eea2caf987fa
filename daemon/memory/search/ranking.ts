/**
 * Puts the files of a workspace in order for a query: a weighted sum of parts, each divided by its maximum for the query.
 * The weights were measured (bench/search; docs/search.md): weighted sums beat every fusion by rank.
 */
import type { History } from "../history/history.ts";
import type { Corpus } from "./corpus.ts";
import { demotion } from "./demotion.ts";
import { kthLargest } from "./kth-largest.ts";
import type { PathIndex } from "./path-scores.ts";
import type { PathVectors } from "./path-vectors.ts";
import type { Query } from "./query.ts";
import { type MeaningScores, tableScores, vectorScores } from "./table-scores.ts";
import { type ChunkScores, chunkScores, identifierScores, symbolScores } from "./word-scores.ts";

export const PARTS = [
  /** The three best windows of 40 lines. */
  "chunk",
  /** The whole file. */
  "file",
  "path",
  "symbols",
  "identifiers",
  /** Files that the most alike past commits touched. */
  "commits",
  /** The file's own newest messages. */
  "messages",
  /** Meaning of its chunks. */
  "table",
  /** Meaning of its past messages. */
  "messageTable",
] as const;
export type Part = (typeof PARTS)[number];

export interface Weights extends Readonly<Record<Part, number>> {
  /** False: tests, examples and documents count like everything else. */
  readonly demotion: boolean;
}

/** What the ranking looks at. All of it is at hand: nothing waits. */
export interface RankedView {
  readonly corpus: Corpus;
  readonly pathIndex: PathIndex;
  readonly history: History | undefined;
  /** Of each path its past messages and its words (message-vectors.ts), path-major; made when the history is known. */
  readonly messageVectors: Float32Array | undefined;
  readonly pathVectors: PathVectors;
  /** Of other vectors than the table's, in the place of the table's part. */
  readonly meaning?: MeaningScores | undefined;
  /** A query's vector; undefined where no word of it is known. */
  queryVector(query: Query): Float32Array | undefined;
}

export interface RankedFile {
  readonly path: string;
  readonly score: number;
  /** What each part gave, weighed, before the demotion. */
  readonly parts: Readonly<Partial<Record<Part, number>>>;
  /** The best window of 40 lines, from 0; -1 where nothing in the text speaks for the file. */
  readonly chunk: number;
}

const LEXICAL = {
  chunk: 1,
  file: 0.2,
  path: 0.3,
  symbols: 0.2,
  identifiers: 0.6,
  commits: 0.7,
  messages: 0.2,
} as const;
/** A history shorter than this is trusted less. */
const FULL_HISTORY = 3000;

/** Recipe R: words that the code itself uses are matched as words; a user's own words need meaning. */
export function weightsFor(query: Query): Weights {
  const meaning = query.holdsIdentifier ? { table: 0.6, messageTable: 0 } : { table: 1.5, messageTable: 0.6 };
  return { ...LEXICAL, ...meaning, demotion: true };
}

/** The best files first; ties by path. `accepts` leaves files out without changing the others' scores. */
export function rank(
  view: RankedView,
  query: Query,
  options: { readonly weights?: Weights; readonly limit: number; readonly accepts?: (path: string) => boolean },
): RankedFile[] {
  const { weights = weightsFor(query), limit, accepts = () => true } = options;
  const found = partScores(view, query, weights);
  const { paths } = view.corpus;
  const totals = new Float64Array(paths.length);
  for (const { scores, weight } of found.parts)
    for (let place = 0; place < totals.length; place++)
      totals[place] = (totals[place] ?? 0) + weight * (scores[place] ?? 0);
  const factor = (path: string) => (weights.demotion ? demotion(path, query) : 1);
  return best(totals, paths, { limit, accepts, factor }).map(({ place, score }) => ({
    path: paths[place] ?? "",
    score,
    parts: Object.fromEntries(
      found.parts.flatMap(({ part, scores, weight }) => entryOf(part, weight * (scores[place] ?? 0))),
    ),
    chunk: bestChunk(view.corpus, place, found, weights),
  }));
}

function entryOf(part: Part, amount: number): [Part, number][] {
  return amount > 0 ? [[part, amount]] : [];
}

interface PartScores {
  readonly part: Part;
  readonly weight: number;
  /** One a path, the best being 1. */
  readonly scores: Float32Array;
}

interface Found {
  readonly parts: readonly PartScores[];
  readonly words: ChunkScores;
  readonly meaning: MeaningScores | undefined;
}

function partScores(view: RankedView, query: Query, weights: Weights): Found {
  const { corpus, history } = view;
  const words = chunkScores(corpus, query.terms);
  const vector = weights.table > 0 || weights.messageTable > 0 ? view.queryVector(query) : undefined;
  const ofTable = view.meaning === undefined && vector !== undefined && weights.table > 0;
  const meaning = ofTable ? tableScores(corpus, view.pathVectors, vector) : view.meaning;
  const trust = Math.min(1, (history?.commits ?? 0) / FULL_HISTORY);
  const parts: PartScores[] = [];
  const add = (part: Part, scores: () => Float32Array | undefined, factor = 1) => {
    const weight = weights[part] * factor;
    const own = weight > 0 ? scores() : undefined;
    if (own !== undefined) parts.push({ part, weight, scores: scaled(own) });
  };
  add("chunk", () => byPath(corpus, words.bestThree));
  add("file", () => byPath(corpus, words.whole));
  add("path", () => view.pathIndex.scores(query.terms));
  add("symbols", () => byPath(corpus, symbolScores(corpus, query.terms)));
  add("identifiers", () => byPath(corpus, identifierScores(corpus, query.identifiers)));
  add("commits", () => fromMap(corpus, history?.commitScores(query.terms)), trust);
  add("messages", () => fromMap(corpus, history?.messageScores(query.terms)), trust);
  add("table", () => meaning?.scores);
  add("messageTable", () => messageTable(view, vector));
  return { parts, words, meaning };
}

function messageTable(
  { corpus, messageVectors }: RankedView,
  vector: Float32Array | undefined,
): Float32Array | undefined {
  if (messageVectors === undefined || vector === undefined) return undefined;
  return vectorScores(corpus.paths.length, messageVectors, vector);
}

function byPath({ documentOf }: Corpus, scores: Float32Array): Float32Array {
  const own = new Float32Array(documentOf.length);
  for (let place = 0; place < own.length; place++) own[place] = scores[documentOf[place] ?? -1] ?? 0;
  return own;
}

/** Paths that are gone count for nothing, in the scaling too. */
function fromMap({ paths }: Corpus, scores: ReadonlyMap<string, number> | undefined): Float32Array | undefined {
  if (scores === undefined || scores.size === 0) return undefined;
  return Float32Array.from(paths, (path) => scores.get(path) ?? 0);
}

function scaled(scores: Float32Array): Float32Array {
  let most = 0;
  for (const score of scores) if (score > most) most = score;
  return most === 0 ? scores : scores.map((score) => score / most);
}

interface Choice {
  readonly limit: number;
  accepts(path: string): boolean;
  /** At most 1. */
  factor(path: string): number;
}

/**
 * Places of the highest totals above 0 after demotion. Looking at a path costs more than adding up its score, so only those
 * are looked at that can still be among the best.
 */
function best(totals: Float64Array, paths: readonly string[], choice: Choice): { place: number; score: number }[] {
  for (let looked = choice.limit * 8; ; looked *= 4) {
    const least = looked < totals.length ? kthLargest(totals, looked) : 0;
    const found: { place: number; score: number }[] = [];
    for (let place = 0; place < totals.length; place++) {
      const total = totals[place] ?? 0;
      const path = paths[place] ?? "";
      if (total > 0 && total >= least && choice.accepts(path))
        found.push({ place, score: total * choice.factor(path) });
    }
    // Paths are sorted, so the earlier place is the earlier path.
    found.sort((first, second) => second.score - first.score || first.place - second.place);
    if (least === 0 || (found[choice.limit - 1]?.score ?? 0) >= least) return found.slice(0, choice.limit);
  }
}

/** The window that words and meaning together speak for most. */
function bestChunk(corpus: Corpus, place: number, { words, meaning }: Found, weights: Weights): number {
  const document = corpus.documentOf[place] ?? -1;
  const own = corpus.segments.findLast(({ firstDocument }) => firstDocument <= document);
  if (document < 0 || own === undefined) return -1;
  const from = own.segment.chunkStarts[document - own.firstDocument] ?? 0;
  const to = own.segment.chunkStarts[document - own.firstDocument + 1] ?? 0;
  let most = 0;
  let found = -1;
  const mostWords = largest(words.chunks, own.firstChunk + from, own.firstChunk + to);
  for (let chunk = from; chunk < to; chunk++) {
    const at = own.firstChunk + chunk;
    const score = (words.chunks[at] ?? 0) / (mostWords || 1) + weights.table * Math.max(0, meaning?.chunks[at] ?? 0);
    if (score > most) {
      most = score;
      found = chunk - from;
    }
  }
  return found;
}

function largest(scores: Float32Array, from: number, to: number): number {
  let most = 0;
  for (let index = from; index < to; index++) most = Math.max(most, scores[index] ?? 0);
  return most;
}
