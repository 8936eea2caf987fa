/** A history as the rows of a table, and how well a table finds what past commits touched. */
import { nextTurn } from "../../host/clock.ts";
import { promptWords } from "../words.ts";
import type { Bag, TrainingGroup, TrainingPair, WordVectors } from "./contrastive.ts";
import type { TaughtCommit, TaughtHistory } from "./git-history.ts";
import { normalise } from "./unit-vector.ts";
import { wordsOf } from "./word-tokens.ts";

/** What is needed of a table to turn text into rows. */
export interface Rows {
  readonly size: number;
  rowsOf(word: string): readonly number[];
}

/** A history with every text as its rows. */
export interface HistoryBags {
  readonly chunks: readonly { readonly path: string; readonly bag: Bag }[];
  readonly commits: readonly CommitBag[];
  readonly heldOut: readonly CommitBag[];
}

export interface CommitBag {
  readonly message: Bag;
  readonly paths: ReadonlySet<string>;
}

export interface Quality {
  /** Commits that were asked for. */
  readonly commits: number;
  /** Mean share of a commit's files among the first ten. */
  readonly recallAt10: number;
  /** Mean of 1/rank of a commit's first file. */
  readonly reciprocalRank: number;
  /** 1/rank by commit, to compare tables commit by commit. */
  readonly reciprocalRanks: readonly number[];
}

/** Rejects with the signal's reason when cancelled. */
export async function bagsOf(history: TaughtHistory, table: Rows, signal: AbortSignal): Promise<HistoryBags> {
  const counted: { readonly path: string; readonly counts: ReadonlyMap<number, number> }[] = [];
  for (const { path, chunks } of history.files) {
    signal.throwIfAborted();
    for (const text of chunks) counted.push({ path, counts: countRows(table, [...wordsOf(text), ...wordsOf(path)]) });
    await nextTurn();
  }
  const frequency = new Int32Array(table.size);
  for (const { counts } of counted) for (const row of counts.keys()) frequency[row] = (frequency[row] ?? 0) + 1;
  const rarity = (row: number) => Math.log(1 + counted.length / (1 + (frequency[row] ?? 0)));
  const commitBag = ({ message, paths }: TaughtCommit): CommitBag => {
    const rows = new Set(promptWords(message).flatMap((word) => table.rowsOf(word)));
    return { message: bagOf([...rows], rarity), paths: new Set(paths) };
  };
  return {
    chunks: counted.map(({ path, counts }) => ({
      path,
      bag: bagOf([...counts.keys()], (row) => Math.log1p(counts.get(row) ?? 0) * rarity(row)),
    })),
    commits: history.commits.map(commitBag).filter(saysSomething),
    heldOut: history.heldOut.map(commitBag).filter(saysSomething),
  };
}

function saysSomething({ message }: CommitBag): boolean {
  return message.rows.length > 0;
}

function countRows(table: Rows, words: readonly string[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const word of words) for (const row of table.rowsOf(word)) counts.set(row, (counts.get(row) ?? 0) + 1);
  return counts;
}

function bagOf(rows: readonly number[], amountOf: (row: number) => number): Bag {
  return { rows: Int32Array.from(rows), amounts: Float32Array.from(rows, amountOf) };
}

/** Each commit with the chunks of the files that it touched. */
export function trainingGroup(bags: HistoryBags, commits: readonly CommitBag[]): TrainingGroup {
  const byPath = Map.groupBy(bags.chunks, ({ path }) => path);
  const pairs: TrainingPair[] = [];
  for (const { message, paths } of commits) {
    const chunks = [...paths].flatMap((path) => (byPath.get(path) ?? []).map(({ bag }) => bag));
    if (chunks.length > 0) pairs.push({ message, chunks });
  }
  return { pairs, pool: bags.chunks.map(({ bag }) => bag) };
}

/**
 * Files by their three best chunks, s1 + .5 s2 + .25 s3, as search ranks them. Rejects with the signal's reason when
 * cancelled.
 */
export async function measureTable(
  vectors: WordVectors,
  bags: HistoryBags,
  commits: readonly CommitBag[],
  signal: AbortSignal,
): Promise<Quality> {
  const paths = [...new Set(bags.chunks.map(({ path }) => path))];
  const placeOf = new Map(paths.map((path, place) => [path, place]));
  const files = Int32Array.from(bags.chunks, ({ path }) => placeOf.get(path) ?? 0);
  const chunks = bags.chunks.map(({ bag }) => vectorOf(vectors, bag));
  const reciprocalRanks: number[] = [];
  let recall = 0;
  for (const { message, paths: gold } of commits) {
    signal.throwIfAborted();
    const ranked = rankedFiles(vectorOf(vectors, message), chunks, files, paths.length);
    const ranks = [...gold].map((path) => ranked.indexOf(placeOf.get(path) ?? -1)).filter((rank) => rank >= 0);
    recall += ranks.filter((rank) => rank < 10).length / gold.size;
    reciprocalRanks.push(ranks.length === 0 ? 0 : 1 / (1 + Math.min(...ranks)));
    await nextTurn();
  }
  const count = Math.max(1, commits.length);
  const reciprocalRank = reciprocalRanks.reduce((sum, each) => sum + each, 0) / count;
  return { commits: commits.length, recallAt10: recall / count, reciprocalRank, reciprocalRanks };
}

function rankedFiles(
  query: Float32Array,
  chunks: readonly Float32Array[],
  files: Int32Array,
  fileCount: number,
): number[] {
  const best = new Float32Array(fileCount * 3).fill(-1);
  for (const [place, chunk] of chunks.entries()) {
    let score = 0;
    for (let index = 0; index < query.length; index++) score += (query[index] ?? 0) * (chunk[index] ?? 0);
    for (let at = (files[place] ?? 0) * 3, end = at + 3; at < end; at++) {
      const held = best[at] ?? 0;
      if (score <= held) continue;
      best[at] = score;
      score = held;
    }
  }
  const part = (file: number, place: number) => Math.max(0, best[file * 3 + place] ?? 0);
  const scores = Float32Array.from(
    { length: fileCount },
    (_, file) => part(file, 0) + part(file, 1) / 2 + part(file, 2) / 4,
  );
  return Array.from(scores.keys()).sort((first, second) => (scores[second] ?? 0) - (scores[first] ?? 0));
}

function vectorOf({ rows, weights, dimensions }: WordVectors, bag: Bag): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const [place, row] of bag.rows.entries()) {
    const factor = (bag.amounts[place] ?? 0) * (weights[row] ?? 0);
    for (let index = 0, at = row * dimensions; index < dimensions; index++, at++)
      vector[index] = (vector[index] ?? 0) + factor * (rows[at] ?? 0);
  }
  return normalise(vector);
}
