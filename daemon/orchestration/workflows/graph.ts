/**
 * Workflows on LangGraph. Each list of steps is a graph of its own: a node a step, an edge a need, checkpoints under the run,
 * the definition's hash and the list's path. All else is in the event log: the graphs remember only where they are.
 */
import { Annotation, START, StateGraph } from "@langchain/langgraph";
import { graphCheckpoints } from "../checkpoints.ts";
import { outsideGraphs } from "../outside-graphs.ts";
import { completedSteps } from "./completed.ts";
import { runInside, workflowOutputs } from "./containers.ts";
import type { Json } from "./definition.ts";
import { type Inside, runStep, undoStep } from "./step.ts";
import { endsList, needsIn, resultAt, rootScope, type Scope, type WorkflowRun } from "./workflow-run.ts";

/** A failed step lets no later step of its list begin. */
const ListState = Annotation.Root({
  hasFailed: Annotation<boolean>({ reducer: (before, after) => before || after, default: () => false }),
});
const UndoState = Annotation.Root({ left: Annotation<number> });

export type WorkflowEnd =
  | { readonly ok: true; readonly outputs: Json }
  | { readonly ok: false; readonly reason: string; readonly undone: number };

/** Carries the workflow to its end, from where it is, as no part of the run's own graph. Rejects with what stopped or ended the run, when all is still. */
export function runWorkflowGraph(run: WorkflowRun): Promise<WorkflowEnd> {
  return outsideGraphs(() => toEnd(run));
}

async function toEnd(run: WorkflowRun): Promise<WorkflowEnd> {
  try {
    const root = rootScope(run);
    const ok = await runScope(run, root);
    const ended = ok ? await workflowOutputs(run, root, root.workflow) : undefined;
    if (ended?.outcome === "done") return { ok: true, outputs: ended.output };
    const reason = ended?.reason ?? (await firstFailure(run, root));
    return { ok: false, reason, undone: await compensate(run) };
  } catch (error) {
    run.stop(error);
    await Promise.allSettled([...run.underWay]);
    throw error;
  }
}

const inside: Inside = (run, scope, step) => runInside(run, scope, step, runScope);

async function runScope(run: WorkflowRun, scope: Scope): Promise<boolean> {
  const graph = listGraph(run, scope);
  const config = configOf(run, `at/${scope.prefix}`, scope.steps.length);
  await drive(await graph.getState(config), (isFresh) => graph.invoke(isFresh ? { hasFailed: false } : null, config));
  const { values } = await graph.getState(config);
  return values.hasFailed !== true;
}

function listGraph(run: WorkflowRun, scope: Scope) {
  const all = needsIn(scope);
  const nodes = all.map(({ step }) => [
    nodeOf(step.id),
    node(run, async ({ hasFailed }: typeof ListState.State) => {
      if (hasFailed) return {};
      return { hasFailed: endsList(step, await runStep(run, scope, step, inside)) };
    }),
  ]);
  const graph = new StateGraph(ListState).addNode(Object.fromEntries(nodes));
  for (const { step, needs } of all) {
    if (needs.length === 0) graph.addEdge(START, nodeOf(step.id));
    else graph.addEdge(needs.map(nodeOf), nodeOf(step.id));
  }
  return graph.compile({ checkpointer: graphCheckpoints(run.store.checkpoints) });
}

/** Undoes what is done, the last first, one durable node each. Answers with how many steps there were to undo. */
async function compensate(run: WorkflowRun): Promise<number> {
  const completed = await completedSteps(run);
  if (completed.length === 0) return 0;
  const graph = new StateGraph(UndoState)
    .addNode(
      "undo",
      node(run, async ({ left }: typeof UndoState.State) => {
        const place = completed[left - 1];
        if (place !== undefined) await undoStep(run, place.scope, place.step);
        return { left: left - 1 };
      }),
    )
    .addEdge(START, "undo")
    .addConditionalEdges("undo", ({ left }) => (left > 0 ? "undo" : "__end__"), ["undo", "__end__"])
    .compile({ checkpointer: graphCheckpoints(run.store.checkpoints) });
  const config = configOf(run, "undo", completed.length);
  const left = completed.length;
  await drive(await graph.getState(config), (isFresh) => graph.invoke(isFresh ? { left } : null, config));
  return completed.length;
}

/** What is under way is known, so that the end of the run leaves nothing behind; what ends the run ends all of it. */
function node<State, Update>(run: WorkflowRun, work: (state: State) => Promise<Update>) {
  return (state: State): Promise<Update> => {
    const working = outsideGraphs(async () => {
      if (run.signal.aborted) throw run.signal.reason;
      return work(state);
    }).catch((error: unknown) => {
      run.stop(error);
      throw error;
    });
    run.underWay.add(working);
    const forget = () => run.underWay.delete(working);
    working.then(forget, forget);
    return working;
  };
}

interface Standing {
  readonly createdAt?: string;
  /** Of the step that comes next: also those whose results are written and not yet joined, which `next` leaves out. */
  readonly tasks: readonly unknown[];
}

/** From the beginning, from where it was left, or not at all: it may be at its end. */
async function drive({ createdAt, tasks }: Standing, invoke: (isFresh: boolean) => Promise<unknown>): Promise<void> {
  if (createdAt === undefined || tasks.length > 0) await invoke(createdAt === undefined);
}

function configOf(run: WorkflowRun, list: string, steps: number) {
  const threadId = `${run.runId}/${run.hash.slice(0, 16)}/${list}`;
  return { configurable: { thread_id: threadId }, recursionLimit: steps + 10, durability: "sync" as const };
}

/** Ids may be words that every object has. */
function nodeOf(id: string): string {
  return `step-${id}`;
}

async function firstFailure(run: WorkflowRun, scope: Scope): Promise<string> {
  for (const step of scope.steps) {
    const result = await resultAt(run, scope.prefix + step.id);
    if (result !== undefined && endsList(step, result))
      return `Step ${scope.prefix}${step.id} ${result.outcome === "timed_out" ? "took too long" : "failed"}: ${result.reason}`;
  }
  return "A step failed.";
}
