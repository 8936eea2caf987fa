/** How a run's status looks and reads, wherever the editor shows one. */
import * as vscode from "vscode";
import type { RunStatus } from "../../protocol/run-state.ts";

interface Look {
  readonly label: string;
  readonly icon: string;
  readonly color?: string;
}

const LOOKS: Record<RunStatus, Look> = {
  queued: { label: "queued", icon: "clock" },
  working: { label: "working", icon: "loading~spin", color: "charts.blue" },
  awaiting_approval: { label: "waiting for you", icon: "bell-dot", color: "charts.yellow" },
  suspended: { label: "suspended", icon: "debug-pause", color: "charts.yellow" },
  done: { label: "done", icon: "pass", color: "testing.iconPassed" },
  failed: { label: "failed", icon: "error", color: "testing.iconFailed" },
  denied: { label: "denied", icon: "circle-slash", color: "testing.iconFailed" },
  cancelled: { label: "cancelled", icon: "stop-circle", color: "disabledForeground" },
  out_of_budget: { label: "out of budget", icon: "warning", color: "charts.orange" },
};

export function statusLabel(status: RunStatus): string {
  return LOOKS[status].label;
}

export function statusIcon(status: RunStatus): vscode.ThemeIcon {
  const { icon, color } = LOOKS[status];
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}
