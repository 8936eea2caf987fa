/** An accepted change for files that are open with unsaved text: put into them, unsaved, so that nothing typed is lost. */
import * as vscode from "vscode";
import { placeHunks } from "../../protocol/hunks.ts";
import type { ReverseAnswer, ReverseParams } from "../../protocol/reverse.ts";

type Answer = ReverseAnswer<"client/applyEdit">;

/** All files or none; a file that somebody types in meanwhile is not changed. */
export async function applyEdit(asked: ReverseParams<"client/applyEdit">): Promise<Answer> {
  const { workspace, files, title, takesBack = false } = asked;
  const edit = new vscode.WorkspaceEdit();
  const names: string[] = [];
  for (const { path, hunks } of files) {
    const document = openDocument(workspace, path);
    if (document === undefined) return { applied: false, path, reason: "it is not open in this editor any more" };
    if (!document.isDirty && !takesBack) return { applied: false, path, reason: "it was saved meanwhile" };
    const lines = document.getText().split(/\r\n|\r|\n/);
    const placed = placeHunks(lines, hunks);
    if (!placed.ok) return { applied: false, path, reason: reasonOf(placed) };
    const end = document.eol === vscode.EndOfLine.CRLF ? "\r\n" : "\n";
    for (const { start, end: last, lines: added } of placed.edits)
      edit.replace(document.uri, rangeOf(document, start, last), textOf(document, { start, last, added }, end));
    names.push(path);
  }
  if (!(await vscode.workspace.applyEdit(edit)))
    return { applied: false, reason: "the editor did not take the change; the text changed meanwhile" };
  void vscode.window.showInformationMessage(
    `Nexus: “${title}” is now in your unsaved ${names.join(", ")}. Save to keep it, undo to take it out.`,
  );
  return { applied: true };
}

function openDocument(workspace: string, path: string): vscode.TextDocument | undefined {
  const uri = vscode.Uri.joinPath(vscode.Uri.file(workspace), path).toString();
  const open = vscode.workspace.textDocuments.filter((document) => !document.isClosed);
  return open.find((document) => document.uri.toString() === uri);
}

function reasonOf({ line, problem }: { line: number; problem: "changed" | "ambiguous" }): string {
  return problem === "changed"
    ? `the lines around line ${line + 1} were changed there`
    : `the lines around line ${line + 1} stand there more than once`;
}

/** Whole lines; the last line of a document has no end to take along. */
function rangeOf(document: vscode.TextDocument, start: number, end: number): vscode.Range {
  if (end < document.lineCount) return new vscode.Range(start, 0, end, 0);
  const last = document.lineAt(document.lineCount - 1).range.end;
  if (start >= document.lineCount || start === 0) return new vscode.Range(start, 0, last.line, last.character);
  return new vscode.Range(document.lineAt(start - 1).range.end, last);
}

function textOf(
  document: vscode.TextDocument,
  { start, last, added }: { start: number; last: number; added: readonly string[] },
  end: string,
): string {
  if (last < document.lineCount) return added.map((line) => line + end).join("");
  return start === 0 ? added.join(end) : added.map((line) => end + line).join("");
}
