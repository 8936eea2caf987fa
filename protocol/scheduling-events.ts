/** Events of the scheduler: written where something had to wait or was preferred, with the reason. */
import * as z from "zod/mini";
import { event } from "./event.ts";

export const SCHEDULING_EVENTS = [
  event("scheduler.decided", {
    /** run: a run's place among runs; task: a task's among tasks; model: a call's at its provider. */
    about: z.enum(["run", "task", "model"]),
    /** Task or provider; null for the run itself. */
    subject: z.nullable(z.string()),
    decision: z.enum(["started", "queued", "preferred", "held_back"]),
    waitedMs: z.number(),
    reason: z.string(),
  }),
] as const;
