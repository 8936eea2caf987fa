/** Who gets what: a model for each task, how many at a time, and a deadline. Money is shared when a task starts (budget.ts). */
import type { Difficulty, Plan, PlanTask } from "../../protocol/index.ts";
import { type EstimateGround, estimatePlan, widthOf } from "./estimate.ts";
import { trackRecord } from "./history.ts";

/** Names of models by what they are good enough for; what is left out is done by the run's own. */
export type ModelsByDifficulty = Readonly<Partial<Record<Difficulty, string>>>;

export interface Allocation extends EstimateGround {
  readonly models: ModelsByDifficulty;
  readonly runModel: string;
  /** Tasks that began keep what they were given. */
  readonly begun: ReadonlySet<string>;
}

const LEVELS = ["low", "medium", "high"] as const;
const MOST_AT_A_TIME = 4;
const TOO_RARE = 0.6;
const RELIABLE = 0.9;
const ENOUGH = 5;
const PLENTY = 8;
const PATIENCE = 5;
const SHORTEST_DEADLINE = 30;
const DAY = 1440;

/** The plan with models, estimates, deadlines and concurrency. */
export function allocate(plan: Plan, allocation: Allocation): Plan {
  const { begun, models, runModel } = allocation;
  const allowed = new Set([...Object.values(models), runModel]);
  const chosen = plan.tasks.map((task) => (begun.has(task.id) ? task : withModel(task, allowed, allocation)));
  const concurrency = Math.min(plan.concurrency ?? MOST_AT_A_TIME, widthOf(plan), allocation.concurrency);
  const estimated = estimatePlan({ ...plan, tasks: chosen }, { ...allocation, concurrency });
  const tasks = estimated.tasks.map((task, place) =>
    begun.has(task.id) ? (plan.tasks[place] ?? task) : { ...task, deadlineMinutes: deadlineOf(task) },
  );
  return { ...estimated, concurrency, tasks };
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

function deadlineOf({ estimate, deadlineMinutes }: PlanTask): number {
  if (deadlineMinutes !== undefined) return deadlineMinutes;
  const minutes = (estimate?.minutes ?? 0) * (estimate?.spread?.high ?? 1) * PATIENCE;
  return Math.min(DAY, Math.max(SHORTEST_DEADLINE, Math.ceil(minutes)));
}
