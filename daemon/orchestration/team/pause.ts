/** A paused task, and whatever it handed over, stands still before its next turn. */
import { lineOf } from "../../planning/budget.ts";
import { type RunContext, stateOf, throwIfStopped } from "../run-context.ts";
import { whoInWords } from "./control.ts";
import { nextEvent, recordLife } from "./life.ts";

/** Resolves when nobody holds the task. A turn that is on record is not held up: it happened. */
export async function holdWhilePaused(context: RunContext, taskId: string, turn: number): Promise<void> {
  if ((await context.store.events.find(context.runId, `model/${taskId}/${turn}`)) !== undefined) return;
  for (;;) {
    const changed = nextEvent(context, ({ body }) => body.type === "task.controlled");
    try {
      const { tasks } = await stateOf(context);
      const paused = lineOf(tasks, taskId).find(({ control }) => control?.action === "pause");
      if (paused?.control === undefined) break;
      const { by, number } = paused.control;
      const reason = `${whoInWords(by)} paused ${paused.id === taskId ? "it" : paused.id}.`;
      await recordLife(context, taskId, "paused", { reason, key: `paused/${turn}/${paused.id}/${number}` });
      await changed.promise;
      throwIfStopped(context);
    } finally {
      changed.dispose();
    }
  }
  const { tasks } = await stateOf(context);
  // Also when it was let go while no daemon was there.
  if (tasks.some(({ id, life }) => id === taskId && life === "paused"))
    await recordLife(context, taskId, "working", { reason: "", key: `unpaused/${turn}` });
}
