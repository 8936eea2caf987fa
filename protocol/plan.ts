/** A plan: tasks with goal, files, acceptance and dependencies. Source of the shape: docs/architecture.md, "Words". */
import * as z from "zod/mini";

const shortText = z.string().check(z.minLength(1), z.maxLength(2000));

export const Acceptance = z.object({
  command: z.string().check(z.minLength(1), z.maxLength(1000)),
  /** `fail` is for a task that writes a test first: the task is done when the command fails because of it. */
  expect: z.enum(["pass", "fail"]),
});
export type Acceptance = z.infer<typeof Acceptance>;

export const PlanTask = z.object({
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "a task id is lower-case letters, digits and dashes")),
  title: z.string().check(z.minLength(1), z.maxLength(120)),
  goal: shortText,
  agent: z.string().check(z.minLength(1), z.maxLength(60)),
  files: z.array(z.string().check(z.minLength(1), z.maxLength(500))).check(z.maxLength(50)),
  acceptance: z.nullable(Acceptance),
  dependsOn: z.array(z.string()).check(z.maxLength(30)),
});
export type PlanTask = z.infer<typeof PlanTask>;

export const Plan = z.object({
  summary: shortText,
  tasks: z.array(PlanTask).check(z.minLength(1), z.maxLength(30)),
});
export type Plan = z.infer<typeof Plan>;

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
