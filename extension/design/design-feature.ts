/** “Design a Feature…”: from an idea to a run in which roles write its documents, each for a person to decide on. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { pickFolder } from "../commands/start.ts";
import { trustForRun } from "../commands/trust.ts";
import type { Nexus } from "../nexus.ts";
import { readSettings, runModelSettings } from "../settings.ts";

/** `given`: the idea, where another extension or a shortcut names it; else it is asked for. */
export async function designFeature(nexus: Nexus, given: unknown): Promise<void> {
  const folder = await pickFolder();
  if (folder === undefined) return;
  const idea = (typeof given === "string" ? given.trim() : "") || (await askIdea());
  if (idea === undefined) return;
  const { daemon, context } = nexus;
  const workspace = folder.uri.fsPath;
  const trust = await trustForRun(nexus, workspace);
  if (trust === undefined) return;
  const { prompt, workflow } = await daemon.request("design/procedure", { workspace, idea });
  const { budgetUsd } = readSettings(folder.uri);
  const { runId } = await daemon.request("run/start", {
    workspace,
    prompt,
    workflow,
    headless: false,
    ...trust,
    ...(budgetUsd === null ? {} : { budgetUsd }),
    ...(await runModelSettings(context.secrets, folder.uri)),
    idempotencyKey: randomUUID(),
  });
  (await nexus.designs()).open({ runId });
}

async function askIdea(): Promise<string | undefined> {
  const idea = await vscode.window.showInputBox({
    title: "Nexus: Design a Feature",
    prompt: "Roles write requirements, screens, architecture and tasks; you decide on each before it is built.",
    placeHolder: "What should people be able to do? For example: See what they save beside every cut price",
    ignoreFocusOut: true,
  });
  return idea?.trim() || undefined;
}
