/** What a workflow waits for, in the run's wait-for graph: a workflow that it calls, and the work of a step. */
import { type WaitTarget, workflowNode } from "../../collaboration/wait-for.ts";
import { keyOf, record, type Scope, type WorkflowRun } from "./workflow-run.ts";

/** Does the work while the workflow of `scope` waits at this place; a wait that would never end is a failure of the step. */
export async function whileWaitingFor<Value>(
  run: WorkflowRun,
  scope: Scope,
  at: string,
  on: WaitTarget,
  work: () => Promise<Value>,
): Promise<Value | { outcome: "failed"; output: null; reason: string }> {
  const waiter = workflowNode(scope.file);
  const begun = run.waits.begin(waiter, { until: "all", targets: [on] }, at);
  if (!begun.ok) {
    const { cycle, explanation } = begun;
    const body = { type: "wait.refused" as const, taskId: at, cycle: [...cycle], explanation };
    await record(run, body, keyOf(at, "wait/refused"));
    return { outcome: "failed", output: null, reason: `${explanation}.` };
  }
  try {
    return await work();
  } finally {
    run.waits.finish(waiter, at);
  }
}
