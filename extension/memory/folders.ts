/** Which folder of the window something belongs to. */
import * as vscode from "vscode";
import type { Folder, Memory } from "./memory.ts";
import type { Subject } from "./node.ts";

/** Folders on this machine's disk; others have no daemon that could read them. */
export function windowFolders(): Folder[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === "file").map(({ uri, name }) => ({ path: uri.fsPath, name }));
}

export function folderOf(memory: Memory, uri: vscode.Uri): Folder | undefined {
  if (uri.scheme !== "file") return undefined;
  const found = vscode.workspace.getWorkspaceFolder(uri);
  return memory.folders.find(({ path }) => path === found?.uri.fsPath);
}

/** Relative to the folder, with forward slashes. */
export function relativePath(folder: Folder, uri: vscode.Uri): string {
  return uri.path.slice(vscode.Uri.file(folder.path).path.replace(/\/$/, "").length + 1);
}

/** The folder that a node stands for, the only one, that of the active editor, or one that the person picks. */
export async function chooseFolder(memory: Memory, subject: Subject | undefined): Promise<Folder | undefined> {
  if (subject !== undefined && "folder" in subject) return subject.folder;
  const [first, second] = memory.folders;
  if (first === undefined) void vscode.window.showWarningMessage("Nexus: open a folder first; memory is of one.");
  if (second === undefined) return first;
  const items = memory.folders.map((folder) => ({ label: folder.name, description: folder.path, folder }));
  return (await vscode.window.showQuickPick(items, { placeHolder: "Which folder?" }))?.folder;
}

/** What the editor hands to a command: our own node, or the folder that a node's command names. */
export function subjectOf(value: unknown): Subject | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("subject" in value && isSubject(value.subject)) return value.subject;
  return isFolder(value) ? { kind: "folder", folder: value } : undefined;
}

function isSubject(value: unknown): value is Subject {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  if (value.kind === "kept") return "keptId" in value;
  if (value.kind === "test" && !("command" in value && typeof value.command === "string" && "place" in value))
    return false;
  if (value.kind === "fact" && !("fact" in value)) return false;
  return "folder" in value && isFolder(value.folder);
}

function isFolder(value: unknown): value is Folder {
  return typeof value === "object" && value !== null && "path" in value && "name" in value;
}
