/** The runs of the client's folders that are active, or whose change waits: their states, kept up to date by their events. */
import { applyRunEvent, isEnded, type RunEvent, type RunState, type RunSummary } from "../../../protocol/index.ts";
import type { Face, RunTracker } from "./feature.ts";

/** Of one folder; older ones are found with `nexus runs list`. */
const MOST_RUNS = 50;
const MOST_KEPT = 200;

type Ports = Pick<Face, "link" | "folders">;

export function createRunTracker({ link, folders }: Ports): RunTracker {
  const states = new Map<string, RunState>();
  const watches = new Map<string, () => void>();
  const asked = new Set<string>();
  const listeners = new Set<(state: RunState, event: RunEvent | undefined) => void>();
  const closedListeners = new Set<(state: RunState) => void>();
  const ends: (() => void)[] = [];
  let isStopped = false;
  let isLooking = false;
  let looksAgain = false;

  function keep(state: RunState, event?: RunEvent): void {
    // A folder may be closed while its runs are asked for.
    if (isStopped || !isOpen(state)) return;
    states.delete(state.runId);
    states.set(state.runId, state);
    const oldest = [...states.values()].find(({ status }) => isEnded(status));
    if (states.size > MOST_KEPT && oldest !== undefined) states.delete(oldest.runId);
    if (isEnded(state.status)) unwatch(state.runId);
    for (const listener of listeners) listener(state, event);
  }

  function isOpen({ workspace }: Pick<RunState, "workspace">): boolean {
    return folders.workspaceOf(workspace) !== undefined;
  }

  function dropClosed(): void {
    for (const state of [...states.values()].filter((each) => !isOpen(each))) {
      states.delete(state.runId);
      unwatch(state.runId);
      for (const listener of closedListeners) listener(state);
    }
  }

  function unwatch(runId: string): void {
    watches.get(runId)?.();
    watches.delete(runId);
  }

  function watch(state: RunState): void {
    if (watches.has(state.runId) || isEnded(state.status) || isStopped) return;
    const { runId } = state;
    const end = link.watch(
      runId,
      state.seq,
      (event) => {
        const before = states.get(runId);
        if (before !== undefined && event.seq === before.seq + 1) keep(applyRunEvent(before, event), event);
      },
      () => watches.delete(runId),
    );
    watches.set(runId, end);
  }

  async function look(runId: string): Promise<void> {
    if (asked.has(runId)) return;
    asked.add(runId);
    try {
      const { run } = await link.request("run/show", { runId });
      if ((states.get(runId)?.seq ?? 0) < run.seq) keep(run);
      if (isOpen(run)) watch(states.get(runId) ?? run);
    } finally {
      asked.delete(runId);
    }
  }

  function changed(summary: RunSummary): void {
    if (!isOpen(summary)) return;
    const isWatched = watches.has(summary.runId);
    const isOfUse = !isEnded(summary.status) || summary.pendingFiles > 0 || states.has(summary.runId);
    if (!isWatched && isOfUse) void look(summary.runId).catch(() => undefined);
  }

  /** Folders may change faster than that is answered: then once more after it. */
  async function lookAtAll(): Promise<void> {
    if (isLooking) {
      looksAgain = true;
      return;
    }
    isLooking = true;
    try {
      do {
        looksAgain = false;
        await lookAtEach();
      } while (looksAgain && !isStopped);
    } finally {
      isLooking = false;
    }
  }

  async function lookAtEach(): Promise<void> {
    for (const folder of folders.all()) {
      const workspace = folders.realPathOf(folder);
      const { runs } = await link.request("run/list", { workspace, limit: MOST_RUNS });
      for (const summary of runs.toReversed()) changed(summary);
    }
  }

  return {
    states: () => [...states.values()].reverse(),
    get: (runId) => states.get(runId),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onClosed(listener) {
      closedListeners.add(listener);
      return () => closedListeners.delete(listener);
    },
    start() {
      const all = () => void lookAtAll().catch(() => undefined);
      ends.push(
        link.onConnected(all),
        link.on("run/changed", ({ run }) => changed(run)),
        folders.onChange(() => {
          dropClosed();
          all();
        }),
      );
      all();
    },
    stop() {
      isStopped = true;
      for (const end of [...ends, ...watches.values()]) end();
      watches.clear();
    },
  };
}
