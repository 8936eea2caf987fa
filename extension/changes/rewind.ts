/** Going back to a checkpoint: what would change is shown first, then a person picks what goes back. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { ChangeConflict } from "../../protocol/change-set.ts";
import type { Params } from "../../protocol/messages.ts";
import type { RewindForm } from "../../protocol/rewind.ts";
import type { Nexus } from "../nexus.ts";
import { isActive } from "../runs/run-facts.ts";
import { runModelSettings } from "../settings.ts";

type Choice = RewindForm | "fork" | "preview";

/** Answers with the run that goes on, where there is a new one. Rejects with a NexusError. */
export async function rewindTo(nexus: Nexus, runId: string, checkpoint: number): Promise<string | undefined> {
  const { daemon } = nexus;
  const { run } = await daemon.request("run/show", { runId });
  const isEnded = !isActive(run.status) && run.status !== "suspended";
  const dry = { runId, to: { checkpoint }, dryRun: true };
  const preview = isEnded ? await daemon.request("run/rewind", dry) : { files: [], conflicts: [] };
  for (;;) {
    const choice = await pick(checkpoint, { isEnded, ...preview });
    if (choice === undefined) return undefined;
    if (choice === "preview") await showDifference(nexus, runId, checkpoint);
    else if (choice === "fork") return await fork(nexus, runId, checkpoint);
    else return await rewind(nexus, { runId, checkpoint, form: choice });
  }
}

/** Takes the last rewind back, after showing what that changes. */
export async function undoRewind(nexus: Nexus, runId: string): Promise<void> {
  await putBack(nexus, runId, "before_rewind", "Undo the rewind?", "Undo Rewind");
}

/** Puts the user's folder back as it was before they accepted, after showing what that changes. */
export async function rewindAccept(nexus: Nexus, runId: string): Promise<void> {
  await putBack(nexus, runId, "before_accept", "Put your folder back as it was before you accepted?", "Put Back");
}

async function putBack(
  nexus: Nexus,
  runId: string,
  what: "before_accept" | "before_rewind",
  question: string,
  button: string,
): Promise<void> {
  const params = { runId, to: { what } };
  if (!(await confirm(nexus, params, question, button))) return;
  const { conflicts } = await nexus.daemon.request("run/rewind", params);
  const paths = await mayOverwrite(conflicts);
  if (paths !== undefined) await nexus.daemon.request("run/rewind", { ...params, overwrite: paths });
}

const PLACES = { copy: "in the run’s copy", tree: "in your folder", changes: "in the change set" } as const;
const MOST_SHOWN = 20;

/** Lists every file that would change, before any does. */
async function confirm(nexus: Nexus, params: Params<"run/rewind">, question: string, button: string): Promise<boolean> {
  const { files, conflicts } = await nexus.daemon.request("run/rewind", { ...params, dryRun: true });
  const lines = files.slice(0, MOST_SHOWN).map(({ place, path }) => `${path} (${PLACES[place]})`);
  if (files.length > MOST_SHOWN) lines.push(`and ${files.length - MOST_SHOWN} more`);
  const changed = conflicts.map(({ path }) => path);
  const detail = [
    files.length === 0 ? "No file changes." : `${count(files.length, "file")} will change:\n${lines.join("\n")}`,
    ...(changed.length === 0 ? [] : [`You changed ${listed(changed)} since; nothing is put over that without asking.`]),
    "What is there now is kept, and can be put back.",
  ].join("\n\n");
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, button)) === button;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

async function pick(
  checkpoint: number,
  found: { isEnded: boolean; files: readonly { path: string }[]; conflicts: readonly ChangeConflict[] },
): Promise<Choice | undefined> {
  const names = found.files.map(({ path }) => path);
  const changes = names.length === 0 ? "No file differs." : `Changes ${listed(names)}.`;
  const fork = {
    label: "$(git-branch) Fork",
    choice: "fork" as const,
    detail: "A new run goes on from here with an instruction of yours; this one stays as it is.",
  };
  const preview = { label: "$(diff) Show what changed since", choice: "preview" as const, detail: "Opens a diff." };
  const rewinds = [
    { label: "$(files) Files", choice: "files" as const, detail: changes },
    {
      label: "$(comment-discussion) Conversation",
      choice: "conversation" as const,
      detail: "A new run goes on from this step; the files stay as they are.",
    },
    {
      label: "$(history) Files and conversation",
      choice: "both" as const,
      detail: "A new run goes on from this step, with the files as they were. An accept is taken back first.",
    },
  ];
  const chosen = await vscode.window.showQuickPick(found.isEnded ? [...rewinds, fork, preview] : [fork, preview], {
    title: `Rewind to checkpoint ${checkpoint}`,
    placeHolder: found.isEnded ? "What is to go back? It can be undone." : "The run is at work: cancel it to go back.",
  });
  return chosen?.choice;
}

async function rewind(
  nexus: Nexus,
  { runId, checkpoint, form }: { runId: string; checkpoint: number; form: RewindForm },
): Promise<string | undefined> {
  const question = `Rewind to checkpoint ${checkpoint}?`;
  const shown = { runId, to: { checkpoint }, form };
  if (form !== "conversation" && !(await confirm(nexus, shown, question, "Rewind"))) return undefined;
  const model = form === "files" ? {} : await runModelSettings(nexus.context.secrets);
  const params = { runId, to: { checkpoint }, form, idempotencyKey: randomUUID(), ...model };
  const answer = await nexus.daemon.request("run/rewind", params);
  const paths = await mayOverwrite(answer.conflicts);
  if (paths === undefined) return answer.newRunId ?? undefined;
  const again = await nexus.daemon.request("run/rewind", { ...params, overwrite: paths });
  return again.newRunId ?? undefined;
}

export async function fork(nexus: Nexus, runId: string, checkpoint: number): Promise<string | undefined> {
  const title = "Fork the run";
  const text = await vscode.window.showInputBox({ title, prompt: "A new instruction for the agent. May be empty." });
  if (text === undefined) return undefined;
  const model = await runModelSettings(nexus.context.secrets);
  const prompt = text.trim() === "" ? {} : { prompt: text };
  const params = { runId, checkpoint, idempotencyKey: randomUUID(), ...prompt, ...model };
  return (await nexus.daemon.request("run/fork", params)).runId;
}

async function showDifference(nexus: Nexus, runId: string, checkpoint: number): Promise<void> {
  const { patch, truncated } = await nexus.daemon.request("run/checkpointDiff", { runId, from: checkpoint, to: null });
  const content =
    patch === "" ? "Nothing changed since.\n" : `${patch}${truncated ? "\n… the rest is left out\n" : ""}`;
  const document = await vscode.workspace.openTextDocument({ language: "diff", content });
  await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
}

/** The paths when the user agrees; undefined when there is nothing to agree to, or they do not. */
async function mayOverwrite(conflicts: readonly ChangeConflict[]): Promise<string[] | undefined> {
  if (conflicts.length === 0) return undefined;
  const paths = conflicts.map(({ path }) => path);
  const text = `You changed ${listed(paths)} since Nexus wrote it. Nothing was put back.`;
  const detail = "What is there now is kept: Undo rewind brings it back.";
  const chosen = await vscode.window.showWarningMessage(text, { modal: true, detail }, "Put Back All the Same");
  return chosen === undefined ? undefined : paths;
}

function listed(paths: readonly string[]): string {
  const more = paths.length - 4;
  return `${paths.slice(0, 4).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
