/** Who gets what: a model for each task, how many at a time, a slice of the budget, and a deadline. */
import type { Difficulty, Plan, PlanTask } from "../../protocol/index.ts";
import { type EstimateGround, estimatePlan, widthOf } from "./estimate.ts";
import { trackRecord } from "./history.ts";

/** Names of models by what they are good enough for; what is left out is done by the run's own. */
export type ModelsByDifficulty = Readonly<Partial<Record<Difficulty, string>>>;

export interface Allocation extends EstimateGround {
  readonly models: ModelsByDifficulty;
  readonly runModel: string;
  /** What is left of the run's budget; null: no limit. */
  readonly leftUsd: number | null;
  /** Tasks that began keep what they were given. */
  readonly begun: ReadonlySet<string>;
}

const LEVELS = ["low", "medium", "high"] as const;
/** Kept for repairs, reviews and what was thought too small. */
const RESERVE = 0.2;
const MOST_AT_A_TIME = 4;
const TOO_RARE = 0.6;
const RELIABLE = 0.9;
const ENOUGH = 5;
const PLENTY = 8;
const PATIENCE = 5;
const SHORTEST_DEADLINE = 30;
const DAY = 1440;

/** The plan with models, estimates, slices of the budget, deadlines and concurrency. */
export function allocate(plan: Plan, allocation: Allocation): Plan {
  const { begun, models, runModel } = allocation;
  const allowed = new Set([...Object.values(models), runModel]);
  const chosen = plan.tasks.map((task) => (begun.has(task.id) ? task : withModel(task, allowed, allocation)));
  const concurrency = Math.min(plan.concurrency ?? MOST_AT_A_TIME, widthOf(plan), allocation.concurrency);
  const estimated = estimatePlan({ ...plan, tasks: chosen }, { ...allocation, concurrency });
  const tasks = estimated.tasks.map((task, place) => (begun.has(task.id) ? (plan.tasks[place] ?? task) : task));
  return { ...estimated, concurrency, tasks: withLimits(tasks, allocation) };
}

function withModel(task: PlanTask, allowed: ReadonlySet<string>, allocation: Allocation): PlanTask {
  const { model: wanted, ...rest } = task;
  const model = wanted !== undefined && allowed.has(wanted) ? wanted : modelFor(task.difficulty, allocation);
  return model === allocation.runModel ? rest : { ...rest, model };
}

/**
 * The model that the settings name for such a difficulty; the next stronger one where it failed too often here, the next
 * weaker one where that one is known to manage.
 */
function modelFor(
  difficulty: Difficulty = "medium",
  { models, runModel, outcomes }: Pick<Allocation, "models" | "runModel" | "outcomes">,
): string {
  const at = (level: Difficulty) => models[level] ?? runModel;
  const place = LEVELS.indexOf(difficulty);
  const own = at(difficulty);
  const record = (model: string) => trackRecord(outcomes, { model, difficulty });
  const weaker = LEVELS.slice(0, place)
    .toReversed()
    .map(at)
    .find((model) => model !== own);
  const stronger = LEVELS.slice(place + 1)
    .map(at)
    .find((model) => model !== own);
  const { samples, successRate } = record(own);
  if (stronger !== undefined && samples >= ENOUGH && successRate < TOO_RARE) return stronger;
  if (weaker === undefined) return own;
  const cheap = record(weaker);
  return cheap.samples >= PLENTY && cheap.successRate >= RELIABLE ? weaker : own;
}

/** Slices by estimate, of what is left without the reserve; together never more than that. */
function withLimits(tasks: readonly PlanTask[], { leftUsd, begun }: Allocation): PlanTask[] {
  const waiting = tasks.filter(({ id }) => !begun.has(id));
  const named = waiting.reduce((sum, { budgetUsd = 0 }) => sum + budgetUsd, 0);
  const free = waiting.filter(({ budgetUsd }) => budgetUsd === undefined);
  const costs = free.map(({ estimate }) => estimate?.usd ?? null);
  const total = costs.reduce<number | null>((sum, usd) => (sum === null || usd === null ? null : sum + usd), 0);
  const available = leftUsd === null ? null : leftUsd * (1 - RESERVE) - named;
  return tasks.map((task) => {
    if (begun.has(task.id)) return task;
    const deadlineMinutes = task.deadlineMinutes ?? deadlineOf(task);
    if (task.budgetUsd !== undefined || available === null || total === null) return { ...task, deadlineMinutes };
    const share = total === 0 ? 1 / free.length : (task.estimate?.usd ?? 0) / total;
    const budgetUsd = Math.floor(available * share * 10_000) / 10_000;
    return budgetUsd > 0 ? { ...task, deadlineMinutes, budgetUsd } : { ...task, deadlineMinutes };
  });
}

function deadlineOf({ estimate }: PlanTask): number {
  const minutes = (estimate?.minutes ?? 0) * (estimate?.spread?.high ?? 1) * PATIENCE;
  return Math.min(DAY, Math.max(SHORTEST_DEADLINE, Math.ceil(minutes)));
}
