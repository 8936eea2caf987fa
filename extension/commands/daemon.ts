/** Looking after the daemon. */
import * as vscode from "vscode";
import { runDoctor } from "../daemon/doctor.ts";
import { logFile } from "../daemon/home.ts";
import { launchOptions } from "../launch-options.ts";
import type { Nexus } from "../nexus.ts";

export async function showLog(nexus: Nexus): Promise<void> {
  const { home } = await launchOptions(nexus.context);
  const uri = vscode.Uri.file(logFile(home));
  const found = await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  if (!found) {
    void vscode.window.showInformationMessage(`Nexus: no daemon has written a log in ${home} yet.`);
    return;
  }
  const log = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(log, { preview: true });
  editor.revealRange(new vscode.Range(log.lineCount, 0, log.lineCount, 0));
}

export async function restartDaemon(nexus: Nexus): Promise<void> {
  const { Notification } = vscode.ProgressLocation;
  await vscode.window.withProgress({ location: Notification, title: "Nexus: restarting the daemon…" }, () =>
    nexus.daemon.restart(),
  );
  vscode.window.setStatusBarMessage("$(check) Nexus: the daemon runs again", 5000);
}

export async function showDoctor(nexus: Nexus): Promise<void> {
  const { Notification } = vscode.ProgressLocation;
  const options = await launchOptions(nexus.context);
  const content = await vscode.window.withProgress({ location: Notification, title: "Nexus: examining…" }, () =>
    runDoctor(options),
  );
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content }), { preview: true });
}
