/** The editor's own trust in a folder is a person's decision: the daemon is told of it, and asks again when the folder changed. */
import * as vscode from "vscode";
import type { WorkspaceTrust } from "../../protocol/workspace.ts";
import type { Nexus } from "../nexus.ts";

const MOST_NAMES = 5;

/**
 * What `run/start` is told about trust; undefined when the user wants no run after all. The editor starts nothing in a folder
 * that it does not trust itself, so what is left to ask is a folder whose configuration has changed since.
 */
export async function trustForRun(nexus: Nexus, workspace: string): Promise<{ trusted: boolean } | undefined> {
  const found = await nexus.daemon.request("workspace/trust", { workspace });
  switch (found.state) {
    case "trusted":
      return { trusted: vscode.workspace.isTrusted };
    case "untrusted":
      return { trusted: false };
    case "undecided":
      await trust(nexus, found);
      return { trusted: true };
    case "changed": {
      const choice = await lookAgain(found, "Run Untrusted");
      if (choice === "again") await trust(nexus, found);
      return choice === undefined ? undefined : { trusted: choice === "again" };
    }
  }
}

/** The user has just said in the editor that they trust its folders. */
export async function trustGranted(nexus: Nexus): Promise<void> {
  for (const found of await lookAtFolders(nexus))
    if (found.state === "undecided" || found.state === "untrusted") await trust(nexus, found);
}

/** Tells of folders that changed since they were trusted, each change once. */
export function watchTrust(nexus: Nexus): () => void {
  const told = new Set<string>();
  return nexus.daemon.onConnected(async () => {
    const folders = await lookAtFolders(nexus).catch(() => []);
    for (const found of folders) {
      if (found.state !== "changed" || told.has(found.hash)) continue;
      told.add(found.hash);
      void tellOfChange(nexus, found).catch(nexus.report);
    }
  });
}

/** “Trust Folder…”: what trust rests on, and giving or taking it. */
export async function manageTrust(nexus: Nexus): Promise<void> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const folder = folders.length > 1 ? await vscode.window.showWorkspaceFolderPick() : folders[0];
  if (folder === undefined) return;
  const { daemon } = nexus;
  const found = await daemon.request("workspace/trust", { workspace: folder.uri.fsPath });
  const choice = await lookAgain(found, "Do Not Trust");
  if (choice === "again") await trust(nexus, found);
  if (choice === "without") await daemon.request("workspace/setTrust", { workspace: found.workspace, trusted: false });
  if (choice !== undefined)
    vscode.window.setStatusBarMessage(
      `$(shield) Nexus: ${folder.name} ${choice === "again" ? "is" : "is not"} trusted`,
      5000,
    );
}

async function trust(nexus: Nexus, { workspace, hash }: WorkspaceTrust): Promise<void> {
  await nexus.daemon.request("workspace/setTrust", { workspace, trusted: true, hash });
}

async function lookAtFolders({ daemon }: Nexus): Promise<WorkspaceTrust[]> {
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  return Promise.all(folders.map((workspace) => daemon.request("workspace/trust", { workspace })));
}

async function tellOfChange(nexus: Nexus, found: WorkspaceTrust): Promise<void> {
  const more = found.changed.length - MOST_NAMES;
  const names = `${found.changed.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const text = `Nexus: ${CHANGED} (${names}). Until you look, runs count it as untrusted: no tests, no commands, no rules.`;
  const chosen = await vscode.window.showWarningMessage(text, "Trust Again", "Show");
  const choice = chosen === "Show" ? await lookAgain(found, undefined) : chosen === undefined ? undefined : "again";
  if (choice === "again") await trust(nexus, found);
}

const CHANGED = "What this folder configures or has run has changed since you trusted it";

interface Item extends vscode.QuickPickItem {
  readonly choice?: "again" | "without";
  readonly path?: string;
}

/** A list to look at: files open beside it while it stays. Undefined: the user left it. */
async function lookAgain(found: WorkspaceTrust, without: string | undefined): Promise<Item["choice"]> {
  const list = vscode.window.createQuickPick<Item>();
  list.title = titleOf(found);
  list.placeholder = "Choose, or look at a file first";
  list.ignoreFocusOut = true;
  list.items = itemsOf(found, without);
  const chosen = new Promise<Item["choice"]>((resolve) => {
    list.onDidAccept(() => {
      const [picked] = list.selectedItems;
      if (picked?.path === undefined) resolve(picked?.choice);
      else void openFile(found.workspace, picked.path);
    });
    list.onDidHide(() => resolve(undefined));
  });
  list.show();
  return chosen.finally(() => list.dispose());
}

function titleOf({ state }: WorkspaceTrust): string {
  if (state === "changed") return CHANGED;
  return state === "trusted" ? "You trust this folder" : "This folder is not trusted";
}

function itemsOf({ state, files, changed }: WorkspaceTrust, without: string | undefined): Item[] {
  const again = state === "changed" ? "Trust Again" : "Trust";
  const reasons = new Map(files.map(({ path, why }) => [path, why]));
  const paths = state === "changed" ? changed : files.map(({ path }) => path);
  const choices: Item[] = [
    {
      label: `$(shield) ${again}`,
      detail: "Its tests and commands may run, and its rules are obeyed.",
      choice: "again",
    },
  ];
  const less = "Nothing of it runs: no tests, no commands; its rules are not obeyed.";
  if (without !== undefined) choices.push({ label: `$(circle-slash) ${without}`, detail: less, choice: "without" });
  const heading = state === "changed" ? "changed since" : "what counts";
  return [
    ...choices,
    { label: heading, kind: vscode.QuickPickItemKind.Separator },
    ...paths.map((path) => ({ label: `$(file) ${path}`, description: reasons.get(path) ?? "is gone", path })),
  ];
}

async function openFile(workspace: string, path: string): Promise<void> {
  const uri = vscode.Uri.joinPath(vscode.Uri.file(workspace), path);
  try {
    await vscode.window.showTextDocument(uri, { preview: true, preserveFocus: true });
  } catch {
    vscode.window.setStatusBarMessage(`Nexus: ${path} cannot be shown`, 5000);
  }
}
