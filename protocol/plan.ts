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
  path: z.optional(z.string()),
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
  dependsOn: z.array(z.string()).check(z.maxLength(30)),
  milestone: z.optional(PlanId),
  /** Names of outputs of other tasks that it needs; each makes it depend on its maker. */
  inputs: z.optional(z.array(name).check(z.maxLength(20))),
  outputs: z.optional(z.array(Output).check(z.maxLength(20))),
  /** Functions, classes … that it will change, as code memory names them. */
  symbols: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(200))).check(z.maxLength(50))),
  difficulty: z.optional(Difficulty),
  estimate: z.optional(Estimate),
  /** The model's name for this task; left out: the run's. */
  model: z.optional(z.string()),
  /** What it may cost with all that it delegates, in USD; left out: its share of the run's budget. */
  budgetUsd: z.optional(z.number().check(z.positive())),
  /** Minutes from its start after which it is stopped. */
  deadlineMinutes: z.optional(z.number().check(z.positive(), z.maximum(1440))),
  /** Who looks the finished work over, and how often it may be sent back before somebody decides. */
  review: z.optional(z.object({ by: z.string(), rounds: z.int().check(z.gte(1), z.lte(5)) })),
});
export type PlanTask = z.infer<typeof PlanTask>;

export const Plan = z.object({
  summary: shortText,
  milestones: z.optional(z.array(Milestone).check(z.maxLength(12))),
  tasks: z.array(PlanTask).check(z.minLength(1), z.maxLength(30)),
  estimate: z.optional(Estimate),
});
export type Plan = z.infer<typeof Plan>;

/** Stands for whichever agent wins the bidding. */
export const ANY_AGENT = "any";

/** Says everything that makes a well-formed plan unusable; an empty list means it can be carried out. */
export function planProblems(plan: Plan, knownAgents: readonly string[]): string[] {
  const ids = new Set(plan.tasks.map((task) => task.id));
  const problems: string[] = [];
  if (ids.size < plan.tasks.length) problems.push("two tasks have the same id");
  for (const task of plan.tasks) {
    if (!knownAgents.includes(task.agent))
      problems.push(`task ${task.id}: unknown agent "${task.agent}" (known: ${knownAgents.join(", ")})`);
    for (const dependency of task.dependsOn)
      if (!ids.has(dependency)) problems.push(`task ${task.id}: depends on "${dependency}", which is not in the plan`);
    for (const file of task.files)
      if (/^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/.test(file))
        problems.push(`task ${task.id}: file "${file}" is not relative to the workspace`);
  }
  const cycle = findCycle(plan);
  if (cycle !== undefined) problems.push(`the dependencies form a cycle: ${cycle.join(" → ")}`);
  return problems;
}

/** The first task in plan order that is neither ended nor waits for one that is not done. */
export function nextTask(plan: Plan, done: ReadonlySet<string>, ended: ReadonlySet<string>): PlanTask | undefined {
  return plan.tasks.find((task) => !ended.has(task.id) && task.dependsOn.every((dependency) => done.has(dependency)));
}

function findCycle(plan: Plan): string[] | undefined {
  const dependencies = new Map(plan.tasks.map((task) => [task.id, task.dependsOn]));
  const finished = new Set<string>();
  const visit = (id: string, path: string[]): string[] | undefined => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    if (finished.has(id)) return undefined;
    for (const dependency of dependencies.get(id) ?? []) {
      const cycle = visit(dependency, [...path, id]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(id);
    return undefined;
  };
  for (const id of dependencies.keys()) {
    const cycle = visit(id, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
