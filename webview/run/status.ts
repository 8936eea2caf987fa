/** How a run's and a task's status looks and reads on the page. */
import type { RunStatus } from "../../protocol/run-state.ts";
import type { TaskStatus } from "../../protocol/task-state.ts";
import type { IconName } from "../icons.tsx";

export interface StatusLook {
  readonly label: string;
  readonly icon: IconName;
  readonly tone: "busy" | "wait" | "good" | "bad" | "plain";
}

export const RUN_STATUS: Record<RunStatus, StatusLook> = {
  queued: { label: "Queued", icon: "clock", tone: "plain" },
  working: { label: "Working", icon: "spark", tone: "busy" },
  awaiting_approval: { label: "Waiting for you", icon: "bell", tone: "wait" },
  suspended: { label: "Suspended", icon: "pause", tone: "wait" },
  done: { label: "Done", icon: "check", tone: "good" },
  failed: { label: "Failed", icon: "cross", tone: "bad" },
  denied: { label: "Denied", icon: "cross", tone: "bad" },
  cancelled: { label: "Cancelled", icon: "stop", tone: "plain" },
  out_of_budget: { label: "Out of budget", icon: "warning", tone: "bad" },
};

export const TASK_STATUS: Record<TaskStatus, StatusLook> = {
  waiting: { label: "waiting", icon: "clock", tone: "plain" },
  working: { label: "working", icon: "spark", tone: "busy" },
  done: { label: "done", icon: "check", tone: "good" },
  failed: { label: "failed", icon: "cross", tone: "bad" },
  skipped: { label: "skipped", icon: "stop", tone: "plain" },
};
