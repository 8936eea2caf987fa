/** Joins a finished task's work with the run's own copy. */
import { nexusError, type PlanTask } from "../../../protocol/index.ts";
import type { Isolation } from "../changes/changes.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";

export type Integrated =
  | { readonly kind: "merged"; readonly commit: string }
  | { readonly kind: "conflict"; readonly task: PlanTask };

export async function integrateTask(
  context: RunContext,
  { task, place }: { readonly task: PlanTask; readonly place: Isolation },
): Promise<Integrated> {
  const { runId, signal } = context;
  const { isolation, workspace } = await stateOf(context);
  const known = await context.store.events.find(runId, `merged/${task.id}`);
  if (known?.body.type === "task.merged") return { kind: "merged", commit: known.body.commit };
  if (isolation === null) throw nexusError("run.internal");
  const made = await context.changes.tasks.commit({ runId, workspace, taskId: task.id, isolation: place, signal });
  const joined = await context.changes.tasks.merge(
    { runId, workspace, isolation },
    { taskId: task.id, theirs: made.commit, base: place.startCommit },
  );
  if (!joined.ok) throw nexusError("verification.failed", `Task ${task.id} cannot be joined.`);
  const { commit, files } = joined;
  await record(context, { type: "task.merged", taskId: task.id, commit, files: [...files] }, `merged/${task.id}`);
  return { kind: "merged", commit };
}
