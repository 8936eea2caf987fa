/** “Choose Editor Model…”: which of the editor's own models carries out runs, and what such a run is told of it. */
import * as vscode from "vscode";
import { showError } from "../messages.ts";
import type { Nexus } from "../nexus.ts";
import { chosen, modelLabel } from "./models.ts";

/** What the daemon keeps requests to anyway; a model with a smaller window needs less. */
const WORKING_TOKENS = 90_000;
const LEAST_TOKENS = 4000;

export async function chooseModel(nexus: Nexus): Promise<void> {
  const models = await vscode.lm.selectChatModels();
  if (models.length === 0) {
    const text =
      "Nexus: this editor offers no model. Install an extension that brings one (GitHub Copilot does), or sign in.";
    void vscode.window.showWarningMessage(text);
    return;
  }
  const items = models.map((model) => ({
    label: model.name,
    description: modelLabel(model),
    detail: `${model.maxInputTokens.toLocaleString("en")} tokens of input`,
  }));
  const title = "Which of the editor's models?";
  const placeHolder = "Runs are then answered through this editor, on the account that is signed in here.";
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
  if (picked === undefined) return;
  const settings = vscode.workspace.getConfiguration("nexus");
  try {
    await settings.update("provider", "editor", vscode.ConfigurationTarget.Global);
    await settings.update("model", picked.description, vscode.ConfigurationTarget.Global);
    await nexus.daemon.configure();
    void vscode.window.showInformationMessage(`Nexus: runs ask ${picked.label} of this editor.`);
  } catch (error) {
    void showError(error);
  }
}

/** Tokens that a request and its answer may have; undefined where the model is not there now, or has plenty. */
export async function editorWindow(model: string): Promise<number | undefined> {
  const found = chosen(await vscode.lm.selectChatModels(), model);
  const tokens = found?.maxInputTokens ?? WORKING_TOKENS;
  return tokens < WORKING_TOKENS && tokens >= LEAST_TOKENS ? Math.floor(tokens) : undefined;
}
