/** Accepting and discarding a run's change set, whole or by file. */
import * as vscode from "vscode";
import type { ChangeConflict } from "../../protocol/change-set.ts";
import type { RunState } from "../../protocol/run-state.ts";
import type { Nexus } from "../nexus.ts";

/**
 * Writes the files (null: all that wait) into the user's tree. Unsaved editors of them are saved first, or
 * changed and left unsaved, as the user likes. Rejects with a NexusError.
 */
export async function acceptChanges(nexus: Nexus, runId: string, paths: readonly string[] | null): Promise<void> {
  const { run } = await nexus.daemon.request("run/show", { runId });
  const wanted = paths ?? pendingFiles(run);
  if (!(await settleOpenEditors(run.workspace, wanted))) return;
  const params = paths === null ? { runId } : { runId, paths: [...paths] };
  const { accepted, conflicts } = await nexus.daemon.request("changes/accept", params);
  if (conflicts.length === 0)
    vscode.window.setStatusBarMessage(`$(check) Nexus: ${accepted.length} ${files(accepted.length)} written`, 5000);
  // Not awaited: a notice may stay for hours, and what was asked for is done.
  else if (!nexus.panels.isVisible(runId)) void showConflicts(nexus, runId, conflicts);
}

const CHANGE_UNSAVED = "Change in Editor";

/** A visible panel lists them itself. */
async function showConflicts(nexus: Nexus, runId: string, conflicts: readonly ChangeConflict[]): Promise<void> {
  const names = conflicts.map((conflict) => conflict.path).slice(0, 5);
  const text = `Nexus: nothing was written. Changed in your tree since the run began: ${names.join(", ")}.`;
  const chosen = await vscode.window.showWarningMessage(text, "Show Run");
  if (chosen !== undefined) nexus.panels.open(runId);
}

export async function discardChanges(nexus: Nexus, runId: string, paths: readonly string[] | null): Promise<void> {
  const what = paths === null ? "the whole change set" : paths.join(", ");
  const detail = "Your files are not touched. The change can no longer be accepted.";
  const chosen = await vscode.window.showWarningMessage(`Discard ${what}?`, { modal: true, detail }, "Discard");
  if (chosen !== "Discard") return;
  await nexus.daemon.request("changes/discard", paths === null ? { runId } : { runId, paths: [...paths] });
}

/** Files nobody has decided about. The protocol's own function would load its schemas. */
function pendingFiles({ changes }: RunState): string[] {
  if (changes === null || changes.supersededBy !== null) return [];
  const paths = changes.changeSet.files.map((file) => file.path);
  return paths.filter((path) => (changes.decisions[path] ?? "pending") === "pending");
}

/** False when the user would rather not accept now. Texts that stay unsaved are changed by client/applyEdit. */
async function settleOpenEditors(workspace: string, paths: readonly string[]): Promise<boolean> {
  const root = vscode.Uri.file(workspace);
  const wanted = new Set(paths.map((path) => vscode.Uri.joinPath(root, path).toString()));
  const unsaved = vscode.workspace.textDocuments.filter((open) => open.isDirty && wanted.has(open.uri.toString()));
  if (unsaved.length === 0) return true;
  const names = unsaved.map((open) => vscode.workspace.asRelativePath(open.uri)).join(", ");
  const detail =
    "Saved edits count as yours: a file that then differs from the run's beginning is never overwritten. Or the change goes into the unsaved text, beside what you typed.";
  const text = `Save ${names} before accepting?`;
  const chosen = await vscode.window.showWarningMessage(text, { modal: true, detail }, "Save", CHANGE_UNSAVED);
  if (chosen === CHANGE_UNSAVED) return true;
  if (chosen !== "Save") return false;
  const saved = await Promise.all(unsaved.map((open) => open.save()));
  return saved.every(Boolean);
}

function files(count: number): string {
  return count === 1 ? "file" : "files";
}
