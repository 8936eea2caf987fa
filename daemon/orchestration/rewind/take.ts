/** A checkpoint of the run's copy before each turn that carries out effects. Never holds a run up, never fails it. */
import { isStoreFailure, notice, type RunContext, record, stateOf, throwIfStopped } from "../run-context.ts";

const TIME_BUDGET_MS = 10_000;
/** A copy with more files that cannot be kept is none that a rewind could put back. */
const MAX_LEFT_OUT = 1000;

function checkpointKey(taskId: string, turn: number): string {
  return `checkpoint/${taskId}/${turn}`;
}

/** Taken once, however often a restart repeats the turn. */
export async function takeCheckpoint(context: RunContext, taskId: string, turn: number): Promise<void> {
  const key = checkpointKey(taskId, turn);
  if ((await context.store.events.find(context.runId, key)) !== undefined) return;
  try {
    await take(context, { taskId, turn, key });
  } catch (error) {
    if (isStoreFailure(error)) throw error;
    throwIfStopped(context);
    const why = context.redact(error instanceof Error ? error.message : String(error)).slice(0, 500);
    await notice(context, "checkpoint.skipped", `No checkpoint before step ${turn} of ${taskId}: ${why}`, key);
  }
}

async function take(context: RunContext, at: { taskId: string; turn: number; key: string }): Promise<void> {
  const { runId, clock } = context;
  const { isolation, workspace, checkpoints = 0 } = await stateOf(context);
  if (isolation === null) return;
  const number = checkpoints + 1;
  const tooLong = new AbortController();
  const stopTimer = clock.timer(TIME_BUDGET_MS, () =>
    tooLong.abort(new Error(`it took more than ${TIME_BUDGET_MS / 1000} seconds`)),
  );
  const signal = AbortSignal.any([context.signal, tooLong.signal]);
  const started = clock.monotonic();
  const place = { runId, workspace, isolation };
  const { commit, leftOut } = await context.changes.checkpoints.take(place, { number, signal }).finally(stopTimer);
  if (leftOut.length > MAX_LEFT_OUT) throw new Error(`${leftOut.length} files are too large or not readable`);
  const durationMs = Math.round(clock.monotonic() - started);
  const { taskId, turn, key } = at;
  await record(
    context,
    { type: "checkpoint.taken", number, taskId, turn, commit, leftOut: [...leftOut], durationMs },
    key,
  );
}
