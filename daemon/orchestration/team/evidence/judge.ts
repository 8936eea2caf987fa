/**
 * The verification gate: a planned task is done only with evidence. What was found is recorded before it decides anything,
 * so that a restart decides the same.
 */
import { nexusError, type Proof } from "../../../../protocol/index.ts";
import { asData } from "../../../memory/context/cut.ts";
import { type RunContext, record, type WorkJudge } from "../../run-context.ts";
import { gatherProof } from "./gather.ts";

/** How often a task is sent back before it fails. */
const MOST_REFUSALS = 2;
const MOST_TEXT = 4000;

export const judgeEvidence: WorkJudge = async (context, { task, root, turn }) => {
  const key = `evidence/${task.id}/${turn}`;
  const proof = (await recorded(context, key)) ?? (await gatherProof(context, { task, root, turn }));
  await record(context, { type: "evidence.gathered", taskId: task.id, turn, proof }, key);
  if (proof.verdict !== "refused") return undefined;
  if ((await refusalsBefore(context, task.id, turn)) < MOST_REFUSALS) return reportOf(proof);
  throw nexusError(
    "verification.failed",
    `Task ${task.id} was sent back twice. ${proof.reasons.join(" ")}`.slice(0, 1000),
  );
};

async function recorded(context: RunContext, key: string): Promise<Proof | undefined> {
  const event = await context.store.events.find(context.runId, key);
  return event?.body.type === "evidence.gathered" ? event.body.proof : undefined;
}

async function refusalsBefore(context: RunContext, taskId: string, turn: number): Promise<number> {
  const keys = Array.from({ length: turn }, (_, earlier) => `evidence/${taskId}/${earlier}`);
  // Of most turns there is none: a replay would wait for it.
  const known = keys.filter((key) => context.recorded?.has(key) !== false);
  return (await Promise.all(known.map((key) => recorded(context, key)))).filter((proof) => proof?.verdict === "refused")
    .length;
}

/** What the agent is told: the reasons in Nexus's words, what tools and tests wrote as data. */
function reportOf({ reasons, diagnostics, tests }: Proof): string {
  const details = [
    ...(diagnostics?.fresh ?? []).map(({ file, line, message }) => `${file}:${line}: ${message}`),
    ...(tests?.removed ?? []).map((name) => `gone: ${name}`),
    ...(tests?.skipped ?? []).map((name) => `skipped: ${name}`),
  ].join("\n");
  const told = details === "" ? "" : `\n${asData("evidence", details.slice(0, MOST_TEXT))}`;
  return `It is not done yet. ${reasons.join(" ")}${told}`;
}
