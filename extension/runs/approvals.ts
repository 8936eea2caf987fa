/** “Show Pending Approvals”: what waits for a person, over all runs and folders. */
import * as vscode from "vscode";
import type { Answer } from "../../protocol/messages.ts";
import type { Nexus } from "../nexus.ts";
import { questionOf, timeLeft } from "./approval-words.ts";
import { shortPrompt } from "./run-facts.ts";

type Pending = Answer<"approval/list">["approvals"][number];

export async function showApprovals(nexus: Nexus): Promise<void> {
  const { approvals } = await nexus.daemon.request("approval/list", {});
  if (approvals.length === 0) {
    void vscode.window.showInformationMessage("Nexus: nothing waits for your approval.");
    return;
  }
  const items = approvals.map((pending) => itemOf(nexus, pending));
  const title = `${approvals.length} waiting for you, oldest first`;
  const placeHolder = "Which one? It opens where it is shown in full.";
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDetail: true });
  if (picked !== undefined) nexus.panels.open(picked.runId);
}

function itemOf({ runs }: Nexus, { runId, approval }: Pending): vscode.QuickPickItem & { readonly runId: string } {
  const run = runs.get(runId);
  const left = approval.expiresAt === undefined ? "" : timeLeft(approval.expiresAt, Date.now());
  return {
    label: `$(bell) ${oneLine(questionOf(approval))}`,
    description: left,
    detail: `${run === undefined ? "In another folder" : shortPrompt(run.prompt)} · ${approval.reason}`,
    runId,
  };
}

function oneLine(text: string): string {
  return shortPrompt(text.replaceAll(/\s+/g, " "), 120);
}
