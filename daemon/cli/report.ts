/** Parts of a run's report, for progress, `runs show` and the end of a run. */
import type { Answer, ChangedFile, Evidence, Plan, RunState } from "../../protocol/index.ts";
import { isEnded, pendingPaths, taintWords } from "../../protocol/index.ts";
import {
  count,
  duration,
  elapsedMs,
  money,
  oneLine,
  type Paint,
  printable,
  statusColour,
  statusWord,
} from "./format.ts";
import { basisText, estimateText } from "./plan-tables.ts";
import { proofText } from "./proof-text.ts";

export function planText(plan: Plan, paint: Paint, width: number): string {
  const { milestones = [], estimate } = plan;
  const tasks = plan.tasks.flatMap((task, index) => {
    const begins = task.milestone !== undefined && task.milestone !== plan.tasks[index - 1]?.milestone;
    const milestone = begins ? milestones.find(({ id }) => id === task.milestone) : undefined;
    const head =
      milestone === undefined ? [] : [`  ◇ ${oneLine(`${milestone.title}: ${milestone.outcome}`, width - 6)}`];
    const after = task.dependsOn.length === 0 ? "" : ` after ${task.dependsOn.join(", ")}`;
    const check = task.acceptance === null ? "" : `, checked by \`${printable(task.acceptance.command)}\``;
    const takes = task.estimate === undefined ? "" : `; ${estimateText(task.estimate)}`;
    const details = `${task.files.join(", ") || "no files named"}${check}${after}${takes}`;
    const lines = [
      `  ${index + 1}. ${oneLine(task.title, width - 6)}`,
      paint("dim", `     ${oneLine(details, width - 6)}`),
    ];
    return [...head, ...lines];
  });
  const total = estimate === undefined ? [] : [`  All together ${estimateText(estimate)} (${basisText(estimate)}).`];
  return [paint("bold", `Plan: ${oneLine(plan.summary, width - 6)}`), ...tasks, ...total].join("\n");
}

/** Red, green, and red that was asked for: a test that is written first has to fail. */
export function evidenceText(evidence: Evidence | null, paint: Paint, width: number): string {
  if (evidence === null)
    return paint("yellow", "! No tests ran on the whole change: none were found, or they may not run.");
  const { command, exitCode, expected, satisfied, durationMs } = evidence;
  const how = exitCode === null ? "did not end" : `exit ${exitCode}`;
  const facts = `${oneLine(command, width - 30)} ${paint("dim", `(${how}, ${duration(durationMs)})`)}`;
  if (satisfied && expected === "fail") return `  ${paint("red", "●")} red, as it must be before the work: ${facts}`;
  if (satisfied) return `  ${paint("green", "●")} green: ${facts}`;
  const tail = printable(evidence.outputTail).trimEnd().split("\n").slice(-8);
  const wrong = expected === "fail" ? "passes although it should fail yet" : "red";
  return [`  ${paint("red", "●")} ${wrong}: ${facts}`, ...tail.map((line) => paint("dim", `    ${line}`))].join("\n");
}

export function changesText(files: readonly ChangedFile[], paint: Paint): string {
  const sum = (key: "additions" | "deletions") => files.reduce((total, file) => total + file[key], 0);
  const rows = files.slice(0, 50).map((file) => {
    const lines = file.binary
      ? "binary"
      : `${paint("green", `+${file.additions}`)} ${paint("red", `−${file.deletions}`)}`;
    return `  ${file.status.charAt(0).toUpperCase()} ${printable(file.path)}  ${lines}`;
  });
  const more = files.length > 50 ? [`  … and ${files.length - 50} more`] : [];
  const title = `${count(files.length, "file")} changed, +${sum("additions")} −${sum("deletions")}`;
  return [paint("bold", title), ...rows, ...more].join("\n");
}

/** The last line of a run, its error with what to do, and its figures. */
export function outcomeText(state: RunState, paint: Paint): string {
  const title = paint(statusColour(state.status), capital(statusWord(state.status)));
  const figures = `${duration(elapsedMs(state))}, ${count(state.stats.modelCalls, "model call")}, ${count(state.stats.toolCalls, "tool call")}, ${money(state.budget.spentUsd)}`;
  const error =
    state.error === null ? [] : [`  ${printable(state.error.message)}`, paint("dim", `  ${state.error.hint}`)];
  return [`${title} in ${figures}.`, ...error].join("\n");
}

