/** What was said and done earlier in the session, for a follow-up prompt. */
import { type RunContext, stateOf } from "../run-context.ts";

const EARLIER_RUNS = 6;
const TEXT = 1500;

export async function sessionHistory(context: RunContext): Promise<string> {
  const state = await stateOf(context);
  const { runs } = await context.store.projections.listRuns({ sessionId: state.sessionId, limit: EARLIER_RUNS + 1 });
  const earlier = runs.filter((run) => run.runId !== context.runId && run.createdAt <= state.createdAt).reverse();
  const lines: string[] = [];
  for (const run of earlier) {
    const past = await context.store.events.state(run.runId);
    if (past === undefined) continue;
    lines.push(`User: ${past.prompt.slice(0, TEXT)}`);
    lines.push(`Nexus (${past.status}): ${(past.answer ?? past.summary).slice(0, TEXT)}`);
  }
  return lines.join("\n");
}
