/** A diagram that cannot be drawn and whose document waits for nobody: a run mends it. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { DesignSource } from "../../protocol/design/requests.ts";
import { trustForRun } from "../commands/trust.ts";
import type { Nexus } from "../nexus.ts";
import { readSettings, runModelSettings } from "../settings.ts";
import { type BrokenDiagram, repairPrompt } from "./repair-prompt.ts";

/** A run that is at work is told of it; for a folder a small run begins, whose change is then to be accepted. */
export async function repairDiagram(nexus: Nexus, source: DesignSource, broken: BrokenDiagram): Promise<void> {
  const { daemon, context, panels } = nexus;
  const prompt = repairPrompt(broken);
  const idempotencyKey = randomUUID();
  if ("runId" in source) {
    await daemon.request("run/prompt", { runId: source.runId, text: prompt, delivery: "steer", idempotencyKey });
    return;
  }
  const { workspace } = source;
  const trust = await trustForRun(nexus, workspace);
  if (trust === undefined) return;
  const scope = vscode.Uri.file(workspace);
  const { budgetUsd } = readSettings(scope);
  const { runId } = await daemon.request("run/start", {
    workspace,
    prompt,
    mode: "act",
    headless: false,
    ...trust,
    ...(budgetUsd === null ? {} : { budgetUsd }),
    ...(await runModelSettings(context.secrets, scope)),
    idempotencyKey,
  });
  panels.open(runId);
}
