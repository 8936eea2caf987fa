/** “Design a Feature…”, “Open Design”, “Import MetaGPT Project…”. */
import * as vscode from "vscode";
import type { DesignSource } from "../../protocol/design/requests.ts";
import { pickFolder } from "../commands/start.ts";
import type { Nexus } from "../nexus.ts";
import { designFeature } from "./design-feature.ts";
import { PROJECT_FILES, projectFolders } from "./projects.ts";
import { folderSource } from "./source.ts";

export { designFeature };

const MOST_FILES = 500;

/** `given`: a folder of the explorer, or a run's id. Else the run in front, if it designs; else documents of the folder. */
export async function openDesign(nexus: Nexus, given: unknown): Promise<void> {
  const designs = await nexus.designs();
  if (given instanceof vscode.Uri && given.scheme === "file")
    return designs.open(folderSource(given.fsPath, workspaces()));
  const runId = typeof given === "string" ? given : await designingRun(nexus);
  if (runId !== undefined) return designs.open({ runId });
  const folder = await pickFolder();
  const source = folder === undefined ? undefined : await pickProject(folder);
  if (source !== undefined) designs.open(source);
}

/** Any folder: it is read where it is, and nothing in it is changed. What cannot be read in it is told in the panel. */
export async function importProject(nexus: Nexus): Promise<void> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: "Nexus: Import MetaGPT Project",
      openLabel: "Import",
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  if (folder !== undefined) (await nexus.designs()).open(folderSource(folder.fsPath, workspaces()));
}

async function designingRun({ panels, daemon }: Nexus): Promise<string | undefined> {
  const runId = panels.activeRun;
  if (runId === undefined) return undefined;
  const { run } = await daemon.request("run/show", { runId });
  return (run.design?.documents.length ?? 0) > 0 ? runId : undefined;
}

async function pickProject(folder: vscode.WorkspaceFolder): Promise<DesignSource | undefined> {
  const pattern = new vscode.RelativePattern(folder, PROJECT_FILES);
  const files = await vscode.workspace.findFiles(pattern, "**/node_modules/**", MOST_FILES);
  const found = projectFolders(files.map(({ path }) => path.slice(folder.uri.path.replace(/\/$/, "").length + 1)));
  const workspace = folder.uri.fsPath;
  const sourceOf = (project: string): DesignSource => (project === "" ? { workspace } : { workspace, folder: project });
  if (found.length < 2) return sourceOf(found[0] ?? "");
  const items = found.map((project) => ({ label: project === "" ? folder.name : project, project }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: "Nexus: Open Design",
    placeHolder: "Which project?",
  });
  return chosen === undefined ? undefined : sourceOf(chosen.project);
}

function workspaces(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
}
