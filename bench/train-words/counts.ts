/** What words stand near each other, and which words of messages go with which words of code. */
import type { TaughtHistory } from "../../daemon/memory/vector/git-history.ts";
import { subWords, wordsOf } from "../../daemon/memory/vector/word-tokens.ts";

const WINDOW = 8;
const MAX_WORDS = 8000;
/** Words of a chunk that are paired with those of the message. */
const MAX_CODE_WORDS = 400;
const SMOOTHING = 0.75;

export interface VocabularyOptions {
  /** A word must be used so often, and in so many of the repositories. */
  readonly minUses: number;
  readonly minRepositories: number;
}

/** The most used words first. */
export function vocabularyOf(histories: readonly TaughtHistory[], options: VocabularyOptions): string[] {
  const uses = new Map<string, { count: number; repositories: number }>();
  for (const history of histories) {
    const seen = new Set<string>();
    for (const stem of stemsOf(history)) {
      const entry = uses.get(stem) ?? { count: 0, repositories: 0 };
      entry.count += 1;
      if (!seen.has(stem)) entry.repositories += 1;
      seen.add(stem);
      uses.set(stem, entry);
    }
  }
  return [...uses]
    .filter(([, { count, repositories }]) => count >= options.minUses && repositories >= options.minRepositories)
    .toSorted(([, first], [, second]) => second.count - first.count)
    .slice(0, MAX_WORDS)
    .map(([stem]) => stem);
}

function* stemsOf({ files, commits }: TaughtHistory): Generator<string> {
  for (const { chunks } of files) for (const text of chunks) yield* wordsOf(text).flatMap(subWords);
  for (const { message } of commits) yield* wordsOf(message).flatMap(subWords);
}

/** Square, row-major: counts by row and column of two words. */
export interface Matrix {
  readonly size: number;
  readonly values: Float32Array;
}

/** Neighbours within eight words, each pair weighed by 1/√distance. */
export function neighbourCounts(histories: readonly TaughtHistory[], rowOf: ReadonlyMap<string, number>): Matrix {
  const matrix = newMatrix(rowOf.size);
  const addText = (text: string) => {
    const rows = rowsIn(text, rowOf);
    for (const [place, row] of rows.entries())
      for (let distance = 1; distance <= WINDOW && place + distance < rows.length; distance++) {
        const other = rows[place + distance] ?? 0;
        add(matrix, row, other, 1 / Math.sqrt(distance));
        add(matrix, other, row, 1 / Math.sqrt(distance));
      }
  };
  for (const { files, commits } of histories) {
    for (const { chunks } of files) for (const text of chunks) addText(text);
    for (const { message } of commits) addText(message);
  }
  return matrix;
}

/** Each word of a commit's message with each word of the files that it touched, in both directions. */
export function messageCounts(histories: readonly TaughtHistory[], rowOf: ReadonlyMap<string, number>): Matrix {
  const matrix = newMatrix(rowOf.size);
  for (const { files, commits } of histories) {
    const wordsByPath = new Map(
      files.map(({ path, chunks }) => [path, new Set(rowsIn(`${path} ${chunks.join("\n")}`, rowOf))]),
    );
    for (const { message, paths } of commits) {
      const code = new Set(paths.flatMap((path) => [...(wordsByPath.get(path) ?? [])]).slice(0, MAX_CODE_WORDS));
      for (const row of new Set(rowsIn(message, rowOf)))
        for (const other of code) {
          add(matrix, row, other, 1);
          add(matrix, other, row, 1);
        }
    }
  }
  return matrix;
}

/** Positive pointwise mutual information, in place; frequent contexts are smoothed (Levy and Goldberg). */
export function toPositivePmi({ size, values }: Matrix): void {
  const rowSums = new Float64Array(size);
  const columnSums = new Float64Array(size);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const value = values[row * size + column] ?? 0;
      rowSums[row] = (rowSums[row] ?? 0) + value;
      columnSums[column] = (columnSums[column] ?? 0) + value;
    }
  const smoothed = columnSums.map((sum) => sum ** SMOOTHING);
  const contexts = smoothed.reduce((sum, value) => sum + value, 0);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const value = values[row * size + column] ?? 0;
      if (value === 0) continue;
      const expected = ((rowSums[row] ?? 0) * (smoothed[column] ?? 0)) / contexts;
      values[row * size + column] = Math.max(0, Math.log(value / expected));
    }
}

export function addMatrix(target: Matrix, other: Matrix): void {
  for (let at = 0; at < target.values.length; at++)
    target.values[at] = (target.values[at] ?? 0) + (other.values[at] ?? 0);
}

function rowsIn(text: string, rowOf: ReadonlyMap<string, number>): number[] {
  return wordsOf(text).flatMap((word) => subWords(word).flatMap((stem) => rowOf.get(stem) ?? []));
}

function newMatrix(size: number): Matrix {
  return { size, values: new Float32Array(size * size) };
}

function add({ size, values }: Matrix, row: number, column: number, amount: number): void {
  const at = row * size + column;
  values[at] = (values[at] ?? 0) + amount;
}
