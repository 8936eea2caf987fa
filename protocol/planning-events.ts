/** Events of planning: how a plan came to be, and how it changed while it was carried out. */
import * as z from "zod/mini";
import { event } from "./event.ts";
import { Milestone, Plan } from "./plan.ts";

export const PlanChange = z.object({
  added: z.array(z.string()),
  removed: z.array(z.string()),
  /** Which fields of which task or milestone differ, and in words what they were and are. */
  changed: z.array(z.object({ id: z.string(), field: z.string(), before: z.string(), after: z.string() })),
});
/** What distinguishes two versions of a plan, by the ids of tasks and milestones. */
export type PlanChange = z.infer<typeof PlanChange>;

export const PLANNING_EVENTS = [
  /** What the strategic planner made of the goal, before there are tasks. */
  event("plan.outlined", { summary: z.string(), milestones: z.array(Milestone) }),
  /** The plan from now on. Tasks that are done or at work are the same in it. */
  event("plan.revised", {
    plan: Plan,
    change: PlanChange,
    /** A client's name for a person's edit; "nexus" for a new plan that evidence asked for. */
    by: z.string(),
    reason: z.string(),
  }),
] as const;
