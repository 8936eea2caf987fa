/** “Run Workflow…”: from a file and its inputs to a run and its panel. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { ListedWorkflow } from "../../protocol/workflow-requests.ts";
import { pickFolder } from "../commands/start.ts";
import { trustForRun } from "../commands/trust.ts";
import type { Nexus } from "../nexus.ts";
import { readSettings, runModelSettings } from "../settings.ts";
import { inputProblem, inputValue } from "./input-text.ts";
import { isWorkflowFile } from "./workflow-files.ts";

const MOST_FILES = 100;
const TITLE = "Nexus: Run Workflow";

/** `given`: the file, where the command was called on one. */
export async function runWorkflow(nexus: Nexus, given: unknown): Promise<void> {
  const file = given instanceof vscode.Uri && isWorkflowFile(given.path) ? given : undefined;
  const folder = file === undefined ? await pickFolder() : vscode.workspace.getWorkspaceFolder(file);
  if (folder === undefined) return;
  const workflow = await chooseWorkflow(nexus, folder, file);
  if (workflow === undefined) return;
  const inputs = await askInputs(workflow);
  if (inputs === undefined) return;
  const workspace = folder.uri.fsPath;
  const trust = await trustForRun(nexus, workspace);
  if (trust === undefined) return;
  const { budgetUsd } = readSettings(folder.uri);
  const { runId } = await nexus.daemon.request("run/start", {
    workspace,
    prompt: `${workflow.name}: ${firstLine(workflow.description)}`,
    workflow: { path: workflow.path, inputs },
    headless: false,
    ...trust,
    ...(budgetUsd === null ? {} : { budgetUsd }),
    ...(await runModelSettings(nexus.context.secrets, folder.uri)),
    idempotencyKey: randomUUID(),
  });
  nexus.panels.open(runId);
}

type Usable = ListedWorkflow & { readonly name: string };

/** A file that is wrong is opened instead, where its problems are shown. */
async function chooseWorkflow(
  { daemon }: Nexus,
  folder: vscode.WorkspaceFolder,
  file: vscode.Uri | undefined,
): Promise<Usable | undefined> {
  const workspace = folder.uri.fsPath;
  const paths = (file === undefined ? await otherFiles(folder) : [file]).map((uri) => pathIn(folder, uri));
  const { workflows } = await daemon.request("workflow/list", { workspace, paths });
  const chosen = file === undefined ? await pick(workflows) : workflows.find(({ path }) => path === paths[0]);
  if (chosen === undefined) return undefined;
  if (chosen.name !== null) return { ...chosen, name: chosen.name };
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, chosen.path));
  await vscode.commands.executeCommand("workbench.actions.view.problems");
  return undefined;
}

async function pick(workflows: readonly ListedWorkflow[]): Promise<ListedWorkflow | undefined> {
  const items = workflows.map((workflow) => ({ ...itemOf(workflow), workflow }));
  if (items.length > 0)
    return (await vscode.window.showQuickPick(items, { title: TITLE, matchOnDescription: true, matchOnDetail: true }))
      ?.workflow;
  const hint = "Nexus: there is no workflow here yet. Put one into .nexus/workflows/, or call it NAME.nexus.yaml.";
  void vscode.window.showInformationMessage(hint);
  return undefined;
}

function itemOf({ path, name, description, problems }: ListedWorkflow): vscode.QuickPickItem {
  if (name !== null) return { label: name, description: path, detail: firstLine(description) };
  const found = `${problems} ${problems === 1 ? "problem" : "problems"}: open it to see`;
  return { label: `$(error) ${path}`, detail: found };
}

function otherFiles(folder: vscode.WorkspaceFolder): Thenable<vscode.Uri[]> {
  const pattern = new vscode.RelativePattern(folder, "**/*.nexus.{yaml,yml}");
  return vscode.workspace.findFiles(pattern, "**/node_modules/**", MOST_FILES);
}

/** What has no default is asked for. Undefined when the person wants no run after all. */
async function askInputs({ name, inputs }: Usable): Promise<Record<string, unknown> | undefined> {
  const values: Record<string, unknown> = {};
  const needed = inputs.filter((input) => input.needed);
  for (const [index, input] of needed.entries()) {
    const text = await vscode.window.showInputBox({
      title: `${TITLE} ${name}${needed.length > 1 ? ` (${index + 1} of ${needed.length})` : ""}`,
      prompt: `${input.name}${input.description === "" ? "" : `: ${input.description}`}`,
      placeHolder: input.type === "string" ? input.name : `${input.name}, of type ${input.type}`,
      ignoreFocusOut: true,
      validateInput: (given) => inputProblem(input, given),
    });
    if (text === undefined) return undefined;
    values[input.name] = inputValue(input, text)?.value;
  }
  return values;
}

export function pathIn(folder: vscode.WorkspaceFolder, uri: vscode.Uri): string {
  return uri.path.slice(folder.uri.path.replace(/\/$/, "").length + 1);
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
