/** Setting and removing the key of a model's provider. */
import * as vscode from "vscode";
import { PROVIDERS, type Provider } from "../model-preferences.ts";
import type { Nexus } from "../nexus.ts";
import { readSettings, removeKey, storeKey } from "../settings.ts";

export async function askForKey(nexus: Nexus): Promise<void> {
  const provider = await pickProvider("Whose key?");
  if (provider === undefined) return;
  const key = await vscode.window.showInputBox({
    title: `Key of ${provider}`,
    prompt: "Kept in the editor's secret storage and handed to the daemon's memory; never written to a file or a log.",
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (/^\S+$/.test(value.trim()) ? undefined : "A key holds no spaces."),
  });
  if (key === undefined) return;
  await storeKey(nexus.context.secrets, provider, key.trim());
  if (readSettings().provider !== provider)
    await vscode.workspace.getConfiguration("nexus").update("provider", provider, vscode.ConfigurationTarget.Global);
  await nexus.daemon.configure();
  void vscode.window.showInformationMessage(`Nexus: the key of ${provider} is set.`);
}

export async function forgetKey(nexus: Nexus): Promise<void> {
  const provider = await pickProvider("Whose key is to be removed?");
  if (provider === undefined) return;
  await removeKey(nexus.context.secrets, provider);
  // An empty text takes the key back from the daemon too.
  if (nexus.daemon.state === "connected") await nexus.daemon.request("model/configure", { provider, apiKey: "" });
  void vscode.window.showInformationMessage(`Nexus: the key of ${provider} is removed.`);
}

/** The provider in the settings comes first. */
async function pickProvider(placeHolder: string): Promise<Provider | undefined> {
  const { provider } = readSettings();
  const withKeys = PROVIDERS.filter((name) => name !== "ollama" && name !== "editor");
  const ordered = withKeys.toSorted((first, second) => Number(second === provider) - Number(first === provider));
  const picked = await vscode.window.showQuickPick(ordered, { placeHolder });
  return ordered.find((name) => name === picked);
}
