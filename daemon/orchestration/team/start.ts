/** Where a task works, and what it may use: on record before it starts, so that a restart goes on in the same place. */
import { ANY_AGENT, nexusError, type PlanTask, type RunState, type WorkPlace } from "../../../protocol/index.ts";
import { shareOf, sliceOf } from "../../planning/budget.ts";
import type { Isolation } from "../changes/changes.ts";
import { awardTask } from "../collaborate/award.ts";
import { agentsOf } from "../run-agents.ts";
import { type RunContext, stateOf } from "../run-context.ts";
import { startOf } from "./integrate.ts";
import { leasesFor } from "./leases.ts";
import { deadlineOf, smaller } from "./limits.ts";

/**
 * The copy that the task works in, undefined for the run's own. `withdrawn`: a person changed the plan meanwhile, so the
 * task may not be in it any more.
 */
export async function beginTask(
  context: RunContext,
  task: PlanTask,
  { kind, beside }: { readonly kind: WorkPlace["kind"]; readonly beside: readonly string[] },
): Promise<{ readonly place: Isolation | undefined } | "withdrawn"> {
  const agents = await agentsOf(context);
  const awarded = task.agent === ANY_AGENT ? await awardTask(context, task, agents.list) : undefined;
  const state = await stateOf(context);
  const { isolation, attempt, tasks, planRevisions } = state;
  if (isolation === null) throw nexusError("run.internal", "There is no copy to work in.");
  const agent = agents.of(tasks.find(({ id }) => id === task.id)?.agent ?? task.agent);
  const place = await placeOf(context, state, { task, kind, isolation });
  const { worktree: folder, startCommit } = place;
  const shareUsd = shareOf(state, task.id);
  const dispatched = {
    type: "task.dispatched" as const,
    taskId: task.id,
    place: { kind, folder, startCommit },
    leases: (await leasesFor(context, isolation.worktree, task)).leases,
    budgetUsd: smaller(smaller(sliceOf(state, task.id), agent.limits.budgetUsd), awarded?.budgetUsd ?? undefined),
    ...(shareUsd === null ? {} : { shareUsd }),
    deadlineAt: deadlineOf(context.clock, agent.limits, { minutes: task.deadlineMinutes ?? null }),
    reason: reasonOf(task, agent.name, beside, kind),
  };
  const started = { type: "task.started" as const, taskId: task.id, title: task.title, agent: agent.name };
  const events = [
    { body: dispatched, key: dispatchKey(task.id, attempt) },
    { body: started, key: `task/${task.id}/started/${attempt}` },
  ];
  const isSamePlan = (now: RunState) => now.planRevisions === planRevisions;
  const written = await context.store.events.append(context.runId, events, [], isSamePlan);
  if (written.length === 0) return "withdrawn";
  return { place: kind === "run" ? undefined : place };
}

export function dispatchKey(taskId: string, attempt: number): string {
  return `dispatched/${taskId}/${attempt}`;
}

/** A copy that a crash left is opened again, and begins where it began. */
async function placeOf(
  context: RunContext,
  state: RunState,
  { task, kind, isolation }: { task: PlanTask; kind: WorkPlace["kind"]; isolation: Isolation },
): Promise<Isolation> {
  const { runId, signal } = context;
  const { workspace } = state;
  const earlier = state.tasks.find(({ id }) => id === task.id)?.place;
  const startCommit =
    earlier?.kind === kind
      ? earlier.startCommit
      : ((await startOf(context, task.id)) ?? (await context.changes.tasks.head({ runId, workspace, isolation })));
  if (kind === "run") return { ...isolation, startCommit };
  return context.changes.tasks.open({ runId, workspace, taskId: task.id, startCommit, signal });
}

function reasonOf({ dependsOn }: PlanTask, agent: string, beside: readonly string[], kind: WorkPlace["kind"]): string {
  const done = `${dependsOn.join(", ")} ${dependsOn.length === 1 ? "is" : "are"} done`;
  const others = beside.length === 0 ? "" : ` beside ${beside.join(", ")}`;
  const where = kind === "run" ? "alone, in the run's own copy" : `in a copy of its own${others}`;
  return `${dependsOn.length === 0 ? "It needs no other task" : done}; ${agent} works on it ${where}.`;
}
