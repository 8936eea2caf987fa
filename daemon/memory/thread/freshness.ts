/** Keeps open workspaces up to date: at the first question, then by watching; and says how far an answer is behind. */
import type { Clock } from "../../host/clock.ts";
import type { WatchFolder } from "../../host/watcher.ts";
import type { UpdateTotals } from "../index/workspace-index.ts";
import { type SourceWatch, watchSources } from "../sources/watch.ts";
import type { Workspace } from "./workspace.ts";
import type { Workspaces } from "./workspaces.ts";

export interface Freshness {
  /** Scans and reads what is new; two that ask at once share one update. It goes on until all of them have cancelled. */
  update(root: string, signal: AbortSignal): Promise<{ workspace: Workspace; totals: UpdateTotals }>;
  /** Indexes first where there is no index; one that is there is brought up to date within a moment, or else told stale. */
  ready(root: string, signal: AbortSignal): Promise<Workspace>;
  about(workspace: Workspace): { degraded: string[]; stale: { files: number; sinceMs: number } | null };
  watchOf(root: string): SourceWatch | undefined;
  isUpdating(root: string): boolean;
  /** Gives the workspace up as it is open now; one that is opened again later is watched again. */
  close(root: string): Promise<void>;
  /** The same for all; from now on nothing is watched. */
  closeAll(): Promise<void>;
}

/** How long a question waits for an index that is only behind. */
const PATIENCE_MS = 1500;

interface Shared {
  /** Looks at everything. */
  readonly isWhole: boolean;
  readonly promise: Promise<UpdateTotals>;
  readonly controller: AbortController;
  waiting: number;
}

export interface FreshnessParts {
  readonly workspaces: Workspaces;
  readonly clock: Clock;
  /** A workspace was brought up to date. */
  onUpdated(workspace: Workspace): void;
  /** For tests; left out: the system's. */
  readonly watchFolder?: WatchFolder;
}

export function createFreshness({ workspaces, clock, onUpdated, watchFolder }: FreshnessParts): Freshness {
  const updates = new Map<string, Shared>();
  const watches = new Map<string, SourceWatch>();
  /** Watches that the system is being asked for: a thread that ends meanwhile takes the whole process along. */
  const beginning = new Map<Workspace, Promise<void>>();
  const givenUp = new WeakSet<Workspace>();
  let isClosed = false;

  async function update(root: string, signal: AbortSignal): Promise<{ workspace: Workspace; totals: UpdateTotals }> {
    const workspace = await workspaces.open(root, signal);
    signal.throwIfAborted();
    const shared = joinable(root) ?? start(workspace);
    shared.waiting++;
    const onAbort = () => {
      if (--shared.waiting === 0) shared.controller.abort(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return { workspace, totals: await shared.promise };
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** One that looks at single files does not do, nor one that everybody gave up. */
  function joinable(root: string): Shared | undefined {
    const shared = updates.get(root);
    return shared?.isWhole === true && !shared.controller.signal.aborted ? shared : undefined;
  }

  function start(workspace: Workspace, paths?: readonly string[]): Shared {
    const { root } = workspace;
    const controller = new AbortController();
    const promise = workspace.update(controller.signal, paths).finally(() => {
      if (updates.get(root) === shared) updates.delete(root);
    });
    const shared: Shared = { isWhole: paths === undefined, promise, controller, waiting: 0 };
    updates.set(root, shared);
    // Whoever waits hears of a failure; nobody may be waiting.
    promise.then(() => onUpdated(workspace)).catch(() => undefined);
    return shared;
  }

  async function ready(root: string, signal: AbortSignal): Promise<Workspace> {
    const workspace = await workspaces.open(root, signal);
    if (workspace.isCurrent) return workspace;
    const updated = update(root, signal).then(() => watch(workspace));
    if (workspace.view.entries().size === 0) await updated;
    else await Promise.race([updated.catch(() => undefined), patience()]);
    signal.throwIfAborted();
    return workspace;
  }

  /** A question is answered from what there is; an update that failed is told with the answer. */
  function patience(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    clock.timer(PATIENCE_MS, resolve);
    return promise;
  }

  function isUnwanted(workspace: Workspace): boolean {
    return isClosed || givenUp.has(workspace) || watches.has(workspace.root);
  }

  async function watch(workspace: Workspace): Promise<void> {
    if (isUnwanted(workspace)) return;
    const begun = beginning.get(workspace) ?? beginWatch(workspace).finally(() => beginning.delete(workspace));
    beginning.set(workspace, begun);
    await begun;
  }

  async function beginWatch(workspace: Workspace): Promise<void> {
    const { root, index } = workspace;
    const gitDir = index.lastScan?.git?.place.gitDir;
    const made = await watchSources(root, {
      clock,
      ...(gitDir === undefined ? {} : { gitDir }),
      ...(watchFolder === undefined ? {} : { watchFolder }),
      async apply(changes) {
        const before = workspace.view.version;
        await (updates.get(root)?.promise ?? Promise.resolve()).catch(() => undefined);
        const own = start(workspace, changes.kind === "paths" ? changes.paths : undefined);
        // Whoever joins and leaves again must not end it.
        own.waiting++;
        await own.promise;
        return workspace.view.version !== before;
      },
    });
    if (isUnwanted(workspace)) await made.close();
    else watches.set(root, made);
  }

  async function close(root: string): Promise<void> {
    const opened = workspaces.opened(root);
    if (opened !== undefined) givenUp.add(opened);
    const watch = watches.get(root);
    watches.delete(root);
    updates.get(root)?.controller.abort(new Error("the index is given up"));
    await watch?.close();
    const begun = [...beginning].filter(([workspace]) => workspace.root === root).map(([, each]) => each);
    await Promise.allSettled(begun);
    // It writes until it has ended.
    await updates.get(root)?.promise.catch(() => undefined);
  }

  return {
    async update(root, signal) {
      const done = await update(root, signal);
      await watch(done.workspace);
      return done;
    },
    ready,
    about(workspace) {
      const degraded: string[] = [];
      const { root, problem } = workspace;
      const staleness = watches.get(root)?.staleness();
      if (problem !== null) degraded.push(`The last update failed: ${problem}`);
      const discarded = workspaces.discarded.get(root);
      if (discarded !== undefined) degraded.push(`The old index was made anew: ${discarded}.`);
      if (workspace.tableProblem !== null)
        degraded.push(`${workspace.tableProblem} The built-in table is used instead.`);
      if (workspace.repository.segments().some(({ generation }) => generation === 0))
        degraded.push("Meaning is not known of all files yet.");
      else if ((workspace.repository.frequencies()?.table ?? workspace.table.name) !== workspace.table.name)
        degraded.push("What was learned is being put to use: meaning is not compared meanwhile.");
      const history = workspace.history();
      if (history === undefined) degraded.push("The history of commits is not read yet.");
      else if (history.problem !== null) degraded.push(history.problem);
      if (!workspace.isCurrent) return { degraded, stale: { files: 0, sinceMs: 0 } };
      const pending = staleness?.pending ?? 0;
      if (pending === 0) return { degraded, stale: null };
      const sinceMs = Math.max(0, clock.now() - (staleness?.since ?? clock.now()));
      return { degraded, stale: { files: pending === "many" ? workspace.view.files.length : pending, sinceMs } };
    },
    watchOf: (root) => watches.get(root),
    isUpdating: (root) => updates.has(root),
    close,
    async closeAll() {
      isClosed = true;
      const roots = [...workspaces.all(), ...beginning.keys()].map(({ root }) => root);
      await Promise.all([...new Set([...roots, ...watches.keys()])].map(close));
    },
  };
}
