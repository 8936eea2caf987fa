/** Requests about one task of a run. */
import * as z from "zod/mini";
import { request } from "./message.ts";

const task = z.object({
  runId: z.string().check(z.minLength(1), z.maxLength(80)),
  taskId: z.string().check(z.minLength(1), z.maxLength(200)),
});

export const taskCancel = request(
  "task/cancel",
  "Ends one task of a run, and what it handed over. What does not depend on it goes on.",
  task,
  z.object({}),
);

export const taskPause = request(
  "task/pause",
  "Holds one task before its next turn, and what it handed over; its deadline waits too.",
  task,
  z.object({}),
);

export const taskResume = request("task/resume", "Lets a paused task go on.", task, z.object({}));
