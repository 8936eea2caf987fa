/** A plan: milestones, and tasks with goal, files, outputs, acceptance and dependencies. Source of the shape: docs/planning.md. */
import * as z from "zod/mini";

const shortText = z.string().check(z.minLength(1), z.maxLength(2000));
const words = z.string().check(z.minLength(1), z.maxLength(300));
const name = z.string().check(z.minLength(1), z.maxLength(120));

export const PlanId = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "an id is lower-case letters, digits and dashes"));

export const Acceptance = z.object({
  command: z.string().check(z.minLength(1), z.maxLength(1000)),
  /** `fail` is for a task that writes a test first: the task is done when the command fails because of it. */
  expect: z.enum(["pass", "fail"]),
});
export type Acceptance = z.infer<typeof Acceptance>;

export const Difficulty = z.enum(["low", "medium", "high"]);
export type Difficulty = z.infer<typeof Difficulty>;

export const Estimate = z.object({
  /** Input and output tokens together. */
  tokens: z.int(),
  /** Null: the model's price is not known. */
  usd: z.nullable(z.number()),
  minutes: z.number(),
  /** What it rests on: `history`: what such tasks took here; `model`: what the planner said; `default`: neither. */
  basis: z.enum(["history", "model", "default"]),
  /** Of how many finished tasks, for `history`. */
  samples: z.optional(z.int()),
  /** Factors of the figures between which half of those tasks lay; 0.8 to 1.5, say. */
  spread: z.optional(z.object({ low: z.number(), high: z.number() })),
});
/** What a piece of work is thought to take. */
export type Estimate = z.infer<typeof Estimate>;

export const Milestone = z.object({
  id: PlanId,
  title: name,
  /** What is true when it is reached, as a person would check it. */
  outcome: shortText,
  risks: z.optional(z.array(z.object({ risk: words, mitigation: words })).check(z.maxLength(10))),
  estimate: z.optional(Estimate),
});
export type Milestone = z.infer<typeof Milestone>;

/** Something that a task hands on: a file, a document on the blackboard, or a named fact. */
export const Output = z.object({
  name,
  kind: z.enum(["file", "document", "fact"]),
  /** For files: relative to the workspace. */
  path: z.optional(z.string().check(z.minLength(1), z.maxLength(500))),
  /** True: it is wanted for itself, so no task needs to consume it. */
  final: z.optional(z.boolean()),
});
export type Output = z.infer<typeof Output>;

export const PlanTask = z.object({
  id: PlanId,
  title: name,
  goal: shortText,
  /** An agent's name; "any": agents bid for it (contract net). */
  agent: z.string().check(z.minLength(1), z.maxLength(60)),
  files: z.array(z.string().check(z.minLength(1), z.maxLength(500))).check(z.maxLength(50)),
  acceptance: z.nullable(Acceptance),
  dependsOn: z.array(z.string().check(z.maxLength(120))).check(z.maxLength(30)),
  milestone: z.optional(PlanId),
  /** Names of outputs of other tasks that it needs; each makes it depend on its maker. */
  inputs: z.optional(z.array(name).check(z.maxLength(20))),
  outputs: z.optional(z.array(Output).check(z.maxLength(20))),
  /** Functions, classes … that it will change, as code memory names them. */
  symbols: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(200))).check(z.maxLength(50))),
  difficulty: z.optional(Difficulty),
  estimate: z.optional(Estimate),
  /** The model's name for this task; left out: the run's. */
  model: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  /** The most that it may cost with all that it delegates, in USD; left out: only the run's budget counts. */
  budgetUsd: z.optional(z.number().check(z.positive())),
  /** Minutes from its start after which it is stopped. */
  deadlineMinutes: z.optional(z.number().check(z.positive(), z.maximum(1440))),
  /** Who looks the finished work over, and how often it may be sent back before somebody decides. */
  review: z.optional(
    z.object({ by: z.string().check(z.minLength(1), z.maxLength(60)), rounds: z.int().check(z.gte(1), z.lte(5)) }),
  ),
});
export type PlanTask = z.infer<typeof PlanTask>;

export const Plan = z.object({
  summary: shortText,
  milestones: z.optional(z.array(Milestone).check(z.maxLength(12))),
  tasks: z.array(PlanTask).check(z.minLength(1), z.maxLength(30)),
  estimate: z.optional(Estimate),
  /** How many tasks should be at work at the same time; left out: as many as the scheduler lets. */
  concurrency: z.optional(z.int().check(z.gte(1), z.lte(16))),
});
export type Plan = z.infer<typeof Plan>;

/** Stands for whichever agent wins the bidding. */
export const ANY_AGENT = "any";

/** The first task in plan order that is neither ended nor waits for one that is not done. */
export function nextTask(plan: Plan, done: ReadonlySet<string>, ended: ReadonlySet<string>): PlanTask | undefined {
  return plan.tasks.find((task) => !ended.has(task.id) && task.dependsOn.every((dependency) => done.has(dependency)));
}
