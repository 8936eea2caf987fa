/** One workspace in the memory thread: its view, its history, its graph, and keeping them up to date. */
import type { IndexProgress } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { readTextNow } from "../../host/sync-files.ts";
import type { PartStore } from "../code/facts.ts";
import { createGraph, type Graph } from "../graph/graph.ts";
import { type OpenedHistory, openHistory } from "../history/open.ts";
import type { ParsePool } from "../index/parse-pool.ts";
import type { Repository } from "../index/repository.ts";
import {
  createWorkspaceIndex,
  type UpdateCall,
  type UpdateTotals,
  type WorkspaceIndex,
} from "../index/workspace-index.ts";
import { createWorkspaceView, type WorkspaceView } from "../index/workspace-view.ts";
import type { RankedView } from "../search/ranking.ts";
import type { ChangingTable } from "../vector/table-file.ts";
import { createRanked } from "./ranked-view.ts";

/** Where a repository's index is kept, and what it is called. */
export interface RepositoryPlace {
  readonly key: string;
  readonly folder: string;
}

export interface Workspace {
  readonly root: string;
  readonly repository: Repository;
  readonly place: RepositoryPlace;
  /** The repository's: the built-in one, or what was learned from its history. */
  readonly table: ChangingTable;
  /** Why the table that was learned is not used. */
  readonly tableProblem: string | null;
  readonly view: WorkspaceView;
  readonly index: WorkspaceIndex;
  readonly graph: Graph;
  history(): OpenedHistory | undefined;
  ranked(): RankedView;
  /** Scans (everything, or only `paths`), reads what is new, and the new commits. */
  update(signal: AbortSignal, paths?: readonly string[]): Promise<UpdateTotals>;
  updateUnsaved(path: string, text: string | null, signal: AbortSignal): Promise<void>;
  progress(): IndexProgress | null;
  /** True once it was updated in this process. */
  readonly isCurrent: boolean;
  readonly updatedAt: string | null;
  readonly problem: string | null;
}

export interface WorkspaceParts {
  readonly root: string;
  readonly repository: Repository;
  readonly place: RepositoryPlace;
  readonly pool: ParsePool;
  readonly table: ChangingTable;
  readonly tableProblem: string | null;
  readonly clock: Clock;
  /** Progress, or a change of state. */
  onChange(): void;
}

export function openWorkspace(parts: WorkspaceParts): Workspace {
  const { root, repository, place, pool, table, clock, onChange } = parts;
  const view = createWorkspaceView(repository, viewNumber(repository, root, clock.now()));
  const index = createWorkspaceIndex({ root, repository, view, pool, clock });
  const store = partStore(repository, `${root}:`);
  let opened: OpenedHistory | undefined;
  let meter: Meter | undefined;
  let isCurrent = false;
  let updatedAt: string | null = null;
  let problem: string | null = null;
  const ranked = createRanked({ view, repository, table, history: () => opened?.history });

  async function readHistory(signal: AbortSignal): Promise<void> {
    const read = await openHistory({ root, store, signal, linesOf: (path) => view.file(path)?.lines });
    if (opened === undefined || read.read > 0 || read.history.head !== opened.history.head) opened = read;
  }

  async function update(signal: AbortSignal, paths?: readonly string[]): Promise<UpdateTotals> {
    const own = createMeter(clock, onChange);
    meter = own;
    try {
      const call: UpdateCall = {
        signal,
        onPhase: own.phase,
        onFiles: own.files,
        onChange,
      };
      // Reading files leaves this thread idle, so commits are read meanwhile when they are not known yet.
      const [totals] = await Promise.all([
        index.update(call, paths),
        opened === undefined ? readHistory(signal) : null,
      ]);
      if (opened?.problem !== null || opened.history.head !== (index.lastScan?.head ?? "")) await readHistory(signal);
      ranked();
      isCurrent = true;
      updatedAt = clock.iso();
      problem = null;
      return totals;
    } catch (error) {
      if (!signal.aborted) problem = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      if (meter === own) meter = undefined;
      onChange();
    }
  }

  return {
    root,
    repository,
    place,
    table,
    tableProblem: parts.tableProblem,
    view,
    index,
    graph: createGraph({
      view: () => view,
      history: () => opened?.history,
      readText: (path) => readTextNow(`${root}/${path}`),
    }),
    history: () => opened,
    ranked,
    update,
    async updateUnsaved(path, text, signal) {
      const isChanged = index.setUnsaved(path, text);
      const silent = { signal, onPhase: () => {}, onFiles: () => {}, onChange };
      // Saved or closed: the disk counts again, and need not wait for the watcher to tell.
      if (text === null && isCurrent) await index.update(silent, [path]);
      else if (isChanged) await index.updateUnsaved(silent);
    },
    progress: () => meter?.progress() ?? null,
    get isCurrent() {
      return isCurrent;
    },
    get updatedAt() {
      return updatedAt;
    },
    get problem() {
      return problem;
    },
  };
}

/** The number of a view in the database; made when it is new. */
function viewNumber({ rows }: Repository, root: string, now: number): number {
  const known = rows.views().find((view) => view.root === root);
  if (known === undefined) return rows.addView(root, now);
  rows.touchView(known.id, now);
  return known.id;
}

export function partStore({ rows }: Repository, prefix: string): PartStore {
  return {
    get: (key) => rows.part(prefix + key),
    set: (key, bytes) => rows.setPart(prefix + key, bytes),
    delete: (key) => rows.setPart(prefix + key, undefined),
  };
}

interface Meter {
  phase(phase: IndexProgress["phase"], total: number | null, bytes?: number): void;
  files(files: number, bytes: number): void;
  progress(): IndexProgress;
}

function createMeter(clock: Clock, onChange: () => void): Meter {
  let phase: IndexProgress["phase"] = "scanning";
  let total: number | null = null;
  let done = 0;
  let bytes = 0;
  let totalBytes = 0;
  let startedAt = clock.monotonic();
  return {
    phase(next, count, size = 0) {
      phase = next;
      total = count;
      totalBytes = size;
      done = 0;
      bytes = 0;
      startedAt = clock.monotonic();
      onChange();
    },
    files(count, size) {
      done += count;
      bytes += size;
      onChange();
    },
    progress() {
      const seconds = Math.max((clock.monotonic() - startedAt) / 1000, 0.001);
      const rate = done > 0 ? done / seconds : null;
      // The largest files come first, so what is left is told by bytes.
      const share = totalBytes > 0 ? bytes / totalBytes : done / (total ?? Number.POSITIVE_INFINITY);
      const etaMs = share === 0 ? null : Math.max(0, seconds * (1 / share - 1) * 1000);
      return { phase, done, total, filesPerSecond: rate, bytesPerSecond: bytes > 0 ? bytes / seconds : null, etaMs };
    },
  };
}
