/**
 * VS Code as a client of Nexus's language server: code actions, hover and code lenses. A bundle of its own, loaded when
 * it is first of use (language-start.ts).
 */
import { spawn } from "node:child_process";
import * as vscode from "vscode";
import { CodeLensRequest, LanguageClient, RevealOutputChannelOn } from "vscode-languageclient/node";
import { middleware, SWITCHES } from "./middleware.ts";

/** How the server is started; asked for at each start, because settings change. */
export interface LanguageServerStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** Resolves when the server answers; disposing ends it. Rejects when it cannot be started. */
export async function startLanguage(start: () => Promise<LanguageServerStart>): Promise<vscode.Disposable> {
  const client = new LanguageClient(
    "nexus.language",
    "Nexus Language Server",
    async () => {
      const { command, args, env, cwd } = await start();
      return spawn(command, args, { cwd, env, windowsHide: true, stdio: "pipe" });
    },
    {
      documentSelector: [{ scheme: "file" }, { scheme: "untitled" }],
      // Nothing twice: runs ask in their panel, and the editor's own servers know symbols and references better.
      initializationOptions: { approvals: false, symbols: false, references: "never" },
      middleware,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      progressOnInitialization: false,
      diagnosticCollectionName: "nexus",
    },
  );
  const changes = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration("nexus.home") || event.affectsConfiguration("nexus.nodePath"))
      void client.restart().catch(() => undefined);
    else if (event.affectsConfiguration(SWITCHES.codeLens)) askForLensesAgain(client);
  });
  await client.start();
  return vscode.Disposable.from(changes, { dispose: () => void client.dispose().catch(() => undefined) });
}

function askForLensesAgain(client: LanguageClient): void {
  for (const document of vscode.workspace.textDocuments)
    client.getFeature(CodeLensRequest.method).getProvider(document)?.onDidChangeCodeLensEmitter.fire();
}
