/** What a run does, as lines that people read while it happens. */
import type { ChangeConflict, RunEvent, RunState, TodoItem } from "../../protocol/index.ts";
import { isEnded } from "../../protocol/index.ts";
import { count, oneLine, type Paint, printable } from "./format.ts";
import { proofText } from "./proof-text.ts";
import { acceptedText, changesText, evidenceText, outcomeText, planText } from "./report.ts";
import { teamText } from "./team-progress.ts";

export interface Progress {
  /** The text for an event, line ends included; empty when there is nothing to say. */
  event(event: RunEvent, state: RunState): string;
  /** A piece of a streaming answer. */
  delta(text: string): string;
}

export function createProgress(paint: Paint, width: number): Progress {
  let kind: RunState["kind"] = null;
  let streamed = "";

  /** An answer that streamed in stands without a line end. */
  function closeStream(): string {
    const end = streamed === "" || streamed.endsWith("\n") ? "" : "\n";
    streamed = "";
    return end;
  }

  return {
    event(event, state) {
      kind = state.kind;
      if (event.body.type === "run.answered" && streamed.trim() !== "" && event.body.text.trim().endsWith(lastPart()))
        return `${closeStream()}\n`;
      const lines = describe(event, state, paint, width);
      return lines === "" ? "" : `${closeStream()}${lines}\n`;
    },
    delta(text) {
      // Only an answer is worth reading word by word; between tool calls models think aloud.
      if (kind !== "question") return "";
      const opening = streamed === "" ? "\n" : "";
      streamed += printable(text);
      return opening + printable(text);
    },
  };

  function lastPart(): string {
    return streamed.trim().slice(-40);
  }
}

function describe(event: RunEvent, state: RunState, paint: Paint, width: number): string {
  const { body } = event;
  const note = (text: string) => paint("yellow", `! ${oneLine(text, width - 2)}`);
  switch (body.type) {
    case "run.created":
      return `${paint("bold", `Run ${event.runId}`)}  ${paint("dim", `${body.model.provider} ${body.model.model} in ${body.workspace}`)}`;
    case "run.started":
      return body.reason === "new" ? "" : paint("cyan", "↻ The run goes on from its last recorded step.");
    case "run.triaged":
      return paint("dim", `  ${KINDS[body.kind]}: ${oneLine(body.reason, width - 20)}`);
    case "run.recalled":
      return body.files.length === 0 ? "" : paint("dim", `  Read up on ${count(body.files.length, "file")}.`);
    case "plan.proposed":
      return planText(body.plan, paint, width);
    case "plan.rejected":
      return note(`The plan was not usable: ${body.problems.join("; ")}`);
    case "approval.requested":
      return `${paint("cyan", "?")} ${printable(body.approval.title)} ${paint("dim", printable(body.approval.reason))}`;
    case "approval.answered":
      return paint("dim", `  ${body.decision === "approve" ? "Approved" : "Rejected"} by ${printable(body.by)}.`);
    case "question.asked":
      return `${paint("cyan", "?")} ${printable(body.question.agent)} asks: ${printable(body.question.text)}`;
    case "question.answered":
      return paint("dim", `  Answered by ${printable(body.by)}: ${oneLine(body.answer, width - 30)}`);
    case "todo.changed":
      return todoText(body.todo.items, paint, width);
    case "task.started":
      return `${paint("bold", `▸ ${taskNumber(state, body.taskId)}${oneLine(body.title, width - 20)}`)} ${paint("dim", body.agent)}`;
    case "task.finished":
      return taskFinished(body, paint, width);
    case "context.compacted":
      return paint(
        "dim",
        `  The conversation was shortened to notes (${body.tokensBefore} → ${body.tokensAfter} tokens).`,
      );
    case "model.failed":
      return note(`${body.error.message}${body.willRetry ? " Trying again." : ""}`);
    case "tool.finished":
      return `  ${body.status === "done" ? paint("dim", "·") : paint("red", "✗")} ${body.tool} ${paint("dim", oneLine(body.summary, width - body.tool.length - 6))}`;
    case "verification.finished":
      return evidenceText(body.evidence, paint, width);
    case "evidence.gathered":
      return proofText(body.proof, paint, width);
    case "run.noticed":
      return note(body.message);
    case "prompt.received":
      return paint("cyan", `» ${oneLine(body.text, width - 2)}`);
    case "run.tainted":
      return "";
    case "run.answered":
      return `\n${printable(body.text.trim())}\n`;
    case "run.reviewed":
      return body.findings.map(({ path, message }) => note(path === null ? message : `${path}: ${message}`)).join("\n");
    case "changes.ready":
      return changesText(body.changeSet.files, paint);
    case "changes.accepted":
      if (body.takenBy !== undefined)
        return paint("green", `✓ An editor took the change of ${count(body.paths.length, "file")} into its own text.`);
      if (body.inEditor === undefined)
        return paint("green", `✓ Wrote ${count(body.paths.length, "file")} into ${state.workspace}.`);
      return paint("green", `✓ ${acceptedText({ accepted: body.paths, inEditor: body.inEditor })}.`);
    case "changes.discarded":
      return `Gave up the change of ${count(body.paths.length, "file")}.`;
    case "changes.conflicted":
      return body.conflicts.map(({ path, reason }) => paint("red", `✗ ${path}: ${reason}`)).join("\n");
    case "rewind.started":
      return "";
    case "rewind.finished":
      return rewindText(body.conflicts, paint);
    case "run.forked":
      return paint("cyan", `↳ Goes on from checkpoint ${body.checkpoint} of run ${body.from}.`);
    case "run.rewound":
      return body.byRun === null
        ? note("The conversation stands again.")
        : note(`The conversation went back to checkpoint ${body.checkpoint}; run ${body.byRun} goes on from there.`);
    case "run.cancel_requested":
      return note("Cancelling.");
    case "run.suspended":
      return note(`Suspended: ${body.reason}`);
    case "run.finished":
      return isEnded(state.status) ? outcomeText(state, paint) : "";
    default:
      return teamText(body, paint, width);
  }
}

function rewindText(conflicts: readonly ChangeConflict[], paint: Paint): string {
  if (conflicts.length === 0) return paint("green", "↶ Files were put back.");
  return conflicts.map(({ path, reason }) => paint("red", `✗ ${printable(path)}: ${reason}`)).join("\n");
}

const KINDS = { workflow: "A workflow", question: "A question", change: "A small change", goal: "A goal" } as const;

function taskNumber(state: RunState, taskId: string): string {
  const index = state.tasks.findIndex((task) => task.id === taskId);
  return state.tasks.length > 1 && index >= 0 ? `${index + 1}/${state.tasks.length} ` : "";
}

const TODO_MARKS = { open: "☐", doing: "▸", done: "☑" } as const;

function todoText(items: readonly TodoItem[], paint: Paint, width: number): string {
  return items
    .map(({ text, status }) => {
      const line = `  ${TODO_MARKS[status]} ${oneLine(text, width - 6)}`;
      return status === "done" ? paint("dim", line) : line;
    })
    .join("\n");
}

function taskFinished(
  body: { outcome: "done" | "failed" | "skipped"; summary: string },
  paint: Paint,
  width: number,
): string {
  const summary = paint("dim", oneLine(body.summary, width - 4));
  switch (body.outcome) {
    case "done":
      return `  ${paint("green", "✓")} ${summary}`;
    case "failed":
      return `  ${paint("red", "✗")} ${summary}`;
    case "skipped":
      return `  ${paint("yellow", "–")} ${summary}`;
  }
}
