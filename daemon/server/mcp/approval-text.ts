/** What exactly an approval would allow, as a text for a person: nothing of the subject is left out. */
import type { Approval } from "../../../protocol/index.ts";
import { revealed } from "../../tools/gate/result.ts";
import { subjectLines } from "../subject-lines.ts";

/** With control characters made visible: what a subject holds must not draw over the question. */
export function subjectText({ subject, parts = [] }: Approval): string {
  const explained = parts.map(({ text, why }) => `  ${text}: ${why}`);
  return revealed([...subjectLines(subject), ...explained].join("\n"));
}

/** The whole question. */
export function approvalQuestion(approval: Approval): string {
  return revealed(`${approval.title}\n${approval.reason}\n\n`) + subjectText(approval);
}
