/** What follows from a run's summary. Nothing of the protocol's schemas is loaded for it. */

import type { RunSummary } from "../../protocol/run.ts";
import type { RunStatus } from "../../protocol/run-state.ts";

export type RunAbility = "cancel" | "resume" | "decide";

/** What a person can do with a run; also the words of a tree item's context value. */
export function abilities({ status, pendingFiles }: Pick<RunSummary, "status" | "pendingFiles">): RunAbility[] {
  const can: RunAbility[] = [];
  if (isActive(status)) can.push("cancel");
  if (isResumable(status)) can.push("resume");
  if (pendingFiles > 0) can.push("decide");
  return can;
}

/** A suspended run goes on by itself most of the time; after a full disk a person has to say so. */
function isResumable(status: RunStatus): boolean {
  return status === "failed" || status === "cancelled" || status === "out_of_budget" || status === "suspended";
}

export function isActive(status: RunStatus): boolean {
  switch (status) {
    case "queued":
    case "working":
    case "awaiting_approval":
    case "suspended":
      return true;
    case "done":
    case "failed":
    case "denied":
    case "cancelled":
    case "out_of_budget":
      return false;
  }
}

/** The prompt's first line, cut to a length that fits a tab or a list. */
export function shortPrompt(prompt: string, length = 60): string {
  const line = prompt.trim().split("\n", 1).join("");
  return line.length <= length ? line : `${line.slice(0, length - 1).trimEnd()}…`;
}

/** "just now", "5 min ago", "3 h ago", then the date. */
export function ago(iso: string, now: number): string {
  const minutes = Math.floor((now - Date.parse(iso)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return iso.slice(0, 10);
}
