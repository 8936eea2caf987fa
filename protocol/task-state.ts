/** How far a run's tasks are. */
import * as z from "zod/mini";
import { Proof } from "./evidence-events.ts";
import { Estimate, type Plan } from "./plan.ts";
import { Evidence, type RunEventBody } from "./run-events.ts";
import { AgentLife, Lease, TaskAction, WorkPlace } from "./team-events.ts";

const MOST_CHECKS = 20;

type FinishedTask = Extract<RunEventBody, { type: "task.finished" }>;
type StartedTask = Extract<RunEventBody, { type: "task.started" }>;

export const TaskStatus = z.enum(["waiting", "working", "done", "failed", "skipped"]);
export type TaskStatus = z.infer<typeof TaskStatus>;

export const TaskControl = z.object({
  action: TaskAction,
  by: z.string(),
  at: z.string(),
  /** 1, 2, 3 … of what was asked of this task. */
  number: z.int(),
});
export type TaskControl = z.infer<typeof TaskControl>;

export const TaskCheck = z.object({
  check: z.string(),
  ok: z.boolean(),
  summary: z.string(),
  /** How many; the events hold them. */
  findings: z.int(),
});
export type TaskCheck = z.infer<typeof TaskCheck>;

export const TaskState = z.object({
  id: z.string(),
  title: z.string(),
  agent: z.string(),
  status: TaskStatus,
  dependsOn: z.array(z.string()),
  files: z.array(z.string()),
  steps: z.int(),
  toolCalls: z.int(),
  costUsd: z.number(),
  evidence: z.nullable(Evidence),
  summary: z.string(),
  startedAt: z.nullable(z.string()),
  finishedAt: z.nullable(z.string()),
  /** What follows is left out by older versions, and where it does not apply. */
  milestone: z.optional(z.string()),
  estimate: z.optional(Estimate),
  /** The task whose agent delegated this one. */
  parent: z.optional(z.string()),
  life: z.optional(AgentLife),
  /** Why it is in that state, in words. */
  lifeReason: z.optional(z.string()),
  place: z.optional(WorkPlace),
  leases: z.optional(z.array(Lease)),
  /** The most that it may spend with all that it delegates; null: only the run's limit counts. */
  budgetUsd: z.optional(z.nullable(z.number())),
  /** What it is thought to spend of the run's money, by the estimates; it may take more while there is more. */
  shareUsd: z.optional(z.number()),
  /** What its bid set aside for it: other tasks cannot spend it. */
  lockedUsd: z.optional(z.number()),
  deadlineAt: z.optional(z.nullable(z.string())),
  /** The commit with which its work became part of the run's. */
  mergedAs: z.optional(z.string()),
  reviews: z.optional(z.int()),
  /** What the latest look at its finished work found. */
  proof: z.optional(Proof),
  /** What the checks of its agent's field found, each as it last ran. */
  checks: z.optional(z.array(TaskCheck)),
  /** The last thing that a person asked of it. */
  control: z.optional(TaskControl),
});
export type TaskState = z.infer<typeof TaskState>;

export function waitingTask(task: Plan["tasks"][number]): TaskState {
  return {
    id: task.id,
    title: task.title,
    agent: task.agent,
    status: "waiting",
    dependsOn: task.dependsOn,
    files: task.files,
    steps: 0,
    toolCalls: 0,
    costUsd: 0,
    evidence: null,
    summary: "",
    startedAt: null,
    finishedAt: null,
    ...(task.milestone === undefined ? {} : { milestone: task.milestone }),
    ...(task.estimate === undefined ? {} : { estimate: task.estimate }),
  };
}

/** A task that no plan announced (a small change, a repair) joins the list when it starts. */
export function startTask(tasks: TaskState[], body: StartedTask, at: string): TaskState[] {
  const known = tasks.some((task) => task.id === body.taskId);
  const announced = { ...body, id: body.taskId, goal: "", files: [], acceptance: null, dependsOn: [] };
  const all = known ? tasks : [...tasks, waitingTask(announced)];
  return changeTask(all, body.taskId, (task) => ({
    status: "working",
    startedAt: task.startedAt ?? at,
    ...(task.life === undefined ? {} : { life: "working" as const, lifeReason: "" }),
  }));
}

export function finishTask(tasks: TaskState[], { taskId, outcome, summary }: FinishedTask, at: string): TaskState[] {
  return changeTask(tasks, taskId, ({ life }) => ({
    status: outcome,
    summary,
    finishedAt: at,
    ...(life === undefined ? {} : { life: endOf(outcome, life) }),
  }));
}

/** Who was stopped did not fail by itself. */
function endOf(outcome: FinishedTask["outcome"], life: AgentLife): AgentLife {
  if (outcome === "done") return "done";
  return outcome === "skipped" || life === "stopped" ? "stopped" : "failed";
}

/** Time that it was held does not count against its deadline. A task that was cancelled stays so. */
export function controlTask(task: TaskState, asked: Omit<TaskControl, "number">): Partial<TaskState> {
  const { control, deadlineAt } = task;
  if (control?.action === "cancel") return {};
  const held = control?.action === "pause" ? Date.parse(asked.at) - Date.parse(control.at) : 0;
  const later = deadlineAt == null ? deadlineAt : new Date(Date.parse(deadlineAt) + Math.max(0, held)).toISOString();
  return {
    control: { ...asked, number: (control?.number ?? 0) + 1 },
    ...(held > 0 && asked.action === "resume" ? { deadlineAt: later } : {}),
  };
}

/** The latest of each name, in the order in which they last ran, at most 20. */
export function withCheck(checks: readonly TaskCheck[] | undefined, latest: TaskCheck): TaskCheck[] {
  return [...(checks ?? []).filter(({ check }) => check !== latest.check), latest].slice(-MOST_CHECKS);
}

export function changeTask(
  tasks: TaskState[],
  id: string,
  change: (task: TaskState) => Partial<TaskState>,
): TaskState[] {
  return tasks.map((task) => (task.id === id ? { ...task, ...change(task) } : task));
}
