/** What a person said at a gate: a choice, or words that stand for one; and what that means for the document at the gate. */
import { auditRun } from "../rights/audited.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";

export interface GateAnswer {
  readonly answer: string;
  /** In the person's words; empty where a choice says it all. */
  readonly remarks: string;
}

/** “send back: too long” is a choice with remarks. Undefined: it is no answer to this question. */
export function readAnswer(
  text: string,
  choices: readonly string[],
  words: string | undefined,
): GateAnswer | undefined {
  const said = text.trim();
  if (choices.length === 0) return { answer: text, remarks: "" };
  const chosen = choices.find((choice) => choice.toLowerCase() === said.toLowerCase());
  if (chosen !== undefined) return { answer: chosen, remarks: "" };
  if (words === undefined) return undefined;
  const begun = choices.find((choice) => said.toLowerCase().startsWith(`${choice.toLowerCase()}:`));
  if (begun !== undefined) return { answer: begun, remarks: said.slice(begun.length + 1).trim() };
  return said === "" ? undefined : { answer: words, remarks: said };
}

/** The version that stands when the question is answered is the one that was decided on. */
export async function recordDecision(
  context: RunContext,
  {
    path,
    isSentBack,
    remarks,
    by,
    key,
  }: { path: string; isSentBack: boolean; remarks: string; by: string; key: string },
): Promise<void> {
  const version = (await stateOf(context)).design?.documents.find((one) => one.path === path)?.version ?? 0;
  const verdict = isSentBack ? ("rejected" as const) : ("approved" as const);
  const action = `document ${path}, version ${version}`;
  await auditRun(context, context.runId, { event: "approval", actor: by, action, verdict, reason: remarks });
  const decision = isSentBack ? ("sent_back" as const) : ("approved" as const);
  await record(context, { type: "document.decided", path, version, decision, by, remarks }, key);
}
