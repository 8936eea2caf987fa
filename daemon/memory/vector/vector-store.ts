/** Where vectors are kept and searched: one port, three stores behind it (usearch, Chroma, FAISS). */
import { failure, ok, type Result } from "../../../protocol/index.ts";

export interface VectorHit {
  readonly key: string;
  /** Cosine, -1 to 1. */
  readonly score: number;
}

export interface VectorStats {
  /** How it searches at present; "remote" leaves it to a server. */
  readonly search: "exact" | "graph" | "remote";
  /** A graph is being built; until it is done the search is exact. */
  readonly building: boolean;
  readonly bytesOnDisk: number;
  /** What went wrong and was mended, for people; the newest last. */
  readonly problems: readonly string[];
}

/**
 * Vectors of one model and one size, by key: a chunk's content hash, so that branches share them. A key is a string of
 * at most 512 characters. Nothing throws; a store that cannot answer says why, and works again when it can.
 */
export interface VectorStore {
  readonly name: "usearch" | "chroma" | "faiss";
  readonly model: string;
  readonly dimensions: number;
  count(): Promise<Result<number>>;
  /** Those of the keys that are stored. */
  present(keys: readonly string[]): Promise<Result<ReadonlySet<string>>>;
  /** All or none of them. A key that is there already gets the new vector. On disk for good when it returns. */
  add(keys: readonly string[], vectors: readonly Float32Array[]): Promise<Result<void>>;
  /** Keys that are not there are no error. */
  remove(keys: readonly string[]): Promise<Result<void>>;
  /** Removes every key that is not wanted any more; answers with how many that were. */
  prune(isWanted: (key: string) => boolean): Promise<Result<number>>;
  /** The `k` nearest of those that the filter lets through, best first; none for a vector of zeros. */
  search(vector: Float32Array, k: number, filter?: (key: string) => boolean): Promise<Result<VectorHit[]>>;
  /** Writes what makes the next start fast; nothing is lost without it. */
  save(): Promise<Result<void>>;
  stats(): Promise<Result<VectorStats>>;
  close(): Promise<void>;
}

const MAX_KEY_CHARACTERS = 512;

/** What is wrong with a call of `add`, undefined when nothing is. Every store asks first. */
export function problemOfVectors(
  keys: readonly string[],
  vectors: readonly Float32Array[],
  dimensions: number,
): string | undefined {
  if (keys.length !== vectors.length) return `${keys.length} keys came with ${vectors.length} vectors.`;
  const badKey = keys.find((key) => key === "" || key.length > MAX_KEY_CHARACTERS || !key.isWellFormed());
  if (badKey !== undefined) return `“${badKey.slice(0, 40)}” is no key: 1 to ${MAX_KEY_CHARACTERS} characters are.`;
  if (new Set(keys).size !== keys.length) return "A key came twice.";
  return vectors.map((vector) => problemOfVector(vector, dimensions)).find((problem) => problem !== undefined);
}

export function problemOfVector(vector: Float32Array, dimensions: number): string | undefined {
  if (vector.length !== dimensions) return `A vector has ${vector.length} numbers, not ${dimensions}.`;
  return vector.every(Number.isFinite) ? undefined : "A vector holds something that is no number.";
}

/**
 * The best `k` that pass the filter, from a search that knows none: asks for more until enough pass or all were seen.
 * `nearest` answers with at most the number asked for, best first.
 */
export async function filteredSearch(
  nearest: (count: number) => Promise<Result<VectorHit[]>>,
  k: number,
  filter: ((key: string) => boolean) | undefined,
  total: number,
): Promise<Result<VectorHit[]>> {
  if (!Number.isInteger(k) || k < 1) return failure("vectors.invalid", `${k} is no number of results.`);
  for (let count = filter === undefined ? k : k * 4; ; count *= 4) {
    const hits = await nearest(Math.min(count, total));
    if (!hits.ok) return hits;
    const passing = filter === undefined ? hits.value : hits.value.filter(({ key }) => filter(key));
    if (passing.length >= k || count >= total) return ok(passing.slice(0, k));
  }
}
