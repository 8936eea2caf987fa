/** Another plan in the place of the one that a run follows: what began stays as it is, all else may change. */
import {
  type Plan,
  type PlanChange,
  type PlanTask,
  planProblems,
  type TaskState,
  type TaskStatus,
} from "../../protocol/index.ts";
import { diffPlans, isUnchanged } from "./diff.ts";
import { planOf } from "./draft.ts";

/** How far the run's tasks are, by id; those of no plan (repairs, delegated ones) included. */
export type Progress = ReadonlyMap<string, TaskStatus>;

export type Revised =
  | { readonly ok: true; readonly plan: Plan; readonly change: PlanChange }
  | { readonly ok: false; readonly problems: string[] };

export function progressOf(tasks: readonly Pick<TaskState, "id" | "status">[]): Progress {
  return new Map(tasks.map(({ id, status }) => [id, status]));
}

/** Ids of the tasks whose place in the plan is fixed. */
export function begunTasks(progress: Progress): Set<string> {
  return new Set([...progress].filter(([, status]) => status !== "waiting").map(([id]) => id));
}

/**
 * The plan that a person or the planner wants instead. A task that is done or at work must be in it as it is; one that
 * failed may be left out, and what takes its place has an id of its own.
 */
export function revisePlan(before: Plan, wanted: Plan, progress: Progress, agents: readonly string[]): Revised {
  const begun = begunTasks(progress);
  const problems = begunProblems(before, wanted, progress);
  const { estimate: _, milestones: __, concurrency, ...joined } = planOf(wanted);
  const own = new Map(before.tasks.map((task) => [task.id, task]));
  const tasks = joined.tasks.map((task) => {
    const was = own.get(task.id);
    return begun.has(task.id) && was !== undefined ? was : unfigured(task, was);
  });
  const plan = {
    ...joined,
    tasks,
    ...(wanted.milestones === undefined ? {} : { milestones: wanted.milestones }),
    ...(concurrency === undefined || concurrency === before.concurrency ? {} : { concurrency }),
  };
  problems.push(...planProblems({ ...plan, tasks: tasks.map((task) => handedOn(task, begun)) }, agents));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, plan, change: diffPlans(before, plan) };
}

/** What the planner wants instead of the tasks that have not begun. */
export function replaceWaiting(before: Plan, instead: readonly PlanTask[], progress: Progress): Plan {
  const isKept = ({ id }: PlanTask) => ["done", "working"].includes(progress.get(id) ?? "waiting");
  return { ...before, tasks: [...before.tasks.filter(isKept), ...instead] };
}

/** Estimates are made anew; deadlines too, unless somebody changed them. A cap on money is always somebody's. */
function unfigured(task: PlanTask, was: PlanTask | undefined): PlanTask {
  const { estimate: _, deadlineMinutes, ...rest } = task;
  return {
    ...rest,
    ...(was?.estimate?.basis === "model" ? { estimate: was.estimate } : {}),
    ...(was === undefined && task.estimate !== undefined ? { estimate: task.estimate } : {}),
    ...(deadlineMinutes === undefined || deadlineMinutes === was?.deadlineMinutes ? {} : { deadlineMinutes }),
  };
}

function begunProblems(before: Plan, wanted: Plan, progress: Progress): string[] {
  const own = new Map(before.tasks.map((task) => [task.id, task]));
  const problems = before.tasks.flatMap(({ id }) => {
    const status = progress.get(id);
    const isFixed = status === "done" || status === "working";
    return isFixed && !wanted.tasks.some((task) => task.id === id) ? [`task ${id} is ${status} and must stay`] : [];
  });
  for (const task of wanted.tasks) {
    const status = progress.get(task.id) ?? "waiting";
    const was = own.get(task.id);
    if (status === "waiting") problems.push(...waitsInVain(task, progress));
    else if (was === undefined) problems.push(`task ${task.id}: its id was used by a task of this run; choose another`);
    else if (!isSame(was, task)) problems.push(`task ${task.id} ${said(status)}, so nothing of it can change`);
  }
  return problems;
}

function waitsInVain({ id, dependsOn }: PlanTask, progress: Progress): string[] {
  const isLost = (other: string) => ["failed", "skipped"].includes(progress.get(other) ?? "");
  return dependsOn.filter(isLost).map((other) => `task ${id}: depends on "${other}", which was not done`);
}

function said(status: TaskStatus): string {
  if (status === "failed") return "failed; what takes its place needs an id of its own";
  return status === "working" ? "is at work" : `is ${status}`;
}

function isSame(one: PlanTask, other: PlanTask): boolean {
  const alone = (task: PlanTask): Plan => ({ summary: "", tasks: [task] });
  return isUnchanged(diffPlans(alone(one), alone(other)));
}

/** What a task that began hands on is no question of the plan any more. */
function handedOn(task: PlanTask, begun: ReadonlySet<string>): PlanTask {
  if (!begun.has(task.id) || task.outputs === undefined) return task;
  return { ...task, outputs: task.outputs.map((output) => ({ ...output, final: true })) };
}
