/** What a plan is thought to take: from finished tasks of the workspace, else from the planner, else from experience. */
import type { Difficulty, Estimate, Plan, PlanTask, TaskOutcome } from "../../protocol/index.ts";
import { areaOf } from "../../protocol/index.ts";
import { alike, middle } from "./history.ts";

export interface EstimateGround {
  /** Of this workspace. */
  readonly outcomes: readonly TaskOutcome[];
  /** USD of an average token of a model; undefined when its price is not known. Left out name: the run's model. */
  readonly usdPerToken: (model: string | undefined) => number | undefined;
  /** How many tasks may be at work at the same time. */
  readonly concurrency: number;
}

/** Where nothing is known: a task of a few files in a project of some hundred. */
const DEFAULTS: Readonly<Record<Difficulty, { readonly tokens: number; readonly minutes: number }>> = {
  low: { tokens: 40_000, minutes: 2 },
  medium: { tokens: 100_000, minutes: 5 },
  high: { tokens: 250_000, minutes: 12 },
};

/** The plan with an estimate of every task, of every milestone and of the whole. */
export function estimatePlan(plan: Plan, ground: EstimateGround): Plan {
  const tasks = plan.tasks.map((task) => ({ ...task, estimate: estimateTask(plan, task, ground) }));
  const milestones = plan.milestones?.map((milestone) => {
    const own = tasks.filter((task) => task.milestone === milestone.id);
    return own.length === 0 ? milestone : { ...milestone, estimate: sumEstimates(own, ground.concurrency) };
  });
  const estimate = sumEstimates(tasks, ground.concurrency);
  return { ...plan, tasks, estimate, ...(milestones === undefined ? {} : { milestones }) };
}

function estimateTask(plan: Plan, task: PlanTask, ground: EstimateGround): Estimate {
  const known = fromHistory(task, ground);
  if (known !== undefined) return known;
  if (task.estimate?.basis === "history") return task.estimate;
  const guess = task.estimate ?? shareOfMilestone(plan, task) ?? DEFAULTS[task.difficulty ?? "medium"];
  const basis = task.estimate?.basis ?? (shareOfMilestone(plan, task) === undefined ? "default" : "model");
  return { tokens: guess.tokens, minutes: guess.minutes, usd: usdOf(guess.tokens, task, ground), basis };
}

function fromHistory(task: PlanTask, ground: EstimateGround): Estimate | undefined {
  const { difficulty, agent, files } = task;
  const kind = { agent, area: areaOf(files), files: files.length, ...(difficulty && { difficulty }) };
  const samples = alike(ground.outcomes, kind);
  if (samples.length === 0) return undefined;
  const tokens = middle(samples.map(({ actual }) => actual.tokens));
  const { median: minutes } = middle(samples.map(({ actual }) => actual.minutes));
  const { low, median, high } = tokens;
  const spread = median > 0 ? { spread: { low: rounded(low / median, 2), high: rounded(high / median, 2) } } : {};
  const usd = usdOf(median, task, ground);
  return {
    tokens: Math.round(median),
    usd,
    minutes: rounded(minutes, 1),
    basis: "history",
    samples: samples.length,
    ...spread,
  };
}

/** Of what the planner said of its milestone, by the weight of the task among the milestone's tasks. */
function shareOfMilestone(plan: Plan, task: PlanTask): { tokens: number; minutes: number } | undefined {
  const milestone = plan.milestones?.find(({ id }) => id === task.milestone);
  if (milestone?.estimate?.basis !== "model") return undefined;
  const weight = ({ difficulty }: PlanTask) => DEFAULTS[difficulty ?? "medium"].tokens;
  const own = plan.tasks.filter((other) => other.milestone === milestone.id);
  const share = weight(task) / own.reduce((sum, other) => sum + weight(other), 0);
  const { tokens, minutes } = milestone.estimate;
  return { tokens: Math.round(tokens * share), minutes: rounded(minutes * share, 1) };
}

function usdOf(tokens: number, { model }: PlanTask, { usdPerToken }: EstimateGround): number | null {
  const rate = usdPerToken(model);
  return rate === undefined ? null : rounded(tokens * rate, 4);
}

type Estimated = PlanTask & { readonly estimate: Estimate };

/** Tokens and money add up; minutes are those of the tasks side by side, as far as dependencies and concurrency let. */
function sumEstimates(tasks: readonly Estimated[], concurrency: number): Estimate {
  const all = tasks.map(({ estimate }) => estimate);
  const usd = all.reduce<number | null>((sum, one) => (sum === null || one.usd === null ? null : sum + one.usd), 0);
  const bases = new Set(all.map(({ basis }) => basis));
  const samples = all.reduce((sum, one) => sum + (one.samples ?? 0), 0);
  return {
    tokens: all.reduce((sum, { tokens }) => sum + tokens, 0),
    usd: usd === null ? null : rounded(usd, 4),
    minutes: rounded(minutesTogether(tasks, concurrency), 1),
    basis: bases.has("default") ? "default" : bases.has("model") ? "model" : "history",
    ...(samples === 0 ? {} : { samples }),
  };
}

/** Each task begins as soon as what it waits for is done and a place is free; the first of the list first. */
export function minutesTogether(tasks: readonly Estimated[], concurrency: number): number {
  const ends = new Map<string, number>();
  const names = new Set(tasks.map(({ id }) => id));
  let waiting = [...tasks];
  let working: { readonly id: string; readonly end: number }[] = [];
  let now = 0;
  while (waiting.length + working.length > 0) {
    const isReady = ({ dependsOn }: Estimated) => dependsOn.every((id) => !names.has(id) || ends.has(id));
    const starting = waiting.filter(isReady).slice(0, Math.max(1, concurrency) - working.length);
    waiting = waiting.filter((task) => !starting.includes(task));
    working = [...working, ...starting.map(({ id, estimate }) => ({ id, end: now + estimate.minutes }))];
    const next = working.toSorted((one, other) => one.end - other.end)[0];
    // Only a cycle leaves tasks that can never begin; a plan with one has no minutes.
    if (next === undefined) return now;
    now = next.end;
    ends.set(next.id, now);
    working = working.filter((task) => task !== next);
  }
  return now;
}

/** The most tasks of a plan that could be at work at the same time if all took the same time. */
export function widthOf({ tasks }: Pick<Plan, "tasks">): number {
  const depths = new Map<string, number>();
  for (let round = 0; round < tasks.length; round++)
    for (const { id, dependsOn } of tasks)
      depths.set(id, Math.max(0, ...dependsOn.map((other) => (depths.get(other) ?? 0) + 1)));
  const counts = new Map<number, number>();
  for (const depth of depths.values()) counts.set(depth, (counts.get(depth) ?? 0) + 1);
  return Math.max(1, ...counts.values());
}

function rounded(figure: number, digits: number): number {
  return Number(figure.toFixed(digits));
}
