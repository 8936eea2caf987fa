/** Re-indexing, vectors, and what was left out. */
import * as vscode from "vscode";
import type { Nexus } from "../nexus.ts";
import { withCancel } from "./impact.ts";
import { progressText, skippedText } from "./index-nodes.ts";
import type { Folder } from "./memory.ts";
import { count } from "./node.ts";

/** Shows how far it is; cancelled, what was read by then is kept. */
export async function reindex({ daemon, memory }: Nexus, folder: Folder): Promise<void> {
  const totals = await withCancel(`Nexus: indexing ${folder.name}`, async (signal, progress) => {
    const off = memory.onChange(() => {
      const now = memory.progress(folder);
      if (now !== undefined) progress.report({ message: progressText(now) });
    });
    try {
      return await daemon.request("memory/index", { workspace: folder.path }, { signal });
    } finally {
      off();
    }
  });
  memory.refresh();
  if (totals !== undefined)
    vscode.window.setStatusBarMessage(`$(check) Nexus: ${count(totals.files, "file")} of ${folder.name} indexed`, 5000);
}

export async function controlEmbedding(nexus: Nexus, folder: Folder, action: "pause" | "resume"): Promise<void> {
  await nexus.daemon.request("memory/embedding", { workspace: folder.path, action });
  nexus.memory.refresh();
}

/** Says first what it would cost. */
export async function buildVectors({ daemon, memory }: Nexus, folder: Folder): Promise<void> {
  const workspace = folder.path;
  const { estimate } = await daemon.request("memory/embedding", { workspace, action: "estimate" });
  const price =
    estimate === null || estimate.costUsd === null ? "a price that is not known" : `$${estimate.costUsd.toFixed(4)}`;
  const chunks = estimate === null ? "all chunks" : count(estimate.chunks, "chunk");
  const chosen = await vscode.window.showInformationMessage(
    `Build vectors for ${folder.name}?`,
    { modal: true, detail: `${chunks}, ${price}. It goes on in the background and can be paused.` },
    "Build",
  );
  if (chosen === undefined) return;
  await daemon.request("memory/embedding", { workspace, action: "start" });
  memory.refresh();
}

export async function showSkipped({ memory }: Nexus, folder: Folder): Promise<void> {
  const content = skippedText(folder, await memory.status(folder));
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content }), { preview: true });
}
