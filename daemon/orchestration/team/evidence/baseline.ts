/** The files as a task found them, in a copy made to measure them. */
import type { Isolation } from "../../changes/changes.ts";
import { type RunContext, stateOf } from "../../run-context.ts";

/** One at a time for the same commit, so that the second finds what the first measured. */
export async function atCommit<Value>(
  context: RunContext,
  commit: string,
  measure: (copy: Isolation, tree: string) => Promise<Value>,
): Promise<Value> {
  const { runId, signal, changes } = context;
  const { workspace } = await stateOf(context);
  return context.inTurn(`baseline/${commit}`, async () => {
    const taskId = `baseline-${commit.slice(0, 12)}`;
    const copy = await changes.tasks.open({ runId, workspace, taskId, startCommit: commit, signal });
    try {
      return await measure(copy, await changes.tasks.tree(workspace, commit));
    } finally {
      await changes.tasks.release(runId, workspace, taskId).catch(() => undefined);
    }
  });
}
