/** Problems of workflow files where they stand, told by the daemon: also without an extension for YAML. */
import * as vscode from "vscode";
import type { Answer } from "../../protocol/messages.ts";
import type { Daemon } from "../daemon/daemon.ts";
import { pathIn } from "./run-workflow.ts";
import { isWorkflowFile } from "./workflow-files.ts";

type Problem = Answer<"workflow/validate">["problems"][number];

export interface WorkflowDiagnostics extends vscode.Disposable {
  /** Looks at a document that was opened or saved; does nothing for one that is no workflow of this window. */
  look(document: vscode.TextDocument): Promise<void>;
}

export function createWorkflowDiagnostics(daemon: Daemon): WorkflowDiagnostics {
  const collection = vscode.languages.createDiagnosticCollection("nexus.workflows");
  const closed = vscode.workspace.onDidCloseTextDocument(({ uri }) => collection.delete(uri));
  return {
    async look(document) {
      const folder = vscode.workspace.getWorkspaceFolder(document.uri);
      if (folder?.uri.scheme !== "file" || !isWorkflowFile(document.uri.path)) return;
      const path = pathIn(folder, document.uri);
      const { version } = document;
      const text = document.getText();
      const { problems } = await daemon.request("workflow/validate", { workspace: folder.uri.fsPath, path, text });
      // It may have been closed or typed into meanwhile: then places are no longer true, and a save asks again.
      if (document.isClosed || document.version !== version) return;
      collection.set(
        document.uri,
        problems.map((problem) => diagnosticOf(document, path, problem)),
      );
    },
    dispose() {
      closed.dispose();
      collection.dispose();
    },
  };
}

/** A problem of a file that this one calls stands in the first line, with the place there. */
function diagnosticOf(document: vscode.TextDocument, path: string, problem: Problem): vscode.Diagnostic {
  const { file, line, column, message, hint } = problem;
  const isHere = file === path;
  const start = isHere
    ? document.validatePosition(new vscode.Position(line - 1, column - 1))
    : new vscode.Position(0, 0);
  const range = document.getWordRangeAtPosition(start) ?? document.lineAt(start.line).range.with({ start });
  const place = isHere ? "" : `${file}:${line}:${column}: `;
  const diagnostic = new vscode.Diagnostic(range, `${place}${message}. ${hint}`, vscode.DiagnosticSeverity.Error);
  diagnostic.source = "Nexus";
  return diagnostic;
}
