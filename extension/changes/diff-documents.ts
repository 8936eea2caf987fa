/** A run's files before and after as read-only documents, for the editor's own diff. */
import * as vscode from "vscode";
import type { Daemon } from "../daemon/daemon.ts";

const CHANGE_SCHEME = "nexus-change";
type Side = "before" | "after";

/** Addresses one side of one file of a run's change set. */
function changeUri(runId: string, path: string, side: Side): vscode.Uri {
  return vscode.Uri.from({
    scheme: CHANGE_SCHEME,
    path: `/${path}`,
    query: new URLSearchParams({ runId, side }).toString(),
  });
}

/** The text behind such an address; empty where the file does not exist or is binary. */
export async function changeText(daemon: Daemon, uri: vscode.Uri): Promise<string> {
  const query = new URLSearchParams(uri.query);
  const side: Side = query.get("side") === "after" ? "after" : "before";
  const { text } = await daemon.request("changes/file", {
    runId: query.get("runId") ?? "",
    path: uri.path.slice(1),
    side,
  });
  return text ?? "";
}

export async function openDiff(runId: string, path: string): Promise<void> {
  const [before, after] = [changeUri(runId, path, "before"), changeUri(runId, path, "after")];
  const title = `${path.split("/").at(-1)} (before ↔ after the run)`;
  await vscode.commands.executeCommand("vscode.diff", before, after, title, { preview: true });
}

export async function openChangedFile(workspace: string | undefined, path: string): Promise<void> {
  if (workspace === undefined) return;
  const uri = vscode.Uri.joinPath(vscode.Uri.file(workspace), path);
  // A page may only name files inside the run's workspace.
  if (!uri.path.startsWith(`${vscode.Uri.file(workspace).path.replace(/\/$/, "")}/`)) return;
  await vscode.window.showTextDocument(uri, { preview: true });
}
