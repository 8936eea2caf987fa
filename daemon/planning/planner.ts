/** From a goal to a plan: at once where that will do, through milestones where the goal is large. */
import type { Plan } from "../../protocol/index.ts";
import type { PlannerPorts } from "./ask.ts";
import { needsOutline, type Outline, outlineGoal } from "./strategic.ts";
import { type CheckPlan, type PlannedAgent, planAtOnce, planMilestones } from "./tactical.ts";

export interface PlanWish {
  readonly goal: string;
  /** Tells goal and repository. */
  readonly opening: string;
  readonly agents: readonly PlannedAgent[];
  readonly checkPlan: CheckPlan;
  /** Told of the milestones before their tasks are planned; its answer counts from then on. */
  readonly onOutlined: (outline: Outline) => Promise<Outline>;
}

/** Throws `plan.invalid` when the model produced nothing usable in three tries. */
export async function makePlan(wish: PlanWish, ports: PlannerPorts): Promise<Plan> {
  const plan = needsOutline(wish.goal) ? undefined : await planAtOnce(wish, ports);
  if (plan !== undefined) return plan;
  const outline = await wish.onOutlined(await outlineGoal(wish.opening, ports));
  return planMilestones(wish, outline, ports);
}
