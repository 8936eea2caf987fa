/** When the language server is started: never by the editor's start, and only once somebody makes use of it. */
import * as vscode from "vscode";

export interface LanguageStart {
  /** From now on the server may run: it starts when a file is open. */
  begin(): void;
}

/** Asking for code actions where there is something to act on is making use of it; so is whatever opens our window. */
export function createLanguageStart(context: vscode.ExtensionContext): LanguageStart {
  let isBegun = false;
  const language: LanguageStart = {
    begin() {
      if (isBegun || !vscode.workspace.isTrusted || !isWanted()) return;
      isBegun = true;
      whenFileIsOpen(
        context,
        () => void import("./language-launch.ts").then(({ launchLanguage }) => launchLanguage(context)),
      );
    },
  };
  const asked: vscode.CodeActionProvider = {
    provideCodeActions(_document, range, { diagnostics, triggerKind }) {
      const byHand = triggerKind === vscode.CodeActionTriggerKind.Invoke;
      if (byHand || diagnostics.length > 0 || !range.isEmpty) language.begin();
      return [];
    },
  };
  context.subscriptions.push(vscode.languages.registerCodeActionsProvider({ scheme: "file" }, asked));
  return language;
}

/** With everything that it would show switched off, it would be there for nothing. */
function isWanted(): boolean {
  const settings = vscode.workspace.getConfiguration("nexus");
  return ["codeActions", "hover", "codeLens"].some((name) => settings.get(name, true));
}

function whenFileIsOpen(context: vscode.ExtensionContext, then: () => void): void {
  const isFile = (editor: vscode.TextEditor | undefined) => editor?.document.uri.scheme === "file";
  if (isFile(vscode.window.activeTextEditor)) {
    then();
    return;
  }
  const watch = vscode.window.onDidChangeActiveTextEditor((editor) => {
    if (!isFile(editor)) return;
    watch.dispose();
    then();
  });
  context.subscriptions.push(watch);
}
