/** Which runs are at work in this process: setting them going, taking them up after a restart, stopping them. */
import type { RunState } from "../../protocol/index.ts";
import { isEnded, nexusError } from "../../protocol/index.ts";
import type { RunDependencies } from "./dependencies.ts";
import { settingsOfChoice } from "./model-settings.ts";
import { isQuarantined, quarantine } from "./quarantine.ts";
import { finishRewind, REWIND_PROMPTS } from "./rewind/rewind.ts";
import { finishApplying } from "./run-changes.ts";
import { isStoreFailure, RunStopped } from "./run-context.ts";
import { type Execution, executeRun } from "./run-execution.ts";
import { createRun } from "./run-start.ts";
import { createRunSlots } from "./scheduling/run-slots.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";

export interface Launcher {
  /**
   * Sets a run going once it has a slot; its end is told by the event log. Resolves with its place in the queue, undefined
   * when it started at once. One that somebody resumes never waits.
   */
  launch(runId: string, reason: Execution["reason"], choice: RunState["model"]): Promise<number | undefined>;
  /** Takes a run that waits for its slot out of the queue; false when it does not wait. */
  withdraw(runId: string): boolean;
  /** Keeps a run's key for this process's life, and out of everything that is written. */
  keepKey(runId: string, apiKey: string | null | undefined): void;
  /** Lets a new run use the key that another one was given. */
  shareKey(from: string, runId: string): void;
  /** Throws `model.*` when the run's model cannot work with what this process knows. */
  checkModel(runId: string, choice: RunState["model"]): void;
  isActive(runId: string): boolean;
  /** Runs at work; waiting for a person does not count. */
  readonly working: number;
  /** Resolves when the run is still. */
  stop(runId: string, stopped: RunStopped): Promise<void>;
  finished(runId: string): Promise<void>;
  /** Takes up what an earlier daemon left: accepts that were cut off, and runs that have not ended. */
  recover(): Promise<void>;
  /** Suspends every run; from now on none is started. */
  drain(reason: string): Promise<void>;
  /** Throws `daemon.draining` once `drain` was called. */
  refuseWhenDraining(): void;
}

/** Who starts what waits in a queue. */
const QUEUE = { name: "queue" };

interface ActiveRun {
  readonly stop: AbortController;
  readonly finished: Promise<void>;
}

