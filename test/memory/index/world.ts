/** Indexes of temporary workspaces, read in this thread, and what two of them can be compared by. */
import { fileURLToPath } from "node:url";
import { systemClock } from "../../../daemon/host/clock.ts";
import { createExtractor } from "../../../daemon/memory/code/extract.ts";
import { chunkVectors } from "../../../daemon/memory/index/chunk-vectors.ts";
import { type ContentCollector, createContentCollector } from "../../../daemon/memory/index/content-reader.ts";
import type { ParsePool } from "../../../daemon/memory/index/parse-pool.ts";
import { readContent } from "../../../daemon/memory/index/read-content.ts";
import { createWordSplitter } from "../../../daemon/memory/index/word-splitter.ts";
import { analyseQuery } from "../../../daemon/memory/search/query.ts";
import { rank, weightsFor } from "../../../daemon/memory/search/ranking.ts";
import { matchSymbols } from "../../../daemon/memory/thread/symbols.ts";
import type { Workspace } from "../../../daemon/memory/thread/workspace.ts";
import { createWorkspaces, type Workspaces } from "../../../daemon/memory/thread/workspaces.ts";
import { loadWordTable } from "../../../daemon/memory/vector/word-table.ts";

const GRAMMARS = fileURLToPath(new URL("../../../grammars", import.meta.url));
export const NEVER = new AbortController().signal;
const table = await loadWordTable();

export interface CountingPool extends ParsePool {
  /** Paths that were read since the last call. */
  taken(): string[];
}

/** Paths whose content cannot be read, as if it were gone again each time. */
export const unreadable = new Set<string>();

let collector: Promise<ContentCollector> | undefined;
async function ownCollector(): Promise<ContentCollector> {
  const extractor = await createExtractor({ folder: GRAMMARS });
  return createContentCollector({
    read: (task) => (unreadable.has(task.path) ? { kind: "changed" } : readContent(task)),
    prepare: (path, text) => extractor.prepare(path, text),
    extract: (path, text) => extractor.extract(path, text),
    splitter: createWordSplitter((word) => table.rowsOf(word)),
  });
}

/** Does what parse threads do, in this one; a segment for every four files. */
function poolInProcess(): CountingPool {
  const read: string[] = [];
  let turn: Promise<void> = Promise.resolve();
  return {
    read(tasks, call) {
      const result = turn.then(async () => {
        collector ??= ownCollector();
        const own = await collector;
        for (const [place, task] of tasks.entries()) {
          call.signal.throwIfAborted();
          read.push(task.path);
          await own.add(task);
          call.onFiles(1, task.bytes ?? 0);
          if (place % 4 === 3 || place === tasks.length - 1) call.onBatch(own.take());
        }
      });
      turn = result.catch(() => undefined);
      return result;
    },
    warm() {},
    close: async () => {},
    taken: () => read.splice(0),
  };
}

export interface Indexes {
  readonly pool: CountingPool;
  readonly workspaces: Workspaces;
  /** Opened and brought up to date. */
  updated(root: string, paths?: readonly string[]): Promise<Workspace>;
}

export function openIndexes(folder: string): Indexes {
  const pool = poolInProcess();
  const workspaces = createWorkspaces({ folder, pool, table, clock: systemClock, onChange: () => {} });
  return {
    pool,
    workspaces,
    async updated(root, paths) {
      const workspace = await workspaces.open(root, NEVER);
      await workspace.update(NEVER, paths);
      return workspace;
    },
  };
}

const QUERIES = ["parse the cookie header", "renderTotal", "where is the price of a cart computed?", "retry backoff"];
const EVEN = new Float32Array(table.size).fill(1);

/** All that two indexes of the same files must have in common, however they came to be. */
export function contentsOf(workspace: Workspace) {
  const { view } = workspace;
  const vectors = vectorsOf(workspace);
  const files = [...view.entries()].map(([path, { kind, language, lines, symbols, bytes }]) => {
    const facts = kind === "text" ? view.facts(path) : null;
    return [path, { kind, language, lines, symbols, bytes, facts, vectors: vectors(path) }] as const;
  });
  return {
    files: Object.fromEntries(files.sort(([first], [second]) => (first < second ? -1 : 1))),
    ranked: QUERIES.map((query) => rankedBy(workspace, query)),
    symbols: matchSymbols(view, "add", { accepts: () => true, kinds: undefined, limit: 50 }).map(
      ({ path, symbol }) => `${path}:${symbol.startLine} ${symbol.name}`,
    ),
    mentioning: view.mentioning("renderTotal"),
  };
}

/** Without vectors: those may be of older frequencies (repository.ts). */
function rankedBy(workspace: Workspace, text: string) {
  const query = analyseQuery(text);
  const weights = { ...weightsFor(query), table: 0, messageTable: 0 };
  return rank(workspace.ranked(), query, { limit: 20, weights }).map(
    ({ path, score, chunk }) => `${path} ${score.toFixed(4)} ${chunk}`,
  );
}

/** Of the file's chunks, made here and now with even weights. */
function vectorsOf({ repository, view }: Workspace): (path: string) => number[] {
  const made = new Map(
    repository.segments().map(({ id, memory: { segment } }) => {
      const rows = repository.rows.chunkRows(id) ?? new Uint8Array();
      return [id, { segment, ...chunkVectors(rows, segment.chunks, table, EVEN) }];
    }),
  );
  return (path) => {
    const { segment: id = 0, document = 0 } = view.blob(path) ?? {};
    const own = made.get(id);
    if (own === undefined) return [];
    const [from = 0, to = 0] = own.segment.chunkStarts.slice(document, document + 2);
    return [to - from, ...own.units.slice(from * table.dimensions, from * table.dimensions + 16)];
  };
}
