/** The sidebar: runs, and below a run with a change set the files it waits to change. */
import * as vscode from "vscode";
import type { ChangedFile } from "../../protocol/change-set.ts";
import type { RunSummary } from "../../protocol/run.ts";
import type { Daemon } from "../daemon/daemon.ts";
import type { Presence } from "./presence.ts";
import { abilities, ago, shortPrompt } from "./run-facts.ts";
import type { RunList } from "./run-list.ts";
import { statusIcon, statusLabel } from "./run-look.ts";

export type RunNode =
  | { readonly kind: "run"; readonly run: RunSummary }
  | { readonly kind: "file"; readonly runId: string; readonly workspace: string; readonly file: ChangedFile }
  | { readonly kind: "more" };

export async function childNodes(runs: RunList, daemon: Daemon, parent: RunNode | undefined): Promise<RunNode[]> {
  if (parent === undefined) {
    await runs.load();
    const nodes = runs.all.map((run): RunNode => ({ kind: "run", run }));
    return runs.hasMore ? [...nodes, { kind: "more" }] : nodes;
  }
  return parent.kind === "run" ? await fileNodes(daemon, parent.run) : [];
}

async function fileNodes(daemon: Daemon, { runId, workspace }: RunSummary): Promise<RunNode[]> {
  const { run } = await daemon.request("run/show", { runId });
  const { changes } = run;
  if (changes === null || changes.supersededBy !== null) return [];
  const pending = changes.changeSet.files.filter((file) => (changes.decisions[file.path] ?? "pending") === "pending");
  return pending.map((file) => ({ kind: "file", runId, workspace, file }));
}

export function treeItem(node: RunNode, presence: Pick<Presence, "watching">): vscode.TreeItem {
  switch (node.kind) {
    case "run":
      return runItem(node.run, presence.watching(node.run.runId));
    case "file":
      return fileItem(node);
    case "more": {
      const item = new vscode.TreeItem("Load older runs…");
      item.command = { command: "nexus.loadMoreRuns", title: "Load older runs" };
      item.iconPath = new vscode.ThemeIcon("ellipsis");
      return item;
    }
  }
}

function runItem(run: RunSummary, watched: string | undefined): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(shortPrompt(run.prompt), run.pendingFiles > 0 ? Collapsed : None);
  const files = run.pendingFiles > 0 ? ` · ${run.pendingFiles} to review` : "";
  const status = statusLabel(run.status);
  item.id = run.runId;
  const others = watched === undefined ? "" : ` · ${watched}`;
  item.description = `${status} · ${ago(run.updatedAt, Date.now())}${files}${others}`;
  item.iconPath = statusIcon(run.status);
  item.contextValue = ["run", ...abilities(run)].join(" ");
  item.tooltip = `${run.prompt.slice(0, 1000)}\n\n${status} · $${run.costUsd.toFixed(4)} · ${run.workspace}${others}`;
  item.accessibilityInformation = { label: `${shortPrompt(run.prompt)}, ${item.description}`, role: "treeitem" };
  item.command = { command: "nexus.openRun", title: "Open Run", arguments: [node(run)] };
  return item;
}

function node(run: RunSummary): RunNode {
  return { kind: "run", run };
}

function fileItem(fileNode: Extract<RunNode, { kind: "file" }>): vscode.TreeItem {
  const { file, runId, workspace } = fileNode;
  const item = new vscode.TreeItem(vscode.Uri.joinPath(vscode.Uri.file(workspace), file.path));
  const counts = file.binary ? "binary" : `+${file.additions} −${file.deletions}`;
  item.id = `${runId}/${file.path}`;
  item.description = file.status === "modified" ? counts : `${file.status} ${counts}`;
  item.iconPath = vscode.ThemeIcon.File;
  item.contextValue = "file";
  item.tooltip = `${file.path} (${file.status})`;
  item.accessibilityInformation = { label: `${file.path}, ${item.description}`, role: "treeitem" };
  item.command = { command: "nexus.openDiff", title: "Open Changes", arguments: [fileNode] };
  return item;
}
