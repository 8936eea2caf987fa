/** Errors of tasks, and of people's words to one of them. */
import type { ErrorEntry } from "./error-entry.ts";

export const TASK_ERRORS = {
  "task.unknown": {
    message: "The run has no such task.",
    hint: "`nexus runs show` lists the run's tasks.",
  },
  "task.ended": { message: "The task has already ended.", hint: "Its result is in the run; resume the run to go on." },
  "task.cancelled": { message: "The task was cancelled.", hint: "What does not depend on it goes on." },
  "task.deadline": {
    message: "The task did not end before its deadline.",
    hint: "Give it more minutes in the plan, or split it; then resume the run.",
    action: "resumeRun",
  },
  "task.silent": {
    message: "The task's agent gave no sign of life for too long, so it was stopped.",
    hint: "See its last call in the log; then resume the run.",
    action: "resumeRun",
  },
} as const satisfies Record<string, ErrorEntry>;
