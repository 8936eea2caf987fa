/** “Run Task…”, “Ask a Question…”, “Plan a Goal…”: from a few words to a run and its panel. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { SessionMode } from "../../protocol/run-events.ts";
import type { Nexus } from "../nexus.ts";
import { readSettings, runModelSettings } from "../settings.ts";
import { trustForRun } from "./trust.ts";

interface ModeItem extends vscode.QuickPickItem {
  readonly mode: SessionMode;
}

const MODES: readonly ModeItem[] = [
  { mode: "act", label: "$(tools) Act", description: "plans if needed, then changes a private copy of the workspace" },
  { mode: "plan", label: "$(checklist) Plan", description: "writes a plan and changes nothing" },
  { mode: "ask", label: "$(question) Ask", description: "reads and answers" },
];

const PLACEHOLDERS: Record<SessionMode, string> = {
  act: "What should be done? For example: Add a limit to GET /notes, with a test",
  plan: "Which goal should be planned?",
  ask: "What do you want to know about this workspace?",
};

/** `given` comes from keyboard shortcuts and other extensions: what it holds is not asked. */
export async function startRun(nexus: Nexus, mode: SessionMode | undefined, given: unknown): Promise<void> {
  const folder = await pickFolder();
  if (folder === undefined) return;
  const prompt = givenText(given, "prompt") ?? (await askPrompt(mode ?? "act"));
  if (prompt === undefined) return;
  const chosenMode = mode ?? givenMode(given) ?? (await askMode());
  if (chosenMode === undefined) return;
  const trust = await trustForRun(nexus, folder.uri.fsPath);
  if (trust === undefined) return;
  const { budgetUsd } = readSettings(folder.uri);
  const { runId } = await nexus.daemon.request("run/start", {
    workspace: folder.uri.fsPath,
    prompt,
    mode: chosenMode,
    headless: false,
    ...trust,
    ...(budgetUsd === null ? {} : { budgetUsd }),
    ...(await runModelSettings(nexus.context.secrets, folder.uri)),
    idempotencyKey: randomUUID(),
  });
  nexus.panels.open(runId);
}

export async function pickFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1) return vscode.window.showWorkspaceFolderPick({ placeHolder: "In which folder?" });
  if (folders.length === 0) void vscode.window.showWarningMessage("Nexus: open a folder first; a run works in one.");
  return folders[0];
}

async function askPrompt(mode: SessionMode): Promise<string | undefined> {
  const prompt = await vscode.window.showInputBox({
    title: mode === "ask" ? "Nexus: Ask a Question" : mode === "plan" ? "Nexus: Plan a Goal" : "Nexus: Run Task",
    placeHolder: PLACEHOLDERS[mode],
    ignoreFocusOut: true,
  });
  return prompt?.trim() || undefined;
}

async function askMode(): Promise<SessionMode | undefined> {
  const item = await vscode.window.showQuickPick(MODES, {
    title: "Nexus: Run Task",
    placeHolder: "How far may it go?",
  });
  return item?.mode;
}

function givenText(given: unknown, name: string): string | undefined {
  const entry =
    typeof given === "object" && given !== null ? Object.entries(given).find(([key]) => key === name) : undefined;
  const value: unknown = entry?.[1];
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

function givenMode(given: unknown): SessionMode | undefined {
  const name = givenText(given, "mode");
  return MODES.find(({ mode }) => mode === name)?.mode;
}
