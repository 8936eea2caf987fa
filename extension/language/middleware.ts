/** What of the language server reaches the person, and where its runs are shown. */
import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { isWelcome } from "./offers.ts";
import { runShownBy } from "./run-documents.ts";

/** Settings that switch a feature off; read at each request, so that they take effect at once. */
export const SWITCHES = {
  codeActions: "nexus.codeActions",
  hover: "nexus.hover",
  codeLens: "nexus.codeLens",
} as const;

export const middleware: Middleware = {
  provideCodeActions: (document, range, context, token, next) =>
    isOn(SWITCHES.codeActions, document) ? next(document, range, context, token) : [],
  provideHover: (document, position, token, next) =>
    isOn(SWITCHES.hover, document) ? next(document, position, token) : undefined,
  provideCodeLenses: (document, token, next) => (isOn(SWITCHES.codeLens, document) ? next(document, token) : []),
  async handleRegisterCapability({ registrations }, next) {
    await next({ registrations: registrations.filter(({ method }) => isWelcome(method)) }, NEVER_CANCELLED);
  },
  window: {
    async showDocument(params, token, next) {
      const runId = runShownBy(params.uri);
      if (runId === undefined) return next(params, token);
      await vscode.commands.executeCommand("nexus.openRun", runId);
      return { success: true };
    },
  },
};

const NEVER_CANCELLED: vscode.CancellationToken = {
  isCancellationRequested: false,
  onCancellationRequested: () => new vscode.Disposable(() => undefined),
};

function isOn(setting: string, document: vscode.TextDocument): boolean {
  return vscode.workspace.getConfiguration(undefined, document).get(setting, true);
}
