/** What an approval would allow, line by line, as it was recorded: nothing of the subject is left out. */
import type { ApprovalSubject, Estimate } from "../../protocol/index.ts";

export function subjectLines(subject: ApprovalSubject): string[] {
  switch (subject.kind) {
    case "plan":
      return planLines(subject);
    case "command":
      return [
        `$ ${subject.command}`,
        `in ${subject.cwd}${subject.sandbox === "none" ? ", with no sandbox" : ""}`,
        ...(subject.hosts === undefined ? [] : [`may reach ${subject.hosts.join(", ")}`]),
        ...boundFiles(subject.files),
      ];
    case "read":
      return [`read ${subject.path}`, subject.reason];
    case "write":
      return [
        `write ${subject.path}`,
        subject.reason,
        ...boundFiles(subject.files),
        ...(subject.diff?.split("\n") ?? []),
      ];
    case "network":
      return [`reach ${subject.url}`];
    case "foreign":
      return [`${subject.name} (${subject.source})`, subject.input];
    case "git":
      return [`git ${subject.action}`, subject.detail];
  }
}

function planLines({ summary, taskCount, estimate, change, commands, permissions = [] }: PlanSubject): string[] {
  const cost = estimate === undefined ? "" : `, about ${estimateText(estimate)}`;
  const changed = [
    ...(change?.added ?? []).map((id) => `adds ${id}`),
    ...(change?.removed ?? []).map((id) => `drops ${id}`),
    ...(change?.changed ?? []).map(({ id, field, before, after }) => `${id}: ${field}: ${before} → ${after}`),
  ];
  return [
    summary,
    `${taskCount} ${taskCount === 1 ? "task" : "tasks"}${cost}`,
    ...changed,
    ...commands.map((command) => `runs ${command}`),
    ...permissions,
  ];
}

type PlanSubject = Extract<ApprovalSubject, { kind: "plan" }>;

function boundFiles(files: readonly { readonly path: string; readonly sha256: string | null }[] = []): string[] {
  return files.map(({ path, sha256 }) => `${path} ${sha256 ?? "(missing)"}`);
}

function estimateText({ tokens, usd, minutes }: Estimate): string {
  const money = usd === null ? "" : `, $${usd.toFixed(2)}`;
  return `${tokens} tokens${money}, ${Math.ceil(minutes)} min`;
}
