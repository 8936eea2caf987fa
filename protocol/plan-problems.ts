/** What makes a well-formed plan unusable, and the order that it asks for. */
import { ANY_AGENT, type Plan, type PlanTask } from "./plan.ts";

const OUTSIDE = /^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/;

/** Says everything that makes a well-formed plan unusable; an empty list means it can be carried out. */
export function planProblems(plan: Plan, knownAgents: readonly string[]): string[] {
  const cycle = findCycle(plan);
  return [
    ...idProblems(plan),
    ...plan.tasks.flatMap((task) => taskProblems(plan, task, knownAgents)),
    ...outputProblems(plan),
    ...(cycle === undefined ? [] : [`the dependencies form a cycle: ${cycle.join(" → ")}`]),
  ];
}

/** Ids of the tasks that each task waits for: those it names, and the makers of what it needs. */
export function dependenciesOf(plan: Plan): Map<string, string[]> {
  const makers = new Map(plan.tasks.flatMap(({ id, outputs = [] }) => outputs.map((output) => [output.name, id])));
  return new Map(
    plan.tasks.map((task) => {
      const made = (task.inputs ?? []).flatMap((input) => makers.get(input) ?? []);
      return [task.id, [...new Set([...task.dependsOn, ...made])]];
    }),
  );
}

function idProblems({ tasks, milestones = [] }: Plan): string[] {
  const isDouble = (ids: readonly string[]) => new Set(ids).size < ids.length;
  return [
    ...(isDouble(tasks.map(({ id }) => id)) ? ["two tasks have the same id"] : []),
    ...(isDouble(milestones.map(({ id }) => id)) ? ["two milestones have the same id"] : []),
  ];
}

function taskProblems({ tasks, milestones = [] }: Plan, task: PlanTask, knownAgents: readonly string[]): string[] {
  const problems: string[] = [];
  const known = `(known: ${knownAgents.join(", ")})`;
  if (task.agent !== ANY_AGENT && !knownAgents.includes(task.agent))
    problems.push(`task ${task.id}: unknown agent "${task.agent}" ${known}`);
  if (task.review !== undefined && !knownAgents.includes(task.review.by))
    problems.push(`task ${task.id}: unknown reviewer "${task.review.by}" ${known}`);
  if (task.milestone !== undefined && !milestones.some(({ id }) => id === task.milestone))
    problems.push(`task ${task.id}: its milestone "${task.milestone}" is not in the plan`);
  for (const dependency of task.dependsOn)
    if (!tasks.some(({ id }) => id === dependency))
      problems.push(`task ${task.id}: depends on "${dependency}", which is not in the plan`);
  const paths = [...task.files, ...(task.outputs ?? []).flatMap(({ path }) => path ?? [])];
  for (const file of paths)
    if (OUTSIDE.test(file)) problems.push(`task ${task.id}: file "${file}" is not relative to the workspace`);
  return problems;
}

/** Every input is made by exactly one task, every output is taken by one or wanted for itself. */
function outputProblems({ tasks }: Plan): string[] {
  const problems: string[] = [];
  const makers = new Map<string, string>();
  for (const { id, outputs = [] } of tasks)
    for (const { name } of outputs) {
      const other = makers.get(name);
      if (other !== undefined) problems.push(`output "${name}" is made twice: by ${other} and by ${id}`);
      makers.set(name, id);
    }
  const taken = new Set(tasks.flatMap(({ inputs = [] }) => inputs));
  for (const { id, inputs = [], outputs = [] } of tasks) {
    for (const input of inputs)
      if (!makers.has(input)) problems.push(`task ${id}: needs "${input}", which no task makes`);
    for (const { name, final } of outputs)
      if (final !== true && !taken.has(name))
        problems.push(`task ${id}: no task takes its output "${name}"; mark it final if it is wanted for itself`);
  }
  return problems;
}

function findCycle(plan: Plan): string[] | undefined {
  const dependencies = dependenciesOf(plan);
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
