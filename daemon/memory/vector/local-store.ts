/**
 * A vector store on this machine's disk: a log of vectors (vector-log.ts) and, derived from it, what a library searches.
 * Exact while there are few vectors; above that a graph, built in slices beside the exact search and then swapped in.
 */
import { join } from "node:path";
import { type ErrorValue, failure, ok, type Result } from "../../../protocol/index.ts";
import { nextTurn } from "../../host/clock.ts";
import { errorCode, listFolder, makeFolder, removeTemporaries, stat } from "../../host/files.ts";
import { openGraph, removeOthers, saveGraph } from "./graph-file.ts";
import type { FlatIndex, GraphIndex, SearchEngine } from "./search-engine.ts";
import { normalise } from "./unit-vector.ts";
import { beginLog, openVectorLog, type VectorLog, type VectorRecord } from "./vector-log.ts";
import {
  filteredSearch,
  problemOfVector,
  problemOfVectors,
  type VectorStats,
  type VectorStore,
} from "./vector-store.ts";

export interface LocalStoreOptions {
  /** Of this store alone: one for each repository, model and size. */
  readonly folder: string;
  readonly model: string;
  readonly dimensions: number;
  readonly engine: SearchEngine;
  /** Above this many vectors a graph is searched. */
  readonly exactUpTo?: number;
}

const EXACT_UP_TO = 50_000;
/** Vectors put into an index before others get their turn: some ten milliseconds. */
const SLICE = 32;
const MAX_PROBLEMS = 20;
/** A log with more dead records than living ones, and more than these, is written anew at the next start. */
const DEAD_RECORDS = 1000;

export async function openLocalStore(options: LocalStoreOptions): Promise<Result<VectorStore>> {
  try {
    await makeFolder(options.folder, 0o700);
    return ok(await openStore(options));
  } catch (error) {
    return { ok: false, error: fileFailure(error) };
  }
}

async function openStore({ folder, model, dimensions, engine, exactUpTo = EXACT_UP_TO }: LocalStoreOptions) {
  const problems: string[] = [];
  const tell = (problem: string | undefined) => {
    if (problem !== undefined) problems.push(problem);
    if (problems.length > MAX_PROBLEMS) problems.shift();
  };
  const path = join(folder, "vectors.log");
  await removeTemporaries(path);
  const opened = await openVectorLog({ path, model, dimensions });
  tell(opened.problem);
  const living = livingOf(opened.records);
  const deadRecords = opened.records.length - living.size;
  const tooOld = deadRecords > Math.max(DEAD_RECORDS, living.size);
  const log = tooOld ? await beginLog({ path, model, dimensions }, [...living.values()]) : opened.log;

  const keys = new Set(living.keys());
  const state: State = { folder, engine, log, dimensions, keys, index: engine.createFlat(dimensions), exactUpTo, tell };
  await fill(state, living, opened.records);
  const inTurn = createQueue();
  const growGraph = () => {
    if (wantsGraph(state)) inTurn(() => buildGraph(state)).catch((error: unknown) => tell(fileFailure(error).message));
  };
  growGraph();

  /** After everything that was asked for before; a failure of the disk becomes a value. */
  const change = (work: () => Promise<void>): Promise<Result<void>> =>
    inTurn(async () => {
      if (state.closed === true) return failure("vectors.unavailable", "The store is closed.");
      try {
        await work();
        growGraph();
        return ok(undefined);
      } catch (error) {
        return { ok: false, error: fileFailure(error) };
      }
    });

  const store: VectorStore = {
    name: engine.name,
    model,
    dimensions,
    count: async () => ok(keys.size),
    present: async (asked) => ok(new Set(asked.filter((key) => keys.has(key)))),
    async add(added, vectors) {
      const problem = problemOfVectors(added, vectors, dimensions);
      if (problem !== undefined) return failure("vectors.invalid", problem);
      const records = added.map((key, place) => ({ key, vector: vectors[place] }));
      return change(() => applyToBoth(state, records));
    },
    remove: (removed) => change(() => applyToBoth(state, removalsOf(state, removed))),
    async prune(isWanted) {
      let pruned = 0;
      const done = await change(async () => {
        const unwanted = [...keys].filter((key) => !isWanted(key));
        await applyToBoth(state, removalsOf(state, unwanted));
        pruned = unwanted.length;
      });
      return done.ok ? ok(pruned) : done;
    },
    async search(vector, k, filter) {
      const problem = problemOfVector(vector, dimensions);
      if (problem !== undefined) return failure("vectors.invalid", problem);
      if (vector.every((value) => value === 0)) return ok([]);
      return filteredSearch(async (count) => ok(state.index.search(vector, count)), k, filter, state.index.size);
    },
    save: () => change(() => save(state)),
    stats: async () => ok(await statsOf(state, problems)),
    async close() {
      state.closing = true;
      await change(() => save(state));
      state.closed = true;
    },
  };
  return store;
}

