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
  /** A person agreed to the plan after it was revised so often. */
  event("plan.approved", { revisions: z.int() }),
  /** An agent found that its task cannot be done as the plan says. */
  event("obstacle.reported", { taskId: z.string(), found: z.string(), why: z.string() }),
  /** Evidence contradicts the plan: what has not begun is planned anew. `round` counts from 1 in a run. */
  event("plan.doubted", { taskId: z.string(), evidence: z.string(), round: z.int() }),
  /** What the planner would do instead, before anybody agreed to it. Null: it found nothing better. */
  event("plan.reconsidered", {
    round: z.int(),
    plan: z.nullable(Plan),
    change: z.nullable(PlanChange),
    reason: z.string(),
    /** Why a person is asked again; empty: the approval of the plan before covers it. */
    grows: z.array(z.string()),
  }),
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
