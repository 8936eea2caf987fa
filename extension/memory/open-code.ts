/** Opening what was found. */
import * as vscode from "vscode";

export interface CodePlace {
  readonly folder: string;
  /** Relative to the folder. */
  readonly path: string;
  /** From 1, both ends included. */
  readonly startLine: number;
  readonly endLine: number;
  /** "Cart.add": the cursor goes to its name, so that one can ask on from there. */
  readonly symbol: string | null;
}

/** Undefined when the path leads out of the folder: the daemon may only name files inside of it. */
export function uriOf({ folder, path }: CodePlace): vscode.Uri | undefined {
  const root = vscode.Uri.file(folder);
  const uri = vscode.Uri.joinPath(root, path);
  return uri.path.startsWith(`${root.path.replace(/\/$/, "")}/`) ? uri : undefined;
}

/** Shows the lines, the cursor at the symbol's name or their beginning. `preserveFocus`: to look at, the focus stays where it is. */
export async function openCode(place: CodePlace, preserveFocus: boolean): Promise<void> {
  const uri = uriOf(place);
  if (uri === undefined) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const last = Math.max(0, document.lineCount - 1);
  const start = new vscode.Position(Math.min(last, place.startLine - 1), 0);
  const end = document.lineAt(Math.min(last, Math.max(place.endLine, place.startLine) - 1)).range.end;
  const editor = await vscode.window.showTextDocument(document, { preview: true, preserveFocus });
  const cursor = nameIn(document, start.line, place.symbol) ?? start;
  editor.selection = preserveFocus ? new vscode.Selection(start, end) : new vscode.Selection(cursor, cursor);
  editor.revealRange(new vscode.Range(start, end), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Lines that a definition may begin with before its name: decorators, a type of its own. */
const LINES_TO_NAME = 4;

function nameIn(document: vscode.TextDocument, firstLine: number, symbol: string | null): vscode.Position | undefined {
  const name = symbol?.split(/[.:#]+/).at(-1);
  if (name === undefined || name === "") return undefined;
  const last = Math.min(document.lineCount, firstLine + LINES_TO_NAME);
  for (let line = firstLine; line < last; line += 1) {
    const column = document.lineAt(line).text.search(wholeWord(name));
    if (column >= 0) return new vscode.Position(line, column);
  }
  return undefined;
}

function wholeWord(name: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_$])${name.replace(/[^\p{L}\p{N}_]/gu, "\\$&")}(?![\\p{L}\\p{N}_$])`, "u");
}

/** What an item of the view carries as its command's arguments; undefined for anything else. */
export function placeOf(args: readonly unknown[]): CodePlace | undefined {
  const [folder, path, startLine, endLine, symbol] = args;
  if (typeof folder !== "string" || typeof path !== "string") return undefined;
  if (typeof startLine !== "number" || typeof endLine !== "number") return undefined;
  return { folder, path, startLine, endLine, symbol: typeof symbol === "string" ? symbol : null };
}
