/** Requests about plans: looking at one, changing one, and how estimates fared. */
import * as z from "zod/mini";
import { request } from "./message.ts";
import { Difficulty, Estimate, Milestone, Plan } from "./plan.ts";
import { PlanChange } from "./planning-events.ts";
import { TaskStatus } from "./task-state.ts";

const runId = z.string().check(z.minLength(1), z.maxLength(80));

export const TaskCost = z.object({
  /** Input and output tokens together. */
  tokens: z.int(),
  usd: z.number(),
  /** That its model calls, tools and checks took; waiting for people does not count. */
  minutes: z.number(),
});
/** What a piece of work took. */
export type TaskCost = z.infer<typeof TaskCost>;

export const TaskOutcome = z.object({
  runId: z.string(),
  taskId: z.string(),
  workspace: z.string(),
  agent: z.string(),
  model: z.string(),
  difficulty: z.nullable(Difficulty),
  /** The commonest ending of the files it was to touch, such as "ts"; "" when it named none. */
  area: z.string(),
  /** How many files it was to touch. */
  files: z.int(),
  outcome: z.enum(["done", "failed", "skipped"]),
  estimate: z.nullable(Estimate),
  actual: TaskCost,
  /** ISO 8601, UTC. */
  at: z.string(),
});
/** What became of a task: kept of every planned one, longer than its run. */
export type TaskOutcome = z.infer<typeof TaskOutcome>;

export const planShow = request(
  "plan/show",
  "The plan of a run as it stands now, with what its tasks took so far.",
  z.object({ runId }),
  z.object({
    plan: z.nullable(Plan),
    /** Of a goal that was split up and whose tasks are still being planned. */
    milestones: z.array(Milestone),
    revisions: z.int(),
    tasks: z.array(z.object({ id: z.string(), status: TaskStatus, actual: TaskCost })),
  }),
);

export const planEdit = request(
  "plan/edit",
  "Changes the plan of a run that waits or works: the whole plan as it shall be. Tasks that are done or at work must stay as they are.",
  z.object({
    runId,
    plan: Plan,
    reason: z.string().check(z.minLength(1), z.maxLength(2000)),
    /** The plan was revised so often when the client read it; left out: whatever it is now is replaced. */
    revisions: z.optional(z.int().check(z.gte(0))),
    idempotencyKey: z.string().check(z.minLength(8), z.maxLength(80)),
  }),
  z.object({
    /** Null when there are problems: then nothing was changed. */
    change: z.nullable(PlanChange),
    problems: z.array(z.string()),
    warnings: z.array(z.string()),
  }),
);

export const planHistory = request(
  "plan/history",
  "What the tasks of a folder's plans were thought to take and what they took, newest first.",
  z.object({ workspace: z.string().check(z.minLength(1)), limit: z.optional(z.int().check(z.gte(1), z.lte(2000))) }),
  z.object({ outcomes: z.array(TaskOutcome) }),
);

/** The commonest ending of some files, such as "ts"; "" for none. */
export function areaOf(files: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const file of files) {
    const ending = /\.([A-Za-z0-9]{1,12})$/.exec(file)?.[1]?.toLowerCase();
    if (ending !== undefined) counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  return [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0] ?? "";
}
