/** “Show Impact”: what depends on the symbol under the cursor, kept in the Memory view. */
import * as vscode from "vscode";
import type { Nexus } from "../nexus.ts";
import { folderOf, relativePath } from "./folders.ts";

export async function showImpact(nexus: Nexus): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const folder = editor === undefined ? undefined : folderOf(nexus.memory, editor.document.uri);
  const range = editor?.document.getWordRangeAtPosition(editor.selection.active);
  if (editor === undefined || folder === undefined || range === undefined) {
    void vscode.window.showInformationMessage("Nexus: put the cursor on a symbol in a file of this workspace first.");
    return;
  }
  const symbol = editor.document.getText(range);
  const path = relativePath(folder, editor.document.uri);
  const params = { workspace: folder.path, symbol, path, line: range.start.line + 1 };
  const answer = await withCancel(`Nexus: looking what depends on ${symbol}…`, (signal) =>
    nexus.daemon.request("memory/impact", params, { signal }),
  );
  if (answer === undefined) return;
  nexus.memory.keep({ kind: "impact", folder, symbol: answer.definitions[0]?.symbol ?? symbol, answer });
  await vscode.commands.executeCommand("nexus.memory.focus");
}

/** Shows that it goes on, with a way to cancel; undefined when it was cancelled. */
export async function withCancel<Value>(
  title: string,
  work: (signal: AbortSignal, progress: vscode.Progress<{ message?: string }>) => Promise<Value>,
): Promise<Value | undefined> {
  const { Notification } = vscode.ProgressLocation;
  const cancelling = new AbortController();
  const options = { location: Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    token.onCancellationRequested(() => cancelling.abort());
    try {
      return await work(cancelling.signal, progress);
    } catch (error) {
      if (cancelling.signal.aborted) return undefined;
      throw error;
    }
  });
}
