/** How failures reach a person: what is wrong, what to do, and a button that does it. */
import * as vscode from "vscode";
import type { ErrorAction } from "../protocol/errors.ts";
import { ACTION_LABELS, isErrorAction } from "../protocol/panel.ts";
import { errorOf } from "./error-of.ts";

/** Shows the error with its hint and its action. `runId` lets the action find its run. */
export async function showError(error: unknown, runId?: string): Promise<void> {
  const { message, hint, action } = errorOf(error);
  const known = isErrorAction(action) ? action : undefined;
  const label = known === undefined ? undefined : ACTION_LABELS[known];
  const chosen = await vscode.window.showErrorMessage(
    `Nexus: ${message} ${hint}`,
    ...(label === undefined ? [] : [label]),
  );
  if (chosen !== undefined && known !== undefined) await performAction(known, runId);
}

export async function performAction(action: ErrorAction, runId?: string): Promise<void> {
  switch (action) {
    case "setKey":
      return await vscode.commands.executeCommand("nexus.setKey");
    case "openSettings":
      return await vscode.commands.executeCommand("workbench.action.openSettings", "nexus.");
    case "showLogs":
      return await vscode.commands.executeCommand("nexus.showLog");
    case "restartDaemon":
      return await vscode.commands.executeCommand("nexus.restartDaemon");
    case "resumeRun":
      return await vscode.commands.executeCommand("nexus.resumeRun", runId);
    case "runDoctor":
      return await vscode.commands.executeCommand("nexus.runDoctor");
  }
}
