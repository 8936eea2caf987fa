/** Notices for what needs a person while no panel shows it: an approval, and the end of a run. */
import * as vscode from "vscode";
import type { RunSummary } from "../../protocol/run.ts";
import type { RunState } from "../../protocol/run-state.ts";
import { acceptChanges } from "../changes/decide.ts";
import { resumeRun } from "../commands/run-control.ts";
import { showError } from "../messages.ts";
import type { Nexus } from "../nexus.ts";
import { isWholeInOneLine, questionOf } from "./approval-words.ts";
import { isActive, shortPrompt } from "./run-facts.ts";
import type { RunChange } from "./run-list.ts";
import { statusLabel } from "./run-look.ts";

export function notifyAbout(nexus: Nexus): void {
  nexus.runs.onChange((change) => {
    if (change === null || change.before?.status === change.run.status) return;
    if (nexus.panels.isVisible(change.run.runId)) return;
    void notify(nexus, change).catch((error) => showError(error, change.run.runId));
  });
}

async function notify(nexus: Nexus, { run, before }: RunChange): Promise<void> {
  if (run.status === "awaiting_approval") await notifyApproval(nexus, run);
  else if (before !== undefined && isActive(before.status) && !isActive(run.status)) await notifyEnd(nexus, run);
}

/** What one line says as a whole can be answered here; anything else wants to be looked at. */
async function notifyApproval(nexus: Nexus, { runId }: RunSummary): Promise<void> {
  const { run } = await nexus.daemon.request("run/show", { runId });
  const approval = run.pendingApprovals[0];
  if (approval === undefined) return notifyQuestion(nexus, run);
  const canAnswer = isWholeInOneLine(approval);
  const always = approval.remember === undefined ? [] : ["Always Allow"];
  const buttons = canAnswer ? ["Approve", ...always, "Reject", "Show Run"] : ["Review"];
  const offer =
    !canAnswer || approval.remember === undefined ? "" : ` “Always Allow” keeps the rule: ${approval.remember}`;
  const chosen = await vscode.window.showWarningMessage(
    `Nexus asks: ${shortPrompt(questionOf(approval), 300)}${offer}`,
    ...buttons,
  );
  if (chosen === "Approve" || chosen === "Always Allow" || chosen === "Reject") {
    const { approvalId, subjectHash } = approval;
    const decision = chosen === "Reject" ? "reject" : "approve";
    const remember = chosen === "Always Allow" ? { remember: true } : {};
    await nexus.daemon.request("approval/answer", { runId, approvalId, subjectHash, decision, ...remember });
  } else if (chosen !== undefined) nexus.panels.open(runId);
}

/** Few choices are buttons; anything longer is answered in the panel. */
async function notifyQuestion(nexus: Nexus, { runId, pendingQuestions = [] }: RunState): Promise<void> {
  const question = pendingQuestions[0];
  if (question === undefined) return;
  const { questionId, text, choices } = question;
  const buttons = choices.length <= 3 ? choices : [];
  const message = `Nexus asks: ${text.length <= 300 ? text : `${text.slice(0, 299)}…`}`;
  const chosen = await vscode.window.showInformationMessage(message, ...buttons, "Answer…");
  if (chosen === "Answer…") nexus.panels.open(runId);
  else if (chosen !== undefined) await nexus.daemon.request("question/answer", { runId, questionId, answer: chosen });
}

async function notifyEnd(nexus: Nexus, run: RunSummary): Promise<void> {
  const text = `Nexus: ${statusLabel(run.status)}: ${shortPrompt(run.prompt)}`;
  switch (run.status) {
    case "done":
      return await offer(nexus, run, vscode.window.showInformationMessage, text, [
        ...(run.pendingFiles > 0 ? ["Review Changes", "Accept"] : ["Show Run"]),
      ]);
    case "failed":
    case "out_of_budget":
      return await offer(nexus, run, vscode.window.showErrorMessage, text, ["Show Run", "Resume"]);
    default:
      return;
  }
}

async function offer(
  nexus: Nexus,
  { runId }: RunSummary,
  show: (message: string, ...items: string[]) => Thenable<string | undefined>,
  text: string,
  buttons: readonly string[],
): Promise<void> {
  const chosen = await show(text, ...buttons);
  if (chosen === "Accept") await acceptChanges(nexus, runId, null);
  else if (chosen === "Resume") await resumeRun(nexus, runId);
  else if (chosen !== undefined) nexus.panels.open(runId);
}