export function createLauncher(
  dependencies: RunDependencies,
  onDelta: (delta: Parameters<Execution["onDelta"]>[0] & { runId: string }) => void,
  scheduler: Scheduler,
): Launcher {
  const { store, log, redactor } = dependencies;
  const active = new Map<string, ActiveRun>();
  const slots = createRunSlots({ store, scheduler });
  const keys = new Map<string, string>();
  let draining = false;

  const settingsOf = (runId: string, choice: RunState["model"]) =>
    settingsOfChoice(choice, keys.get(runId), dependencies.defaultModel());

  async function launch(runId: string, reason: Execution["reason"], choice: RunState["model"]) {
    return slots.take(await requireState(runId), { force: reason === "resume" }, () => begin(runId, reason, choice));
  }

  function begin(runId: string, reason: Execution["reason"], choice: RunState["model"]): void {
    if (draining) return;
    const stop = new AbortController();
    const tell: Execution["onDelta"] = (delta) => onDelta({ runId, ...delta });
    const execution = {
      runId,
      settings: settingsOf(runId, choice),
      choice,
      reason,
      signal: stop.signal,
      onDelta: tell,
    };
    const finished = executeRun(dependencies, { ...execution, scheduler })
      .then(() => startQueued(runId))
      .catch((error: unknown) => {
        if (isStoreFailure(error)) dependencies.onFatal(error);
        else log.write("error", "a run could not be carried on", { runId, error: String(error) });
      })
      .finally(() => {
        active.delete(runId);
        slots.leave(runId);
      });
    active.set(runId, { stop, finished });
  }

  /** Starts what waits in a finished run's queue, steering that came too late included. */
  async function startQueued(runId: string): Promise<void> {
    const state = await requireState(runId);
    if (draining || state.status !== "done") return;
    for (const prompt of state.pendingPrompts) {
      if (prompt.promptId.startsWith(REWIND_PROMPTS)) continue;
      const { sessionId, workspace, mode, headless, autoApply, policy, model, budget, trusted = true } = state;
      const idempotencyKey = `queued/${prompt.promptId}`;
      const same = { workspace, sessionId, mode, headless, autoApply, policy, trusted };
      const params = { ...same, prompt: prompt.text, idempotencyKey };
      const made = await createRun(dependencies, { params, model, budgetUsd: budget.limitUsd }, QUEUE);
      const delivered = { type: "prompt.delivered" as const, promptId: prompt.promptId, taskId: made.runId, turn: 0 };
      await store.events.append(runId, [{ body: delivered, key: `delivered/${prompt.promptId}` }]);
      keepKey(made.runId, keys.get(runId));
      if (made.isNew) await launch(made.runId, "new", model);
    }
  }

  async function requireState(runId: string): Promise<RunState> {
    const state = await store.events.state(runId);
    if (state === undefined) throw nexusError("run.unknown", runId);
    return state;
  }

  function keepKey(runId: string, apiKey: string | null | undefined): void {
    if (apiKey == null || apiKey === "") return;
    redactor.add(apiKey);
    keys.set(runId, apiKey);
  }

  function checkModel(runId: string, choice: RunState["model"]): void {
    dependencies.createModel(settingsOf(runId, choice));
  }

  async function recoverRun(runId: string): Promise<void> {
    const state = await requireState(runId);
    if (isEnded(state.status)) {
      await finishApplying(dependencies, runId);
      return finishRewind(dependencies, runId);
    }
    if (active.has(runId)) return;
    if (await isQuarantined(store, state)) return quarantine(dependencies, runId);
    try {
      checkModel(runId, state.model);
    } catch (error) {
      // Its key went with the daemon that had it: the run waits until a client brings one.
      if (state.status !== "suspended")
        await store.events.append(runId, [{ body: { type: "run.suspended", reason: String(error) } }]);
      return;
    }
    await launch(runId, state.attempt === 0 ? "new" : "restart", state.model);
  }

  /** Those that were at work go before those that waited for a slot; both in the order in which they were made. */
  async function inOrderOfWork(runIds: readonly string[]): Promise<string[]> {
    const states = await Promise.all(runIds.map((runId) => store.events.state(runId)));
    const begun = runIds.filter((_, index) => (states[index]?.attempt ?? 1) > 0);
    return [...begun, ...runIds.filter((runId) => !begun.includes(runId))];
  }

  return {
    launch,
    keepKey,
    shareKey: (from, runId) => keepKey(runId, keys.get(from)),
    checkModel,
    withdraw: slots.withdraw,
    isActive: (runId) => active.has(runId),
    get working() {
      return [...active.keys()].filter((runId) => !slots.awaitsPerson(runId)).length;
    },
    async stop(runId, stopped) {
      const run = active.get(runId);
      run?.stop.abort(stopped);
      await run?.finished;
    },
    finished: async (runId) => active.get(runId)?.finished,
    async recover() {
      const applying = await store.projections.applyingRuns();
      const unfinished = await inOrderOfWork(await store.projections.unfinishedRuns());
      for (const runId of new Set([...applying, ...unfinished]))
        await recoverRun(runId).catch((error: unknown) => {
          if (isStoreFailure(error)) throw error;
          log.write("error", "a run could not be taken up", { runId, error: String(error) });
        });
    },
    async drain(reason) {
      draining = true;
      const running = [...active.values()];
      for (const run of running) run.stop.abort(new RunStopped("suspend", reason));
      await Promise.allSettled(running.map((run) => run.finished));
    },
    refuseWhenDraining() {
      if (draining) throw nexusError("daemon.draining");
    },
  };
}
