import type { DesignTask } from "../../../protocol/design/view.ts";
import type { StatusLook } from "../../run/status.ts";

export const DESIGN_TASK_STATUS: Record<DesignTask["status"], StatusLook> = {
  waiting: { label: "waiting", icon: "clock", tone: "plain" },
  working: { label: "working", icon: "spark", tone: "busy" },
  done: { label: "done", icon: "check", tone: "good" },
  failed: { label: "failed", icon: "cross", tone: "bad" },
  stale: { label: "stale", icon: "discard", tone: "wait" },
};
