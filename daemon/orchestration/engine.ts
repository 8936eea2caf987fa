/**
 * A run as a LangGraph graph: triage → recall and plan → approve → tasks → verify → review → finish. Each node is one
 * durable step; a node that a crash cut off runs again and finds its effects in the journal. With checkpoints.ts the
 * only code that knows LangGraph.
 */
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { nexusError } from "../../protocol/index.ts";
import { graphCheckpoints } from "./checkpoints.ts";
import { outsideGraphs } from "./outside-graphs.ts";
import { isolatePhase, isolateUnsaved, triagePhase } from "./phases/begin.ts";
import { collectPhase, reviewPhase, verifyPhase } from "./phases/finish.ts";
import { approvePhase, planPhase } from "./phases/plan.ts";
import { answerPhase, changePhase, repairPhase } from "./phases/single.ts";
import { type RunContext, stateOf, throwIfStopped } from "./run-context.ts";
import { tasksPhase } from "./team/dispatch.ts";

type Route =
  | "workflow"
  | "answer"
  | "change"
  | "plan"
  | "approve"
  | "tasks"
  | "verify"
  | "repair"
  | "review"
  | "finish"
  | "end";

/** All else is in the event log: the graph remembers only where it is. */
const GraphState = Annotation.Root({
  route: Annotation<Route>,
  round: Annotation<number>,
  report: Annotation<string>,
});
type GraphUpdate = Partial<typeof GraphState.State>;

const MAX_REPAIRS = 2;
const MAX_STEPS = 500;

/** Carries the run to its end, from its last checkpoint if there is one. Throws what stopped it. */
export async function runGraph(context: RunContext): Promise<void> {
  const graph = buildGraph(context);
  const config = { configurable: { thread_id: context.runId }, recursionLimit: MAX_STEPS, durability: "sync" as const };
  const snapshot = await graph.getState(config);
  const isFresh = snapshot.createdAt === undefined;
  if (!isFresh && snapshot.next.length === 0) return;
  await graph.invoke(isFresh ? { round: 0, report: "" } : null, config);
}

function buildGraph(context: RunContext) {
  const node = (work: (state: typeof GraphState.State) => Promise<GraphUpdate>) => (state: typeof GraphState.State) => {
    throwIfStopped(context);
    return work(state);
  };
  const follow = (state: typeof GraphState.State) => (state.route === "end" ? END : state.route);
  return new StateGraph(GraphState)
    .addNode(
      "triage",
      node(() => triageNode(context)),
    )
    .addNode(
      "answer",
      node(async () => ({ route: (await answerPhase(context)) === "change" ? "change" : "end" })),
    )
    .addNode(
      "change",
      node(async () => {
        await isolatePhase(context);
        return { route: (await changePhase(context)) === "planned" ? "approve" : "verify" };
      }),
    )
    .addNode(
      "plan",
      node(() => planNode(context)),
    )
    .addNode(
      "approve",
      node(async () => {
        await approvePhase(context);
        await isolatePhase(context);
        return { route: "tasks" };
      }),
    )
    .addNode(
      "tasks",
      node(async () => {
        await tasksPhase(context);
        return { route: "verify" };
      }),
    )
    .addNode(
      "workflow",
      node(async () => {
        await isolatePhase(context);
        // With its parser and its expressions it is a third of a megabyte that most runs never use.
        const { workflowPhase } = await outsideGraphs(() => import("./workflows/phase.ts"));
        await workflowPhase(context);
        return { route: "verify" };
      }),
    )
    .addNode(
      "verify",
      node((state) => verifyNode(context, state.round)),
    )
    .addNode(
      "repair",
      node(async ({ round, report }) => {
        await repairPhase(context, round + 1, report);
        return { route: "verify", round: round + 1 };
      }),
    )
    .addNode(
      "review",
      node(async () => {
        await reviewPhase(context);
        return { route: "finish" };
      }),
    )
    .addNode(
      "finish",
      node(async () => {
        await collectPhase(context);
        return { route: "end" };
      }),
    )
    .addEdge(START, "triage")
    .addConditionalEdges("triage", follow, ["answer", "change", "plan", "workflow"])
    .addConditionalEdges("answer", follow, ["change", END])
    .addConditionalEdges("change", follow, ["approve", "verify"])
    .addConditionalEdges("plan", follow, ["approve", END])
    .addConditionalEdges("approve", follow, ["tasks"])
    .addConditionalEdges("tasks", follow, ["tasks", "verify"])
    .addConditionalEdges("workflow", follow, ["verify"])
    .addConditionalEdges("verify", follow, ["repair", "review", "finish"])
    .addConditionalEdges("repair", follow, ["verify"])
    .addConditionalEdges("review", follow, ["finish"])
    .addConditionalEdges("finish", follow, [END])
    .compile({ checkpointer: graphCheckpoints(context.store.checkpoints) });
}

async function triageNode(context: RunContext): Promise<GraphUpdate> {
  const kind = await triagePhase(context);
  await isolateUnsaved(context);
  switch (kind) {
    case "question":
      return { route: "answer" };
    case "change":
      return { route: "change" };
    case "goal":
      return { route: "plan" };
    case "workflow":
      return { route: "workflow" };
  }
}

async function planNode(context: RunContext): Promise<GraphUpdate> {
  await planPhase(context);
  const { mode } = await stateOf(context);
  return { route: mode === "plan" ? "end" : "approve" };
}

async function verifyNode(context: RunContext, round: number): Promise<GraphUpdate> {
  const verified = await verifyPhase(context, round);
  switch (verified.kind) {
    case "unchanged":
      return { route: "finish" };
    case "passed":
    case "untested":
      return { route: "review" };
    case "failed":
      if (round >= MAX_REPAIRS) throw nexusError("verification.failed", verified.report.slice(0, 1000));
      return { route: "repair", report: verified.report };
  }
}
