/** Loads the language client, which the build keeps in a bundle of its own, and starts it. */
import type * as vscode from "vscode";
import { isTooOld, launchEnvironment } from "./daemon/launch.ts";
import type { LanguageServerStart } from "./language/language.ts";
import { launchOptions } from "./launch-options.ts";
import { showError } from "./messages.ts";

export async function launchLanguage(context: vscode.ExtensionContext): Promise<void> {
  // Whatever a person then asks of Nexus says so; the editor's start must not.
  if ((await launchOptions(context)).nodePath === null && isTooOld(process.versions.node)) return;
  try {
    const { startLanguage } = await import("./language/language.ts");
    context.subscriptions.push(await startLanguage(() => serverStart(context)));
  } catch (error) {
    void showError(error);
  }
}

async function serverStart(context: vscode.ExtensionContext): Promise<LanguageServerStart> {
  const options = await launchOptions(context);
  return {
    command: options.nodePath ?? process.execPath,
    args: [options.main, "lsp", "--stdio"],
    env: launchEnvironment(options),
    cwd: context.extensionPath,
  };
}
