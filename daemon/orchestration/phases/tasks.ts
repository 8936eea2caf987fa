/** The tasks of a plan: one at a time, each with its acceptance check. */
import { NexusError, nextTask, nexusError, type Plan, type PlanTask, type RunState } from "../../../protocol/index.ts";
import { agentsOf } from "../run-agents.ts";
import { type RunContext, record, stateOf, throwIfStopped } from "../run-context.ts";
import { workRoot } from "./begin.ts";
import { check, mayCheck, reportOf } from "./check.ts";
import { createFieldAcceptance } from "./field-acceptance.ts";
import { requestOfTask, sectionsOfTask } from "./openings.ts";
import { allowedCommands } from "./plan.ts";
import { type Doubt, obstacleOf, replan, reportObstacle, samePlace } from "./replan.ts";
import { runWork } from "./run-work.ts";
import { survey } from "./survey.ts";

const ACCEPTANCE_TRIES = 3;

/** Works on the next task of the plan that can start; answers whether any are left. Throws when one fails. */
export async function taskPhase(context: RunContext): Promise<"more" | "finished"> {
  const state = await stateOf(context);
  if (state.plan === null) return "finished";
  await record(context, { type: "run.entered", phase: "tasks" }, "entered/tasks");
  const done = new Set(state.tasks.filter((task) => task.status === "done").map((task) => task.id));
  const task = nextTask(state.plan, done, done);
  if (task === undefined) return "finished";
  await runPlannedTask(context, state, state.plan, task);
  return "more";
}

async function runPlannedTask(context: RunContext, state: RunState, plan: Plan, task: PlanTask): Promise<void> {
  throwIfStopped(context);
  const agent = (await agentsOf(context)).of(task.agent);
  const body = { type: "task.started" as const, taskId: task.id, title: task.title, agent: agent.name };
  const started = { body, key: `task/${task.id}/started/${state.attempt}` };
  // A person may have changed the plan since it was read: then it is read again.
  if ((await context.store.events.append(context.runId, [started], [], samePlace(state))).length === 0) return;
  const { root } = await workRoot(context);
  const seen = await survey(context, {
    taskId: task.id,
    root,
    prompt: `${task.title} ${task.goal} ${task.files.join(" ")}`,
    files: task.files,
    withContents: false,
  });
  const { counter } = await context.window();
  const sections = sectionsOfTask(state, { plan, task }, seen, counter.count);
  const opening = { sections, openRequest: requestOfTask(task) };
  const acceptance = createAcceptance(context, task, root, seen.testCommand);
  const fieldChecks = createFieldAcceptance(context, { task, agent, root, testCommand: seen.testCommand });
  const accept = async (text: string, turn: number) =>
    (await acceptance(text, turn)) ?? (await fieldChecks(text, turn));
  const handOvers = [reportObstacle(context, task.id)];
  try {
    const outcome = await runWork(context, { taskId: task.id, ...opening, seen, kind: "task", handOvers, accept });
    if (outcome.kind === "handed_over") throw nexusError("plan.contradicted", await obstacleOf(context, task.id));
    const summary = outcome.kind === "finished" ? outcome.text : "";
    await record(
      context,
      { type: "task.finished", taskId: task.id, outcome: "done", summary: context.redact(summary).slice(0, 2000) },
      `task/${task.id}/done`,
    );
  } catch (error) {
    if (context.signal.aborted) throw error;
    await recordFailure(context, task.id, state.attempt, error);
    const doubt = doubtOf(task.id, error);
    if (doubt === undefined || (await replan(context, doubt)) !== "revised") throw error;
  }
}

/** What of a failure says something about the plan. */
function doubtOf(taskId: string, error: unknown): Doubt | undefined {
  if (!(error instanceof NexusError)) return undefined;
  const isEvidence = ["verification.failed", "plan.contradicted"].includes(error.value.code);
  return isEvidence ? { taskId, evidence: error.value.message } : undefined;
}

async function recordFailure(context: RunContext, taskId: string, attempt: number, error: unknown): Promise<void> {
  const summary = error instanceof Error ? context.redact(error.message).slice(0, 2000) : "";
  const body = { type: "task.finished" as const, taskId, outcome: "failed" as const, summary };
  await record(context, body, `task/${taskId}/failed/${attempt}`);
}

/** Runs the acceptance command when the agent says it is done; sends it back, twice at most, when it is not. */
function createAcceptance(context: RunContext, task: PlanTask, root: string, testCommand: string | undefined) {
  let tries = 0;
  return async (_text: string, turn: number): Promise<string | undefined> => {
    if (task.acceptance === null) return undefined;
    const { command, expect } = task.acceptance;
    const key = `check/${task.id}/${turn}`;
    const allowed = allowedCommands(await stateOf(context), testCommand);
    const may = { key: `check/${task.id}`, taskId: task.id, command, root, kind: "command" as const, allowed };
    if (!(await mayCheck(context, may))) return undefined;
    const { evidence, live } = await check(context, { key, taskId: task.id, command, expect, root });
    if (evidence.satisfied) return undefined;
    if (!live || ++tries < ACCEPTANCE_TRIES) return reportOf(evidence);
    throw nexusError("verification.failed", `Task ${task.id}: \`${command}\` did not come out as it should.`);
  };
}
