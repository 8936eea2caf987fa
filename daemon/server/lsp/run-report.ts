/** A run as a Markdown document for people: what it did, what waits, and how to go on. */
import { isEnded, pendingPaths, type RunState } from "../../../protocol/index.ts";
import { block, code, words } from "./markup.ts";
import { short } from "./subject-text.ts";

export interface FilePatch {
  readonly path: string;
  readonly patch: string;
  readonly truncated: boolean;
}

export function runReport(state: RunState, patches: readonly FilePatch[]): string {
  const sections = [
    `# ${words(short(state.prompt, 200))}`,
    `${statusLine(state)}\n\nRun ${code(state.runId)} in ${code(state.workspace)}`,
    state.answer === null ? "" : state.answer,
    state.summary === "" || state.summary === state.answer ? "" : words(state.summary),
    state.error === null ? "" : `**${words(state.error.message)}** ${words(state.error.hint)}`,
    planSection(state),
    findingsSection(state),
    evidenceSection(state),
    changesSection(state, patches),
    nextSteps(state),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function statusLine({ status, phase, budget }: RunState): string {
  const now = isEnded(status) || phase === null ? "" : `, in the phase “${phase}”`;
  return `**${status.replaceAll("_", " ")}**${now}, $${budget.spentUsd.toFixed(2)}`;
}

function planSection({ plan, tasks }: RunState): string {
  if (plan === null) return "";
  const states = new Map(tasks.map(({ id, status }) => [id, status]));
  const listed = plan.tasks.map(
    ({ id, title, files }) =>
      `- ${words(title)}: ${states.get(id) ?? "waiting"}${files.length === 0 ? "" : ` (${files.map(code).join(", ")})`}`,
  );
  return ["## Plan", words(plan.summary), listed.join("\n")].join("\n\n");
}

function findingsSection({ findings }: RunState): string {
  if (findings.length === 0) return "";
  const listed = findings.map(
    ({ severity, path, message }) => `- ${severity}${path === null ? "" : ` in ${code(path)}`}: ${words(message)}`,
  );
  return ["## Review", listed.join("\n")].join("\n\n");
}

function evidenceSection({ verification }: RunState): string {
  const evidence = verification?.evidence;
  if (evidence === undefined || evidence === null) return "";
  const how = evidence.exitCode === null ? "did not end" : `exit code ${evidence.exitCode}`;
  const tail = evidence.satisfied ? [] : [block(evidence.outputTail, "")];
  return ["## Tests", `${code(evidence.command)}: ${how}`, ...tail].join("\n\n");
}

function changesSection({ changes }: RunState, patches: readonly FilePatch[]): string {
  if (changes === null || changes.changeSet.files.length === 0) return "";
  const listed = changes.changeSet.files.map(({ path, status, additions, deletions }) => {
    const decision = changes.decisions[path] ?? "pending";
    return `- ${code(path)}: ${status}, +${additions} -${deletions}, ${decision}`;
  });
  const shown = patches.map(
    ({ path, patch, truncated }) => `### ${code(path)}\n\n${block(patch, "diff")}${truncated ? "\n\nCut here." : ""}`,
  );
  return ["## Changes", listed.join("\n"), ...shown].join("\n\n");
}

function nextSteps(state: RunState): string {
  const { runId, status } = state;
  const isWaiting = pendingPaths(state).length > 0;
  const steps = [
    ...(isEnded(status) ? [] : [`nexus.cancel ["${runId}"]`]),
    ...(isEnded(status) && isWaiting ? [`nexus.accept ["${runId}"]`, `nexus.discard ["${runId}"]`] : []),
    ...(["failed", "cancelled", "out_of_budget"].includes(status) ? [`nexus.resume ["${runId}"]`] : []),
  ];
  return steps.length === 0 ? "" : `Commands: ${steps.map(code).join(", ")}`;
}
