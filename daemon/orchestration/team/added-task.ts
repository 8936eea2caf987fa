/** A task that became necessary while the plan was carried out, such as one that resolves a conflict. */
import type { PlanTask } from "../../../protocol/index.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";

/** Whatever needs the first task's work needs the added one's too. */
export async function addTask(context: RunContext, after: PlanTask, added: PlanTask): Promise<void> {
  const { plan } = await stateOf(context);
  if (plan === null || plan.tasks.some(({ id }) => id === added.id)) return;
  const needing = plan.tasks.filter(({ dependsOn }) => dependsOn.includes(after.id));
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
    reason: `The work of ${after.id} could not be joined as it is.`,
  };
  await record(context, body, `revised/added/${added.id}`);
}
