/** Work without a plan: answering a question, a small change, a repair. */
import { coder } from "../../agents/coder.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";
import { workRoot } from "./begin.ts";
import { beginChange, proposePlan } from "./hand-overs.ts";
import { sectionsOfPrompt, sectionsOfRepair } from "./openings.ts";
import { runWork } from "./run-work.ts";
import { survey } from "./survey.ts";

/** A question: looked up and answered, nothing is changed. Answers `change` when the agent found that one is asked for. */
export async function answerPhase(context: RunContext): Promise<"answered" | "change"> {
  const state = await stateOf(context);
  const { root } = await workRoot(context);
  const seen = await survey(context, { taskId: "answer", root, prompt: state.prompt, withContents: false });
  await record(context, { type: "run.entered", phase: "tasks" }, "entered/tasks");
  await startImplicitTask(context, "answer", "Answer the question", state.attempt);
  const { counter } = await context.window();
  const opening = { sections: sectionsOfPrompt(state, seen, "Question", counter.count), openRequest: state.prompt };
  const handOvers = state.mode === "act" ? [beginChange(context)] : [];
  const outcome = await runWork(context, { taskId: "answer", ...opening, seen, kind: "question", handOvers });
  if (outcome.kind === "handed_over") return "change";
  await record(context, { type: "run.answered", text: context.redact(outcome.text).slice(0, 20_000) }, "answered");
  await finishImplicitTask(context, "answer", outcome.text);
  return "answered";
}

/** A small change: one agent, no ceremony. Answers `planned` when the agent found that it needs a plan. */
export async function changePhase(context: RunContext): Promise<"changed" | "planned"> {
  const state = await stateOf(context);
  const { root } = await workRoot(context);
  const seen = await survey(context, { taskId: "change", root, prompt: state.prompt, withContents: false });
  await record(context, { type: "run.entered", phase: "tasks" }, "entered/tasks");
  await startImplicitTask(context, "change", state.prompt.slice(0, 100), state.attempt);
  const { counter } = await context.window();
  const opening = { sections: sectionsOfPrompt(state, seen, "Request", counter.count), openRequest: state.prompt };
  const handOvers = [await proposePlan(context)];
  const outcome = await runWork(context, { taskId: "change", ...opening, seen, kind: "task", handOvers });
  if (outcome.kind === "handed_over") {
    await finishImplicitTask(context, "change", "It needs more than one step, so a plan was made.");
    return "planned";
  }
  await record(context, { type: "run.answered", text: context.redact(outcome.text).slice(0, 20_000) }, "answered");
  await finishImplicitTask(context, "change", outcome.text);
  return "changed";
}

/** One more piece of work after the project's tests failed on the whole change. */
export async function repairPhase(context: RunContext, round: number, report: string): Promise<void> {
  const state = await stateOf(context);
  const { root } = await workRoot(context);
  const taskId = `repair-${round}`;
  const seen = await survey(context, { taskId, root, prompt: state.prompt, withContents: false });
  await startImplicitTask(context, taskId, "Make the project's tests pass", state.attempt);
  const { counter } = await context.window();
  const opening = { sections: sectionsOfRepair(state, report, seen, counter.count), openRequest: state.prompt };
  const outcome = await runWork(context, { taskId, ...opening, seen, kind: "task" });
  await finishImplicitTask(context, taskId, outcome.kind === "finished" ? outcome.text : "");
}

async function startImplicitTask(context: RunContext, taskId: string, title: string, attempt: number): Promise<void> {
  const body = { type: "task.started" as const, taskId, title, agent: coder.name };
  await record(context, body, `task/${taskId}/started/${attempt}`);
}

async function finishImplicitTask(context: RunContext, taskId: string, text: string): Promise<void> {
  const summary = context.redact(text).slice(0, 2000);
  await record(context, { type: "task.finished", taskId, outcome: "done", summary }, `task/${taskId}/done`);
}
