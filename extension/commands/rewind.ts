/** Going back from the palette and the list of runs: first which run, then which of its checkpoints. */
import * as vscode from "vscode";
import type { Answer } from "../../protocol/messages.ts";
import { fork, rewindAccept, rewindTo, undoRewind } from "../changes/rewind.ts";
import type { Nexus } from "../nexus.ts";
import { ago } from "../runs/run-facts.ts";

type Checkpoints = Answer<"run/checkpoints">;
type Point = Checkpoints["checkpoints"][number];

interface PointItem extends vscode.QuickPickItem {
  readonly point?: Point;
}

export async function rewindRun(nexus: Nexus, runId: string): Promise<void> {
  const found = await nexus.daemon.request("run/checkpoints", { runId });
  const picked = await pickPoint(found, "Back to where?", beforeAccept(found));
  if (picked === undefined) return;
  if (picked.point === undefined) await rewindAccept(nexus, runId);
  else nexus.panels.open((await rewindTo(nexus, runId, picked.point.number)) ?? runId);
}

export async function forkRun(nexus: Nexus, runId: string): Promise<void> {
  const found = await nexus.daemon.request("run/checkpoints", { runId });
  const picked = await pickPoint(found, "Where does the new run go on?", []);
  if (picked?.point === undefined) return;
  const next = await fork(nexus, runId, picked.point.number);
  if (next !== undefined) nexus.panels.open(next);
}

export async function undoLastRewind(nexus: Nexus, runId: string): Promise<void> {
  const { canUndo } = await nexus.daemon.request("run/checkpoints", { runId });
  if (canUndo) await undoRewind(nexus, runId);
  else void vscode.window.showInformationMessage("Nexus: this run has no rewind to undo.");
}

function beforeAccept({ accepted }: Checkpoints): PointItem[] {
  if (accepted.length === 0) return [];
  const names = `${accepted.slice(0, 4).join(", ")}${accepted.length > 4 ? ` and ${accepted.length - 4} more` : ""}`;
  return [{ label: "$(discard) Before you accepted", description: "your folder only", detail: names }];
}

/** Newest first. */
async function pickPoint(
  { checkpoints }: Checkpoints,
  placeHolder: string,
  others: readonly PointItem[],
): Promise<PointItem | undefined> {
  const points = checkpoints.toReversed().map((point) => ({
    label: `$(history) Checkpoint ${point.number}`,
    description: `before step ${point.turn} of ${point.taskId} · ${ago(point.at, Date.now())}`,
    ...(point.leftOut.length === 0 ? {} : { detail: `without ${point.leftOut.slice(0, 4).join(", ")}` }),
    point,
  }));
  const items: PointItem[] = [...others, ...points];
  if (items.length > 0) return vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  void vscode.window.showInformationMessage("Nexus: this run has no checkpoint; it changed nothing yet.");
  return undefined;
}
