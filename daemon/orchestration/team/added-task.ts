/** A task that became necessary while the plan was carried out, such as one that resolves a conflict. */
import type { PlanTask } from "../../../protocol/index.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";

/** The most that a plan may have (protocol/plan.ts). */
const MOST_TASKS = 30;

/** False when the plan has no room for it. Whatever needs the first task's work, and has not begun, needs the added one's too. `reason`: in words, for people. */
export async function addTask(context: RunContext, after: string, added: PlanTask, reason: string): Promise<boolean> {
  const { plan, tasks: states } = await stateOf(context);
  if (plan === null || plan.tasks.some(({ id }) => id === added.id)) return true;
  if (plan.tasks.length >= MOST_TASKS) return false;
  const waiting = new Set(states.filter(({ status }) => status === "waiting").map(({ id }) => id));
  const needing = plan.tasks.filter(({ id, dependsOn }) => dependsOn.includes(after) && waiting.has(id));
  const tasks = plan.tasks.map((task) =>
    needing.includes(task) ? { ...task, dependsOn: [...task.dependsOn, added.id] } : task,
  );
  const changed = needing.map(({ id, dependsOn }) => {
    const before = dependsOn.join(", ");
    return { id, field: "dependsOn", before, after: `${before}, ${added.id}` };
  });
  const body = {
    type: "plan.revised" as const,
    plan: { ...plan, tasks: [...tasks, added] },
    change: { added: [added.id], removed: [], changed },
    by: "nexus",
    reason,
  };
  await record(context, body, `revised/added/${added.id}`);
  return true;
}
