/** One task of a plan: an agent's work on it, and its acceptance check. */
import { nexusError, type PlanTask } from "../../../protocol/index.ts";
import { agentOf } from "../../agents/coder.ts";
import { type RunContext, record, stateOf, throwIfStopped } from "../run-context.ts";
import { createDelegate } from "../team/delegate.ts";
import { workRoot } from "./begin.ts";
import { check, mayCheck, reportOf } from "./check.ts";
import { planText, requestOfTask, sectionsOfTask } from "./openings.ts";
import { allowedCommands } from "./plan.ts";
import { runWork } from "./run-work.ts";
import { survey } from "./survey.ts";

const ACCEPTANCE_TRIES = 3;

/** Answers with what its agent says of the accepted work. Throws when it fails. */
export async function runPlannedTask(context: RunContext, task: PlanTask): Promise<string> {
  throwIfStopped(context);
  const state = await stateOf(context);
  const { plan, tasks } = state;
  if (plan === null) throw nexusError("run.internal", "There is no plan.");
  const agent = agentOf(tasks.find(({ id }) => id === task.id)?.agent ?? task.agent);
  await record(
    context,
    { type: "task.started", taskId: task.id, title: task.title, agent: agent.name },
    `task/${task.id}/started/${state.attempt}`,
  );
  const { root } = await workRoot(context);
  const seen = await survey(context, {
    taskId: task.id,
    root,
    prompt: `${task.title} ${task.goal} ${task.files.join(" ")}`,
    files: task.files,
    plan: planText(state, plan),
    withContents: false,
  });
  const { counter } = await context.window();
  const sections = sectionsOfTask(state, { plan, task }, seen, counter.count);
  const opening = { sections, openRequest: requestOfTask(task) };
  const accept = createAcceptance(context, task, root, seen.testCommand);
  const work = { taskId: task.id, ...opening, seen, kind: "task" as const, accept, delegate: createDelegate(false) };
  const outcome = await runWork(context, work);
  return outcome.kind === "finished" ? context.redact(outcome.text).slice(0, 2000) : "";
}

/** Runs the acceptance command when the agent says it is done; sends it back, twice at most, when it is not. */
function createAcceptance(context: RunContext, task: PlanTask, root: string, testCommand: string | undefined) {
  const checkCommand = createCommandCheck(context, task, root, testCommand);
  return async (text: string, turn: number): Promise<string | undefined> => {
    const report = await checkCommand(turn);
    if (report !== undefined) return report;
    for (const judge of context.judges) {
      const objection = await judge(context, { task, root, text, turn });
      if (objection !== undefined) return objection;
    }
    return undefined;
  };
}

function createCommandCheck(context: RunContext, task: PlanTask, root: string, testCommand: string | undefined) {
  let tries = 0;
  return async (turn: number): Promise<string | undefined> => {
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
