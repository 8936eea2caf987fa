/** Opening what was found. */
import * as vscode from "vscode";

export interface CodePlace {
  readonly folder: string;
  /** Relative to the folder. */
  readonly path: string;
  /** From 1, both ends included. */
  readonly startLine: number;
  readonly endLine: number;
}

/** Shows the lines, the cursor at their beginning. `preserveFocus`: to look at, the focus stays where it is. */
export async function openCode(place: CodePlace, preserveFocus: boolean): Promise<void> {
  const root = vscode.Uri.file(place.folder);
  const uri = vscode.Uri.joinPath(root, place.path);
  // The daemon may only name files inside of the folder.
  if (!uri.path.startsWith(`${root.path.replace(/\/$/, "")}/`)) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const last = Math.max(0, document.lineCount - 1);
  const start = new vscode.Position(Math.min(last, place.startLine - 1), 0);
  const end = document.lineAt(Math.min(last, Math.max(place.endLine, place.startLine) - 1)).range.end;
  const editor = await vscode.window.showTextDocument(document, { preview: true, preserveFocus });
  editor.selection = preserveFocus ? new vscode.Selection(start, end) : new vscode.Selection(start, start);
  editor.revealRange(new vscode.Range(start, end), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** What an item of the view carries as its command's arguments; undefined for anything else. */
export function placeOf(args: readonly unknown[]): CodePlace | undefined {
  const [folder, path, startLine, endLine] = args;
  if (typeof folder !== "string" || typeof path !== "string") return undefined;
  if (typeof startLine !== "number" || typeof endLine !== "number") return undefined;
  return { folder, path, startLine, endLine };
}
