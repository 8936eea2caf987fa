/** The status bar item: how many runs work, and whether one waits for a person. A click opens that run. */
import * as vscode from "vscode";
import { isActive } from "./run-facts.ts";
import type { RunList } from "./run-list.ts";

export function createStatusBar(runs: RunList): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("nexus.runs", vscode.StatusBarAlignment.Left, 10);
  item.name = "Nexus runs";
  item.command = "nexus.openActiveRun";
  const update = () => {
    const active = runs.all.filter((run) => isActive(run.status));
    const waiting = active.filter((run) => run.status === "awaiting_approval").length;
    const toReview = runs.all.filter((run) => run.pendingFiles > 0 && !isActive(run.status)).length;
    item.text = statusText(active.length, waiting, toReview);
    item.tooltip = `Nexus: ${active.length} active, ${waiting} waiting for you, ${toReview} with changes to review`;
    item.accessibilityInformation = { label: item.tooltip, role: "button" };
    item.backgroundColor = waiting > 0 ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    item.show();
  };
  runs.onChange(update);
  update();
  return item;
}

function statusText(active: number, waiting: number, toReview: number): string {
  if (waiting > 0) return `$(bell-dot) Nexus: ${waiting} waiting for you`;
  if (active > 0) return `$(loading~spin) Nexus: ${active} active`;
  return toReview > 0 ? `$(git-pull-request) Nexus: ${toReview} to review` : "$(type-hierarchy) Nexus";
}
