/** A paused task, and whatever it handed over, stands still before its next turn. */
import { lineOf } from "../../planning/budget.ts";
import { type RunContext, stateOf, throwIfStopped } from "../run-context.ts";
import { nextEvent, recordLife } from "./life.ts";

/** Resolves when nobody holds the task. A turn that is on record is not held up: it happened. */
export async function holdWhilePaused(context: RunContext, taskId: string, turn: number): Promise<void> {
  if ((await context.store.events.find(context.runId, `model/${taskId}/${turn}`)) !== undefined) return;
  let held: string | undefined;
  for (;;) {
    const changed = nextEvent(context, ({ body }) => body.type === "task.controlled");
    try {
      const { tasks } = await stateOf(context);
      const paused = lineOf(tasks, taskId).find(({ control }) => control?.action === "pause");
      if (paused?.control === undefined) break;
      held = `${paused.id}/${paused.control.number}`;
      const reason = `${paused.control.by} paused ${paused.id === taskId ? "it" : paused.id}.`;
      await recordLife(context, taskId, "paused", { reason, key: `paused/${held}` });
      await changed.promise;
      throwIfStopped(context);
    } finally {
      changed.dispose();
    }
  }
  if (held !== undefined) await recordLife(context, taskId, "working", { reason: "", key: `unpaused/${held}` });
}
