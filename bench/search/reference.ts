/**
 * The ranking as it is written down, slow and in memory: the product's ranker has to give the same scores. A score is
 * the weighted sum of parts, each divided by its maximum for the query, times a factor for the path.
 */
import type { CommitHistory } from "../../daemon/memory/history/open.ts";
import { demotion } from "../../daemon/memory/search/demotion.ts";
import type { Query } from "../../daemon/memory/search/query.ts";
import { PARTS, type Part, type Weights } from "../../daemon/memory/search/ranking.ts";
import { textStems } from "../../daemon/memory/search/words.ts";
import { bm25Index } from "./bm25.ts";
import { addTo, dot, type PlainTable, sumOfRows, tableWords, unit } from "./word-table.ts";

export interface ReferenceFile {
  readonly path: string;
  readonly text: string;
  /** Names of its definitions. */
  readonly symbols: readonly string[];
}

/** One score a file, in the order of the files, each part divided by its maximum. */
type Parts = Readonly<Record<Part, Float64Array>>;

export interface Reference {
  /** Paths, the best first; the path decides between equals. A file without any score is left out. */
  rank(query: Query, weights: Weights): { readonly path: string; readonly score: number }[];
}

const CHUNK_LINES = 40;
const BEST_CHUNKS = [1, 0.5, 0.25];
const UNIT = 127;
const FULL_HISTORY = 3_000;
/** Whole words of 2 to 100 characters that do not begin with a digit. */
const IDENTIFIER = /(?<![\p{L}\p{N}_$])[\p{L}_$][\p{L}\p{N}_$]{1,99}(?![\p{L}\p{N}_$])/gu;

export function createReference(
  files: readonly ReferenceFile[],
  history: CommitHistory,
  table: PlainTable | undefined,
): Reference {
  const paths = files.map(({ path }) => path);
  const chunks = files.flatMap(({ path, text }, file) =>
    chunkTexts(text).map((chunk) => ({ file, path, text: chunk })),
  );
  const ofChunks = bm25Index(chunks.map(({ text }) => textStems(text)));
  const ofFiles = bm25Index(files.map(({ text }) => textStems(text)));
  const ofPaths = bm25Index(files.map(({ path }) => textStems(path)));
  const ofSymbols = bm25Index(files.map(({ symbols }) => textStems(symbols.join(" "))));
  const wholeNames = files.map(({ text }) => (text.match(IDENTIFIER) ?? []).map((name) => name.toLowerCase()));
  const ofIdentifiers = bm25Index(wholeNames, { k1: 0.9, b: 0.3 });
  const vectors = table === undefined ? undefined : tableScores(table, paths, chunks, history);
  const nothing = () => new Float64Array(files.length);
  const byPath = (scores: ReadonlyMap<string, number>) => Float64Array.from(paths, (path) => scores.get(path) ?? 0);
  const trust = Math.min(1, history.commits / FULL_HISTORY);
  function partsOf(query: Query): Parts {
    const terms = query.terms.map((text) => ({ text, weight: 1 }));
    return {
      chunk: scaled(bestThree(ofChunks.score(terms), chunks, files.length)),
      file: scaled(ofFiles.score(terms)),
      path: scaled(ofPaths.score(terms)),
      symbols: scaled(ofSymbols.score(terms)),
      identifiers: scaled(ofIdentifiers.score(query.identifiers)),
      commits: scaled(byPath(history.commitScores(query.terms))),
      messages: scaled(byPath(history.messageScores(query.terms))),
      table: scaled(vectors?.chunks(query) ?? nothing()),
      messageTable: scaled(vectors?.messages(query) ?? nothing()),
    };
  }
  return {
    rank(query, weights) {
      const parts = partsOf(query);
      const weightOf = (part: Part) => weights[part] * (part === "commits" || part === "messages" ? trust : 1);
      const factor = (path: string) => (weights.demotion ? demotion(path, query) : 1);
      const sum = (file: number) => PARTS.reduce((all, part) => all + weightOf(part) * (parts[part][file] ?? 0), 0);
      return paths
        .map((path, file) => ({ path, score: factor(path) * sum(file) }))
        .filter(({ score }) => score > 0)
        .sort((first, second) => second.score - first.score || (first.path < second.path ? -1 : 1));
    },
  };
}