/** How to go on from here; empty when there is nothing to decide. */
export function nextStepsText(state: RunState, paint: Paint): string {
  if (!isEnded(state.status)) return "";
  const pending = pendingPaths(state);
  const resumable = ["failed", "cancelled", "out_of_budget"].includes(state.status);
  const steps = [
    ...(pending.length > 0
      ? [
          ["look", `nexus runs diff ${state.runId}`],
          ["accept", `nexus runs accept ${state.runId}`],
        ]
      : []),
    ...(pending.length > 0 ? [["discard", `nexus runs discard ${state.runId}`]] : []),
    ...(resumable ? [["go on", `nexus runs resume ${state.runId}`]] : []),
  ];
  return steps.map(([name = "", command = ""]) => `  ${paint("dim", name.padEnd(8))}${command}\n`).join("");
}

/** Everything that a state says, for `runs show`. */
export function stateText(state: RunState, paint: Paint, width: number): string {
  const { stats, budget } = state;
  const limit = budget.limitUsd === null ? "no limit" : `limit ${money(budget.limitUsd)}`;
  const figures: [string, string][] = [
    ["status", paint(statusColour(state.status), statusWord(state.status))],
    ["goal", oneLine(state.prompt, width - 12)],
    ["folder", state.workspace],
    ["session", state.sessionId],
    ["model", `${state.model.provider} ${state.model.model}`],
    ["time", duration(elapsedMs(state))],
    ["cost", `${money(budget.spentUsd)} (${limit})`],
    ["calls", `${count(stats.modelCalls, "model call")}, ${count(stats.toolCalls, "tool call")}`],
    [
      "first edit",
      stats.callsBeforeFirstEdit === null ? "none" : `after ${count(stats.callsBeforeFirstEdit, "model call")}`,
    ],
    ["tokens", `${stats.inputTokens} in, ${stats.cacheReadTokens} cached, ${stats.outputTokens} out`],
    ["overhead", `${stats.overheadTokens} tokens of prompt and tools`],
    ["in touch", taintWords(state).join(", ") || "with nothing"],
    ["trust", state.trusted === false ? "the folder is not trusted" : "the folder is trusted"],
  ];
  const sections = [
    [paint("bold", `Run ${state.runId}`), ...figures.map(([name, value]) => `  ${name.padEnd(11)}${value}`)].join("\n"),
    state.plan === null ? "" : planText(state.plan, paint, width),
    tasksText(state, paint, width),
    state.verification === null ? "" : evidenceText(state.verification.evidence, paint, width),
    state.answer === null ? "" : printable(state.answer),
    state.notices.map(({ message }) => paint("yellow", `! ${printable(message)}`)).join("\n"),
    state.changes === null ? "" : `${changesText(state.changes.changeSet.files, paint)}\n${decisionsText(state)}`,
    (state.changes?.conflicts ?? []).map(({ path, reason }) => paint("red", `✗ ${path}: ${reason}`)).join("\n"),
    isEnded(state.status) ? outcomeText(state, paint) : "",
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n${nextStepsText(state, paint)}`;
}

function tasksText(state: RunState, paint: Paint, width: number): string {
  return state.tasks
    .map((task) => {
      const evidence = task.evidence === null ? "" : `\n${evidenceText(task.evidence, paint, width)}`;
      const proof = task.proof === undefined ? "" : `\n${proofText(task.proof, paint, width)}`;
      return `  ${task.status.padEnd(8)} ${oneLine(task.title, width - 30)} ${paint("dim", `${count(task.steps, "step")}, ${money(task.costUsd)}`)}${evidence}${proof}`;
    })
    .join("\n");
}

function decisionsText(state: RunState): string {
  const decisions = Object.values(state.changes?.decisions ?? {});
  const accepted = decisions.filter((decision) => decision === "accepted").length;
  const discarded = decisions.filter((decision) => decision === "discarded").length;
  const later = state.changes?.supersededBy == null ? "" : `; run ${state.changes.supersededBy} went on from it`;
  return `  ${accepted} accepted, ${discarded} discarded, ${pendingPaths(state).length} waiting${later}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** “Wrote 2 files”, and which are changed in an editor and not saved. */
export function acceptedText({
  accepted,
  inEditor = [],
}: Pick<Answer<"changes/accept">, "accepted" | "inEditor">): string {
  const written = accepted.length - inEditor.length;
  const wrote = written === 0 && inEditor.length > 0 ? [] : [`Wrote ${count(written, "file")}`];
  const names = inEditor.map((path) => printable(path)).join(", ");
  return [...wrote, ...(names === "" ? [] : [`changed in the editor that has them open, unsaved: ${names}`])].join(
    "; ",
  );
}
