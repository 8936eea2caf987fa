import { pendingPaths, type RunState, type RunSummary } from "../../protocol/index.ts";

const PROMPT = 300;

/** The line of a run in a list. */
export function summaryOf(state: RunState): RunSummary {
  return {
    runId: state.runId,
    sessionId: state.sessionId,
    workspace: state.workspace,
    prompt: state.prompt.slice(0, PROMPT),
    status: state.status,
    costUsd: state.budget.spentUsd,
    pendingFiles: pendingPaths(state).length,
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
  };
}