interface State {
  readonly folder: string;
  readonly engine: SearchEngine;
  readonly log: VectorLog;
  readonly dimensions: number;
  readonly keys: Set<string>;
  readonly exactUpTo: number;
  readonly tell: (problem: string | undefined) => void;
  index: FlatIndex | GraphIndex;
  /** Records of the log that the saved graph holds. */
  savedRecords?: number;
  building?: boolean;
  /** No more slices: somebody waits for the end. */
  closing?: boolean;
  closed?: boolean;
}

type Change = { readonly key: string; readonly vector: Float32Array | undefined };

function removalsOf({ keys }: State, removed: readonly string[]): Change[] {
  return removed.filter((key) => keys.has(key)).map((key) => ({ key, vector: undefined }));
}

/** First on disk, then in the index. */
async function applyToBoth(state: State, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  await state.log.append(changes);
  await applyToIndex(state, changes);
}

async function applyToIndex(state: State, changes: readonly Change[]): Promise<void> {
  const { index, keys } = state;
  for (const [place, { key, vector }] of changes.entries()) {
    if (vector === undefined) keys.delete(key);
    else keys.add(key);
    // A vector of zeros is near to nothing: it is known, and never found.
    if (vector?.some((value) => value !== 0) === true) index.set(key, vector);
    else index.delete(key);
    if (place % SLICE === SLICE - 1) await nextTurn();
  }
}

/** The saved graph with what came after it, or every vector for the exact search. */
async function fill(state: State, living: ReadonlyMap<string, VectorRecord>, records: readonly VectorRecord[]) {
  const { folder, engine, log, dimensions, tell } = state;
  const saved = living.size > state.exactUpTo ? await openGraph(folder, engine, log, dimensions) : undefined;
  if (saved !== undefined && "graph" in saved) {
    state.index = saved.graph;
    state.savedRecords = saved.records;
    return applyToIndex(state, records.slice(saved.records).map(changeOf));
  }
  tell(saved?.problem);
  await removeOthers(folder, undefined);
  await applyToIndex(state, [...living.values()].map(changeOf));
}

function changeOf({ key, vector }: VectorRecord): Change {
  return { key, vector: vector === undefined ? undefined : normalise(Float32Array.from(vector)) };
}

function wantsGraph({ engine, index, exactUpTo, building, closing }: State): boolean {
  const isFree = building !== true && closing !== true;
  return isFree && engine.graph !== undefined && "entries" in index && index.size > exactUpTo;
}

/** In the queue, so that nothing changes meanwhile. While it is built the exact search answers; stopped by a close, it begins again at the next start. */
async function buildGraph(state: State): Promise<void> {
  const { index, engine, dimensions } = state;
  if (!("entries" in index) || engine.graph === undefined) return;
  state.building = true;
  try {
    const graph = engine.graph.create(dimensions);
    const entries = [...index.entries()];
    for (let from = 0; from < entries.length; from += SLICE) {
      if (state.closing === true) return;
      const slice = entries.slice(from, from + SLICE);
      graph.addAll(
        slice.map(([key]) => key),
        slice.map(([, vector]) => vector),
      );
      await nextTurn();
    }
    state.index = graph;
  } finally {
    state.building = false;
  }
  await save(state);
}

async function save(state: State): Promise<void> {
  const { index, folder, engine, log } = state;
  if ("entries" in index || state.savedRecords === log.records) return;
  await saveGraph(folder, engine, index, log);
  state.savedRecords = log.records;
}

async function statsOf({ index, building, folder }: State, problems: readonly string[]): Promise<VectorStats> {
  const files = await Promise.all((await listFolder(folder)).map(({ name }) => stat(join(folder, name))));
  return {
    search: "entries" in index ? "exact" : "graph",
    building: building === true,
    bytesOnDisk: files.reduce((sum, file) => sum + (file?.size ?? 0), 0),
    problems: [...problems],
  };
}

function livingOf(records: readonly VectorRecord[]): Map<string, VectorRecord> {
  const living = new Map<string, VectorRecord>();
  for (const record of records)
    if (record.vector === undefined) living.delete(record.key);
    else living.set(record.key, record);
  return living;
}

/** One after the other, in the order of the calls; a failure of one does not stop the next. */
function createQueue(): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}

function fileFailure(error: unknown): ErrorValue {
  const code = errorCode(error);
  const message = error instanceof Error ? error.message : String(error);
  const full = code === "ENOSPC" || code === "EDQUOT";
  return failure("vectors.unavailable", full ? "The disk is full." : message).error;
}
