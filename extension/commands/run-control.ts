/** Cancelling and resuming runs. */
import * as vscode from "vscode";
import type { Nexus } from "../nexus.ts";
import { resumeModelSettings } from "../settings.ts";

export async function cancelRun(nexus: Nexus, runId: string): Promise<void> {
  await nexus.daemon.request("run/cancel", { runId });
}

/** A run that ran out of budget is asked for a larger one. Rejects with a NexusError. */
export async function resumeRun(nexus: Nexus, runId: string): Promise<void> {
  const { run } = await nexus.daemon.request("run/show", { runId });
  const budget = run.status === "out_of_budget" ? await askBudget(run.budget) : {};
  if (budget === undefined) return;
  const model = await resumeModelSettings(nexus.context.secrets, run.model, vscode.Uri.file(run.workspace));
  await nexus.daemon.request("run/resume", { runId, ...budget, ...model });
}

async function askBudget(budget: {
  limitUsd: number | null;
  spentUsd: number;
}): Promise<{ budgetUsd: number } | undefined> {
  const text = await vscode.window.showInputBox({
    title: "Resume with a larger budget",
    prompt: `USD in all, for what was spent ($${budget.spentUsd.toFixed(4)}) and what comes.`,
    value: String(Number(((budget.limitUsd ?? budget.spentUsd) * 2).toFixed(4)) || 1),
    validateInput: (value) => (Number(value) > budget.spentUsd ? undefined : "Must be more than was spent."),
  });
  return text === undefined ? undefined : { budgetUsd: Number(text) };
}
