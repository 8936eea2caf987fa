/** An approval as a person is shown it in a message: all that the answer holds for, control characters made visible. */
import type { Approval, ApprovalSubject, Estimate, Question, RunState } from "../../../protocol/index.ts";
import { revealed } from "../../tools/gate/result.ts";

export function approvalText({ title, reason, subject, parts = [] }: Approval, run: Pick<RunState, "prompt">): string {
  const lines = [
    `Nexus asks: ${title}`,
    ...(reason === "" || reason === title ? [] : [reason]),
    "",
    ...subjectLines(subject),
    ...parts.map(({ text, why }) => `  ${text}: ${why}`),
    "",
    `For the run “${short(run.prompt)}”.`,
  ];
  return revealed(lines.join("\n"));
}

export function questionText({ agent, text, choices }: Question, run: Pick<RunState, "prompt">): string {
  const listed = choices.map((choice) => `- ${choice}`);
  return revealed([`${agent} asks: ${text}`, ...listed, "", `For the run “${short(run.prompt)}”.`].join("\n"));
}

export function short(text: string, most = 80): string {
  const line = revealed(text).replace(/\s+/g, " ").trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

function subjectLines(subject: ApprovalSubject): string[] {
  switch (subject.kind) {
    case "plan":
      return [
        subject.summary,
        `${subject.taskCount} ${subject.taskCount === 1 ? "task" : "tasks"}`,
        ...subject.commands.map((command) => `runs: ${command}`),
        ...(subject.permissions ?? []),
        ...planChange(subject),
      ];
    case "command":
      return [
        subject.command,
        `in ${subject.cwd}${subject.sandbox === "none" ? ", with no sandbox" : ""}`,
        ...(subject.hosts === undefined ? [] : [`may reach ${subject.hosts.join(", ")}`]),
        ...(subject.files ?? []).map(({ path, sha256 }) => `${path} ${sha256?.slice(0, 12) ?? "(missing)"}`),
      ];
    case "read":
      return [`read ${subject.path}`, subject.reason];
    case "write":
      return [`change ${subject.path}`, subject.reason, ...(subject.diff === undefined ? [] : [subject.diff])];
    case "network":
      return [`fetch ${subject.url}`];
    case "foreign":
      return [`use ${subject.name} of ${subject.source} with`, subject.input];
    case "git":
      return [`git ${subject.action}`, subject.detail];
  }
}

function planChange({ estimate, change }: Extract<ApprovalSubject, { kind: "plan" }>): string[] {
  const { added = [], removed = [], changed = [] } = change ?? {};
  return [
    ...(estimate === undefined ? [] : [estimateText(estimate)]),
    ...(change === undefined ? [] : ["It takes the place of the plan before:"]),
    ...added.map((id) => `+ ${id}`),
    ...removed.map((id) => `- ${id}`),
    ...changed.map(({ id, field, before, after }) => `~ ${id} ${field}: ${before} → ${after}`),
  ];
}

function estimateText({ tokens, minutes, usd }: Estimate): string {
  const price = usd === null ? "price unknown" : `$${usd.toFixed(2)}`;
  return `about ${tokens} tokens, ${Math.max(1, Math.round(minutes))} min, ${price}`;
}
