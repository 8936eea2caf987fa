/** One planned task from its start to its end: watched over, accepted, joined with the run's copy. */
import { nexusError, type PlanTask } from "../../../protocol/index.ts";
import { removeStandIns } from "../../security/sandbox/protected.ts";
import type { Isolation } from "../changes/changes.ts";
import { reportContract } from "../collaborate/award.ts";
import { runPlannedTask } from "../phases/tasks.ts";
import { isStoreFailure, notice, type RunContext, record, stateOf } from "../run-context.ts";
import { addTask } from "./added-task.ts";
import { isReplanned } from "./doubt.ts";
import { endOf, type TaskEnd } from "./end.ts";
import { integrateTask } from "./integrate.ts";
import { whileWaiting } from "./life.ts";
import { supervised } from "./supervise.ts";

/** `place`: the task's own copy; undefined: it works in the run's. Never rejects. */
export async function carryOut(context: RunContext, task: PlanTask, place: Isolation | undefined): Promise<TaskEnd> {
  try {
    const summary = await inSlot(context, task.id, () => supervised(context, task.id, (own) => work(own, task, place)));
    await join(context, task, place);
    await record(context, { type: "task.finished", taskId: task.id, outcome: "done", summary }, `task/${task.id}/done`);
    await reportContract(context, task.id, { kept: true, report: summary });
    if (place !== undefined) await release(context, task.id);
    return { kind: "done" };
  } catch (error) {
    return orReplaced(context, task.id, error);
  }
}

async function work(own: RunContext, task: PlanTask, place: Isolation | undefined): Promise<string> {
  if (place === undefined) return runPlannedTask(own, task);
  // A command that ended with an earlier daemon could not clear away what stood in the copy for protected names.
  if (own.recorded === undefined) await removeStandIns(place.worktree).catch(() => undefined);
  return runPlannedTask({ ...own, place }, task);
}

/** Other runs have tasks too. */
async function inSlot<Value>(context: RunContext, taskId: string, use: () => Promise<Value>): Promise<Value> {
  const slot = await context.taskSlot?.(taskId);
  try {
    const { waited } = slot ?? {};
    if (waited !== undefined)
      await record(context, { type: "scheduler.decided", about: "task", subject: taskId, ...waited });
    return await use();
  } finally {
    slot?.release();
  }
}

async function orReplaced(context: RunContext, taskId: string, error: unknown): Promise<TaskEnd> {
  const end = await endOf(context, taskId, error);
  if (end.kind !== "failed" || end.broken) return end;
  try {
    await reportContract(context, taskId, { kept: false, report: "It failed." });
    return (await isReplanned(context, taskId, error)) ? { kind: "replaced" } : end;
  } catch (failure) {
    return { kind: "failed", error: failure, broken: context.signal.aborted || isStoreFailure(failure) };
  }
}

/** Not cut off with the task: what is accepted becomes part of the whole, or a task of its own. */
async function join(context: RunContext, task: PlanTask, place: Isolation | undefined): Promise<void> {
  const turn = { reason: "It is accepted, and waits for its turn to be joined.", key: "joined" };
  const joining = () => joinOrAdd(context, task, place);
  // Nobody else is at work beside a task in the run's own copy.
  await (place === undefined ? joining() : whileWaiting(context, task.id, turn, joining));
}

async function joinOrAdd(context: RunContext, task: PlanTask, place: Isolation | undefined): Promise<void> {
  const joined = await integrateTask(context, { task, place });
  if (joined.kind === "joined") return;
  const { kind, after, task: added } = joined;
  const why =
    kind === "conflicted"
      ? `The work of ${after} could not be joined as it is.`
      : `The project's tests fail with the work of ${after}.`;
  if (await addTask(context, after, added, why)) return;
  if (kind === "conflicted")
    throw nexusError("merge.unresolved", `${why} The plan has no room for a task that joins it.`);
  await notice(
    context,
    "regression.not_mended",
    `${why} The plan has no room for a task that mends it.`,
    `full/${added.id}`,
  );
}

async function release(context: RunContext, taskId: string): Promise<void> {
  const { workspace } = await stateOf(context);
  await context.changes.tasks.release(context.runId, workspace, taskId).catch((error: unknown) => {
    context.log.write("warn", "a task's copy could not be removed", { taskId, error: String(error) });
  });
}
