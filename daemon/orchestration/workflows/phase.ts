/** The phase of a run that follows a workflow: its steps, then what they came to as the run's answer. */
import { nexusError } from "../../../protocol/index.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";
import type { Json } from "./definition.ts";
import { runWorkflowGraph } from "./graph.ts";
import { pinnedBundle } from "./pin.ts";
import { createRunEffects } from "./run-effects.ts";

/** Rejects with `workflow.failed` when a step failed, after undoing what is done. */
export async function workflowPhase(context: RunContext): Promise<void> {
  const { workflow, workspace } = await stateOf(context);
  const loaded = await pinnedBundle(context.store, workflow);
  const inputs: Record<string, Json> = JSON.parse(workflow?.inputs ?? "{}");
  await record(context, { type: "run.entered", phase: "tasks" }, "entered/tasks");
  const stopping = new AbortController();
  const signal = AbortSignal.any([context.signal, stopping.signal]);
  const end = await runWorkflowGraph({
    ...{ runId: context.runId, workspace, store: context.store, clock: context.clock, redact: context.redact },
    effects: createRunEffects({ ...context, signal }),
    ...{ loaded, inputs, hash: workflow?.hash ?? "" },
    waits: context.waits,
    signal,
    stop: (reason) => stopping.abort(reason),
    underWay: new Set(),
  });
  if (!end.ok) throw nexusError("workflow.failed", `${end.reason}${undoneText(end.undone)}`);
  const text = context.redact(JSON.stringify(end.outputs, null, 2)).slice(0, 20_000);
  await record(
    context,
    { type: "run.answered", text: text === "{}" ? `The workflow ${loaded.main.name} is done.` : text },
    "answered",
  );
}

function undoneText(undone: number): string {
  if (undone === 0) return "";
  return undone === 1 ? " One step before it was undone." : ` ${undone} steps before it were undone.`;
}