/** Windows of 40 lines; of an empty file one. */
export function chunkTexts(text: string): string[] {
  const lines = text.split("\n");
  return Array.from({ length: Math.ceil(lines.length / CHUNK_LINES) }, (_, place) =>
    lines.slice(place * CHUNK_LINES, (place + 1) * CHUNK_LINES).join("\n"),
  );
}

/** A window that speaks against its file counts as none. */
function bestThree(scores: Float64Array, chunks: readonly { readonly file: number }[], files: number): Float64Array {
  const own: number[][] = Array.from({ length: files }, () => []);
  chunks.forEach(({ file }, chunk) => {
    own[file]?.push(scores[chunk] ?? 0);
  });
  return Float64Array.from(own, (list) => {
    const best = list.toSorted((first, second) => second - first);
    return BEST_CHUNKS.reduce((sum, weight, place) => sum + weight * Math.max(0, best[place] ?? 0), 0);
  });
}

/** Divided by the greatest; all zero when nothing is above zero. */
function scaled(scores: Float64Array): Float64Array {
  const greatest = scores.reduce((most, score) => Math.max(most, score), 0);
  return greatest > 0 ? scores.map((score) => Math.max(0, score) / greatest) : scores.map(() => 0);
}

function aboveMean(scores: Float64Array): Float64Array {
  const mean = scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length);
  return scores.map((score) => Math.max(0, score - mean));
}

interface TableScores {
  chunks(query: Query): Float64Array | undefined;
  messages(query: Query): Float64Array | undefined;
}

function tableScores(
  table: PlainTable,
  paths: readonly string[],
  chunks: readonly { readonly file: number; readonly path: string; readonly text: string }[],
  history: CommitHistory,
): TableScores {
  const counts = chunks.map(({ text }) => countWords(tableWords(text)));
  const rarity = rarityOf(counts);
  const sumOf = (text: string) =>
    sumOfRows(
      table,
      [...countWords(tableWords(text))].map(([word, count]) => [word, Math.log(1 + count) * rarity(word)] as const),
    );
  const plainOf = (text: string) =>
    unit(
      sumOfRows(
        table,
        [...countWords(tableWords(text))].map(([word, count]) => [word, Math.log(1 + count)] as const),
      ),
    );
  const zero = new Float64Array(table.dimensions);
  const chunkVectors = chunks.map(({ path, text }) => {
    const content = sumOf(text);
    const length = Math.sqrt(dot(content, content));
    // Directions are kept in bytes.
    const kept = (unit(content) ?? zero).map((value) => (Math.round(value * UNIT) / UNIT) * length);
    addTo(kept, sumOf(path), 1);
    return unit(kept) ?? zero;
  });
  const messages = history.messageVectors((text) => {
    const vector = plainOf(text);
    return vector === undefined ? undefined : Float32Array.from(vector);
  });
  const fileVectors = paths.map((path) => {
    const sum = new Float64Array(table.dimensions);
    const own = messages.get(path);
    if (own !== undefined) addTo(sum, own, 1 / (Math.hypot(...own) + 0.3));
    addTo(sum, plainOf(path) ?? zero, 0.5);
    return unit(sum) ?? zero;
  });
  const queryVector = ({ words }: Query) =>
    unit(
      sumOfRows(
        table,
        [...new Set(words.flatMap(tableWords))].map((word) => [word, rarity(word)] as const),
      ),
    );
  return {
    chunks(query) {
      const vector = queryVector(query);
      if (vector === undefined) return undefined;
      const cosines = Float64Array.from(chunkVectors, (chunk) => dot(chunk, vector));
      return aboveMean(bestThree(cosines, chunks, paths.length));
    },
    messages(query) {
      const vector = queryVector(query);
      return vector && aboveMean(Float64Array.from(fileVectors, (file) => dot(file, vector)));
    },
  };
}

function countWords(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** ln(1 + n/(1 + df)) over the chunks. */
function rarityOf(chunks: readonly ReadonlyMap<string, number>[]): (word: string) => number {
  const found = new Map<string, number>();
  for (const words of chunks) for (const word of words.keys()) found.set(word, (found.get(word) ?? 0) + 1);
  return (word) => Math.log(1 + chunks.length / (1 + (found.get(word) ?? 0)));
}
