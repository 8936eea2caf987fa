/** How a task of the tree comes to an end that is not its work being done. */
import { type ErrorValue, errorValue, NexusError } from "../../../protocol/index.ts";
import { lineOf } from "../../planning/budget.ts";
import { isStoreFailure, type RunContext, record, stateOf } from "../run-context.ts";
import { recordLife } from "./life.ts";

export type TaskEnd =
  /** replaced: it failed, and the plan was changed because of it. */
  | { readonly kind: "done" | "skipped" | "replaced" }
  /** `broken`: nothing of the run may go on, because it was stopped or nothing can be recorded. */
  | { readonly kind: "failed"; readonly error: unknown; readonly broken: boolean };

/** Records how it ended; an end that belongs to the run is the run's to record. */
export async function endOf(context: RunContext, taskId: string, error: unknown): Promise<TaskEnd> {
  if (context.signal.aborted || isStoreFailure(error)) return { kind: "failed", error, broken: true };
  try {
    return await recordEnd(context, taskId, error);
  } catch (failure) {
    return { kind: "failed", error: failure, broken: true };
  }
}

async function recordEnd(context: RunContext, taskId: string, error: unknown): Promise<TaskEnd> {
  const { attempt } = await stateOf(context);
  const value = errorOf(context, error);
  const isCancelled = value.code === "task.cancelled";
  const summary = value.message.slice(0, 2000);
  if (isCancelled || value.code === "task.deadline")
    await recordLife(context, taskId, "stopped", { reason: summary, key: `stopped/${attempt}` });
  await endChildren(context, taskId, attempt);
  const outcome = isCancelled ? ("skipped" as const) : ("failed" as const);
  const more = isCancelled ? {} : { error: value };
  await record(context, { type: "task.finished", taskId, outcome, summary, ...more }, failureKey(taskId, attempt));
  return isCancelled ? { kind: "skipped" } : { kind: "failed", error, broken: false };
}

/** Nobody waits for what it handed over any more. */
async function endChildren(context: RunContext, taskId: string, attempt: number): Promise<void> {
  const { tasks } = await stateOf(context);
  const summary = `${taskId} ended, which had handed it over.`;
  for (const { id, status } of tasks) {
    const isBelow = id !== taskId && lineOf(tasks, id).some((above) => above.id === taskId);
    if (!isBelow || (status !== "working" && status !== "waiting")) continue;
    const body = { type: "task.finished" as const, taskId: id, outcome: "skipped" as const, summary };
    await record(context, body, `task/${id}/orphaned/${attempt}`);
  }
}

/** Key of the event with which a task ended without being done. */
export function failureKey(taskId: string, attempt: number): string {
  return `task/${taskId}/failed/${attempt}`;
}

export function errorOf(context: RunContext, error: unknown): ErrorValue {
  if (error instanceof NexusError) return { ...error.value, message: context.redact(error.value.message) };
  context.log.write("error", "a task failed inside Nexus", {
    error: error instanceof Error ? error.stack : String(error),
  });
  return errorValue("run.internal", error instanceof Error ? context.redact(error.message) : undefined);
}
