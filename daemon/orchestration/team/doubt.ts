/** A task's failure may say that the plan does not hold: then another plan is tried before the failure counts. */
import { NexusError } from "../../../protocol/index.ts";
import { replan } from "../phases/replan.ts";
import type { RunContext } from "../run-context.ts";

const EVIDENCE: ReadonlySet<string> = new Set(["verification.failed", "plan.contradicted"]);

/** True when the run goes on with another plan. One at a time; asked again after a restart it goes on where it was. */
export async function isReplanned(context: RunContext, taskId: string, error: unknown): Promise<boolean> {
  if (!(error instanceof NexusError) || !EVIDENCE.has(error.value.code)) return false;
  const doubt = { taskId, evidence: error.value.message };
  return (await context.inTurn("replan", () => replan(context, doubt))) === "revised";
}
