/** Watches over an agent at work on one task: its own cancel, its deadline, and whether it still shows signs of life. */
import { nexusError, type RunState, type TaskState } from "../../../protocol/index.ts";
import { lineOf } from "../../planning/budget.ts";
import { type RunContext, stateOf } from "../run-context.ts";
import { whoInWords } from "./control.ts";

/** Work that does not obey a stop is left behind after this time, so that nobody waits for ever. */
const GRACE_MS = 30_000;

/**
 * Does the work under a signal of its own. Rejects with what the work rejects with; with `task.cancelled`,
 * `task.deadline` or `task.silent` when it was stopped; with the run's reason when the run stops.
 */
export async function supervised<Value>(
  context: RunContext,
  taskId: string,
  work: (own: RunContext) => Promise<Value>,
): Promise<Value> {
  const stop = new AbortController();
  const watch = await watchTask(context, taskId, (error) => stop.abort(error));
  const own: RunContext = {
    ...context,
    signal: AbortSignal.any([context.signal, stop.signal]),
    onDelta(delta) {
      watch.beat();
      context.onDelta(delta);
    },
  };
  try {
    return await obeying(work(own), own);
  } finally {
    watch.dispose();
  }
}

interface Watch {
  beat(): void;
  dispose(): void;
}

async function watchTask(context: RunContext, taskId: string, stop: (error: Error) => void): Promise<Watch> {
  const { clock, runId, store, team } = context;
  let state = await stateOf(context);
  let lastBeat = clock.monotonic();
  let stopDeadline = () => {};
  let stopSilence = () => {};

  function watchDeadline(): void {
    stopDeadline();
    const task = taskIn(state, taskId);
    if (task?.deadlineAt == null || task.control?.action === "pause") return;
    const { deadlineAt } = task;
    const expire = () => stop(nexusError("task.deadline", `It was ${deadlineAt}.`));
    stopDeadline = clock.timer(Math.max(0, Date.parse(deadlineAt) - clock.now()), expire);
  }

  function watchSilence(milliseconds: number): void {
    stopSilence = clock.timer(milliseconds, () => {
      const silent = clock.monotonic() - lastBeat;
      if (mayBeSilent(state, taskId)) watchSilence(team.silenceMs);
      else if (silent < team.silenceMs) watchSilence(team.silenceMs - silent);
      else stop(nexusError("task.silent", `Nothing was heard of ${taskId} for ${words(silent)}.`));
    });
  }

  const unsubscribe = store.events.subscribe((event, now) => {
    if (event.runId !== runId) return;
    state = now;
    const { body } = event;
    if (!("taskId" in body) || body.taskId === null) return;
    if (lineOf(now.tasks, body.taskId).some(({ id }) => id === taskId)) lastBeat = clock.monotonic();
    if (body.type === "task.controlled" && body.taskId === taskId) obey();
  });

  function obey(): void {
    const control = taskIn(state, taskId)?.control;
    if (control?.action === "cancel") stop(nexusError("task.cancelled", `${whoInWords(control.by)} did it.`));
    else watchDeadline();
  }

  obey();
  watchSilence(team.silenceMs);
  return {
    beat() {
      lastBeat = clock.monotonic();
    },
    dispose() {
      unsubscribe();
      stopDeadline();
      stopSilence();
    },
  };
}

function taskIn({ tasks }: RunState, taskId: string): TaskState | undefined {
  return tasks.find(({ id }) => id === taskId);
}

/** Whoever waits for a person, a child or a turn says nothing, and should not. */
function mayBeSilent(state: RunState, taskId: string): boolean {
  const life = taskIn(state, taskId)?.life;
  return life === "waiting" || life === "paused";
}

function words(milliseconds: number): string {
  return milliseconds < 120_000
    ? `${Math.round(milliseconds / 1000)} s`
    : `${Math.round(milliseconds / 60_000)} minutes`;
}

async function obeying<Value>(work: Promise<Value>, { signal, clock, recorded }: RunContext): Promise<Value> {
  // In a replay, what the log does not answer never ends by itself.
  const graceMs = recorded === undefined ? GRACE_MS : 0;
  const { promise, reject } = Promise.withResolvers<never>();
  let stopTimer = () => {};
  const onAbort = () => {
    stopTimer = clock.timer(graceMs, () => reject(signal.reason));
  };
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } catch (error) {
    // Whatever the work made of the signal: it ended because it was stopped.
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    stopTimer();
  }
}
