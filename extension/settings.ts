/** The user's settings and keys. Keys live in the editor's secret storage and nowhere else. */
import * as vscode from "vscode";
import type { ModelSettingsInput } from "../protocol/run.ts";
import type { ModelChoice } from "../protocol/run-events.ts";
import {
  lowestBudget,
  type ModelPreferences,
  PROVIDERS,
  type Provider,
  parsePrice,
  resumeChoice,
} from "./model-preferences.ts";

export interface ExtensionSettings extends ModelPreferences {
  readonly budgetUsd: number | null;
  /** Program to run the daemon with; null: the editor's own Node. */
  readonly nodePath: string | null;
  /** The data folder; null: NEXUS_HOME or the platform's own. */
  readonly home: string | null;
}

export function readSettings(scope?: vscode.Uri): ExtensionSettings {
  const settings = vscode.workspace.getConfiguration("nexus", scope);
  const text = (name: string) => settings.get<string>(name)?.trim() || null;
  const budget = settings.inspect<number | null>("budgetUsd");
  const provider = text("provider");
  return {
    provider: PROVIDERS.find((known) => known === provider) ?? null,
    model: text("model"),
    baseUrl: text("baseUrl")?.replace(/\/+$/, "") ?? null,
    price: parsePrice(text("price")),
    budgetUsd: lowestBudget([budget?.globalValue, budget?.workspaceValue, budget?.workspaceFolderValue]),
    nodePath: text("nodePath"),
    home: text("home"),
  };
}

/** The key of the provider in the settings, if both are there. */
export async function currentKey(secrets: vscode.SecretStorage): Promise<string | null> {
  const { provider } = readSettings();
  return provider === null ? null : ((await secrets.get(secretName(provider))) ?? null);
}

export function storeKey(secrets: vscode.SecretStorage, provider: Provider, key: string): Thenable<void> {
  return secrets.store(secretName(provider), key);
}

export function removeKey(secrets: vscode.SecretStorage, provider: Provider): Thenable<void> {
  return secrets.delete(secretName(provider));
}

/**
 * The model to name in run/start and run/resume. Undefined in most cases: model/configure has told the daemon, which
 * fills in what the settings leave out. Only a price has no other way, and how much a model of this editor takes.
 */
export async function runModelSettings(
  secrets: vscode.SecretStorage,
  scope?: vscode.Uri,
): Promise<{ modelSettings?: ModelSettingsInput }> {
  const { provider, model, baseUrl, price } = readSettings(scope);
  if (provider === "editor") {
    const { editorWindow } = await import("./editor/choose-model.ts");
    const name = model ?? "any";
    return { modelSettings: { provider, model: name, price, windowTokens: (await editorWindow(name)) ?? null } };
  }
  if (provider === null || model === null || price === null) return {};
  return { modelSettings: { provider, model, baseUrl, price, apiKey: await currentKey(secrets) } };
}

/**
 * The model to name in run/resume: the present preferences where there are any, so that a new key or model takes effect,
 * filled up with what the run used. Undefined leaves the run with what it had.
 */
export async function resumeModelSettings(
  secrets: vscode.SecretStorage,
  used: ModelChoice,
  scope?: vscode.Uri,
): Promise<{ modelSettings?: ModelSettingsInput }> {
  const choice = resumeChoice(readSettings(scope), used);
  return choice === undefined ? {} : { modelSettings: { ...choice, apiKey: await currentKey(secrets) } };
}

function secretName(provider: Provider): string {
  return `nexus.key.${provider}`;
}
