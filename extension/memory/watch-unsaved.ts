/** Follows the editor's documents, so that search knows what is typed before it is saved. */
import * as vscode from "vscode";
import type { Daemon } from "../daemon/daemon.ts";
import { folderOf, relativePath } from "./folders.ts";
import type { Memory } from "./memory.ts";
import { type UnsavedFile, UnsavedTexts } from "./unsaved-texts.ts";

const TYPING_MS = 300;

/** Tells a daemon that is there; starts none. */
export function watchUnsaved(daemon: Daemon, memory: Memory): vscode.Disposable {
  const texts = new UnsavedTexts({
    delayMs: TYPING_MS,
    isConnected: () => daemon.state === "connected",
    send: (file, text) => daemon.request("memory/unsaved", { ...file, text }),
  });
  const fileOf = ({ uri }: vscode.TextDocument): UnsavedFile | undefined => {
    const folder = folderOf(memory, uri);
    return folder === undefined ? undefined : { workspace: folder.path, path: relativePath(folder, uri) };
  };
  const look = (document: vscode.TextDocument) => {
    const file = fileOf(document);
    if (file === undefined) return;
    if (document.isDirty) texts.changed(file, () => document.getText());
    else texts.settled(file);
  };
  const settle = (document: vscode.TextDocument) => {
    const file = fileOf(document);
    if (file !== undefined) texts.settled(file);
  };
  for (const document of vscode.workspace.textDocuments) look(document);
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument(({ document }) => look(document)),
    vscode.workspace.onDidSaveTextDocument(settle),
    vscode.workspace.onDidCloseTextDocument(settle),
    { dispose: daemon.onConnected(() => texts.resend()) },
    texts,
  );
}
