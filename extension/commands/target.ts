/** Which run or file a command means: the tree item it was called on, the panel in front, or one picked from a list. */
import * as vscode from "vscode";
import type { Nexus } from "../nexus.ts";
import { abilities, ago, type RunAbility, shortPrompt } from "../runs/run-facts.ts";
import { statusIcon, statusLabel } from "../runs/run-look.ts";
import type { RunNode } from "../runs/run-tree.ts";

export type Target = string | RunNode | undefined;

/** Undefined when the user picks none. `ability` narrows the list to runs for which the command makes sense. */
export async function targetRun(nexus: Nexus, target: Target, ability?: RunAbility): Promise<string | undefined> {
  const named = runIdOf(target);
  if (named !== undefined) return named;
  await nexus.runs.load();
  const fits = nexus.runs.all.filter((run) => ability === undefined || abilities(run).includes(ability));
  const active = nexus.panels.activeRun;
  if (active !== undefined && (ability === undefined || fits.some((run) => run.runId === active))) return active;
  const items = fits.map((run) => ({
    label: shortPrompt(run.prompt),
    description: `${statusLabel(run.status)} · ${ago(run.updatedAt, Date.now())}`,
    iconPath: statusIcon(run.status),
    runId: run.runId,
  }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage("Nexus: there is no run for which this makes sense.");
    return undefined;
  }
  return (await vscode.window.showQuickPick(items, { placeHolder: "Which run?", matchOnDescription: true }))?.runId;
}

/** The one file of a tree item, or null for the whole change set. */
export function targetPaths(target: Target): string[] | null {
  return typeof target === "object" && target.kind === "file" ? [target.file.path] : null;
}

function runIdOf(target: Target): string | undefined {
  if (typeof target !== "object") return target;
  switch (target.kind) {
    case "run":
      return target.run.runId;
    case "file":
      return target.runId;
    case "more":
      return undefined;
  }
}

/** What the editor hands to a command may be anything; only a run's id and our own tree nodes are targets. */
export function asTarget(value: unknown): Target {
  if (typeof value === "string") return value;
  return isNode(value) ? value : undefined;
}

function isNode(value: unknown): value is RunNode {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  return (value.kind === "run" && "run" in value) || (value.kind === "file" && "file" in value && "runId" in value);
}
