/** When what a design panel shows may have changed. */
import * as vscode from "vscode";
import type { DesignSource } from "../../protocol/design/requests.ts";
import type { RunEvent } from "../../protocol/run-events.ts";

/** Events after which a run's design looks different. */
const EVENTS: ReadonlySet<RunEvent["body"]["type"]> = new Set([
  "document.written",
  "document.decided",
  "design.stale",
  "design.checked",
  "question.asked",
  "question.answered",
  "task.started",
  "task.finished",
  "run.started",
  "run.finished",
  "changes.ready",
]);

export function changesDesign({ body }: RunEvent): boolean {
  return EVENTS.has(body.type);
}

/** Told of each file of the folder that is made, changed or removed; what packages and git do is no concern of a design. */
export function watchFolder(source: DesignSource, onChange: () => void): vscode.Disposable {
  if ("runId" in source) return { dispose: () => undefined };
  const root = vscode.Uri.joinPath(vscode.Uri.file(source.workspace), source.folder ?? "");
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(root, "**/*"));
  const tell = ({ path }: vscode.Uri) => {
    if (!/\/(node_modules|\.git)(\/|$)/.test(path.slice(root.path.length))) onChange();
  };
  watcher.onDidChange(tell);
  watcher.onDidCreate(tell);
  watcher.onDidDelete(tell);
  return watcher;
}
