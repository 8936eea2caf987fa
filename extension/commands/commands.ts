/** What each command does; a missing one does not compile. */
import * as vscode from "vscode";
import { acceptChanges, discardChanges } from "../changes/decide.ts";
import { openDiff } from "../changes/diff-documents.ts";
import { MEMORY_COMMANDS } from "../memory/commands.ts";
import type { Nexus } from "../nexus.ts";
import { showApprovals } from "../runs/approvals.ts";
import { showAudit } from "../runs/audit-document.ts";
import { isActive, type RunAbility } from "../runs/run-facts.ts";
import { runWorkflow } from "../workflows/run-workflow.ts";
import { restartDaemon, showDoctor, showLog } from "./daemon.ts";
import { askForKey, forgetKey } from "./keys.ts";
import type { CommandName } from "./names.ts";
import { forkRun, rewindRun, undoLastRewind } from "./rewind.ts";
import { cancelRun, resumeRun } from "./run-control.ts";
import { startRun } from "./start.ts";
import { asTarget, targetPaths, targetRun } from "./target.ts";
import { manageTrust } from "./trust.ts";

export type { CommandName };

type Command = (nexus: Nexus, args: readonly unknown[]) => Promise<void>;

export const COMMANDS: { readonly [Name in CommandName]: Command } = {
  "nexus.runTask": (nexus, [given]) => startRun(nexus, undefined, given),
  "nexus.askQuestion": (nexus, [given]) => startRun(nexus, "ask", given),
  "nexus.planGoal": (nexus, [given]) => startRun(nexus, "plan", given),
  "nexus.runWorkflow": (nexus, [given]) => runWorkflow(nexus, given),
  "nexus.designFeature": async (nexus, [given]) => (await loadDesign()).designFeature(nexus, given),
  "nexus.openDesign": async (nexus, [given]) => (await loadDesign()).openDesign(nexus, given),
  "nexus.importMetagpt": async (nexus) => (await loadDesign()).importProject(nexus),
  "nexus.openRun": onRun(undefined, async (nexus, runId) => nexus.panels.open(runId)),
  "nexus.openActiveRun": openActiveRun,
  "nexus.loadMoreRuns": (nexus) => nexus.runs.loadMore(),
  "nexus.refreshRuns": (nexus) => nexus.runs.reload(),
  "nexus.cancelRun": onRun("cancel", cancelRun),
  "nexus.resumeRun": onRun("resume", resumeRun),
  "nexus.acceptChanges": onRun("decide", (nexus, runId, args) =>
    acceptChanges(nexus, runId, targetPaths(asTarget(args[0]))),
  ),
  "nexus.discardChanges": onRun("decide", (nexus, runId, args) =>
    discardChanges(nexus, runId, targetPaths(asTarget(args[0]))),
  ),
  "nexus.openDiff": async (_, args) => {
    const target = asTarget(args[0]);
    if (typeof target === "object" && target.kind === "file") await openDiff(target.runId, target.file.path);
  },
  "nexus.showApprovals": showApprovals,
  "nexus.rewind": onRun(undefined, rewindRun),
  "nexus.forkRun": onRun(undefined, forkRun),
  "nexus.undoRewind": onRun(undefined, undoLastRewind),
  "nexus.showAudit": onRun(undefined, (_, runId) => showAudit(runId)),
  "nexus.trustFolder": manageTrust,
  "nexus.setKey": (nexus) => askForKey(nexus),
  "nexus.removeKey": (nexus) => forgetKey(nexus),
  "nexus.chooseModel": async (nexus) => (await import("../editor/choose-model.ts")).chooseModel(nexus),
  "nexus.showTerminal": onRun(undefined, async (nexus, runId) =>
    (await import("../editor/terminals.ts")).showTerminal(nexus, runId),
  ),
  "nexus.showLog": (nexus) => showLog(nexus),
  "nexus.restartDaemon": (nexus) => restartDaemon(nexus),
  "nexus.runDoctor": (nexus) => showDoctor(nexus),
  ...MEMORY_COMMANDS,
};

/** Apart from the rest: most windows never look at a design. */
function loadDesign() {
  return import("../design/commands.ts");
}

function onRun(
  ability: RunAbility | undefined,
  act: (nexus: Nexus, runId: string, args: readonly unknown[]) => Promise<void>,
): Command {
  return async (nexus, args) => {
    const runId = await targetRun(nexus, asTarget(args[0]), ability);
    if (runId !== undefined) await act(nexus, runId, args);
  };
}

/** The run that waits for a person, else one that works, else the list. */
async function openActiveRun(nexus: Nexus): Promise<void> {
  const active = nexus.runs.all.filter((run) => isActive(run.status));
  const next = active.find((run) => run.status === "awaiting_approval") ?? active[0];
  const toReview = nexus.runs.all.find((run) => run.pendingFiles > 0);
  const shown = next ?? toReview;
  if (shown === undefined) await vscode.commands.executeCommand("nexus.runs.focus");
  else nexus.panels.open(shown.runId);
}
