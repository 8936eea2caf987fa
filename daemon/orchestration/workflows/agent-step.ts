/** An agent at work on one step. */
import { nexusError } from "../../../protocol/index.ts";
import type { Agent } from "../../agents/agent.ts";
import { FIELD_CHECKS } from "../../tools/fields/checks.ts";
import { workRoot } from "../phases/begin.ts";
import { check, mayCheck, reportOf } from "../phases/check.ts";
import { createFieldAcceptance } from "../phases/field-acceptance.ts";
import { sectionsOfPrompt } from "../phases/openings.ts";
import { runWork } from "../phases/run-work.ts";
import { survey } from "../phases/survey.ts";
import { agentsOf } from "../run-agents.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";
import type { AgentWork } from "./definition.ts";
import type { EffectPlace, Performed } from "./effects.ts";

const ACCEPTANCE_TRIES = 3;

/** Rejects as an agent's task does; what of that is the step's own failure the step tells. */
export async function workAsAgent(context: RunContext, work: AgentWork, place: EffectPlace): Promise<Performed> {
  const agents = await agentsOf(context);
  const { taskId, title } = place;
  const agent = work.agent ?? "coder";
  if (agents.find(agent) === undefined)
    return { ok: false, reason: `There is no agent ${agent} (there are: ${agents.names.join(", ")}).`, isFinal: true };
  const { attempt } = await stateOf(context);
  await record(
    context,
    { type: "task.started", taskId, title: title.slice(0, 100), agent },
    `task/${taskId}/started/${attempt}`,
  );
  try {
    const text = await answerOf(context, work, { taskId, agent });
    const summary = context.redact(text).slice(0, 2000);
    await record(context, { type: "task.finished", taskId, outcome: "done", summary }, `task/${taskId}/done`);
    return { ok: true, output: { text } };
  } catch (error) {
    if (!context.signal.aborted) await recordFailure(context, taskId, error);
    throw error;
  }
}

async function answerOf(
  context: RunContext,
  work: AgentWork,
  { taskId, agent }: { taskId: string; agent: string },
): Promise<string> {
  const state = await stateOf(context);
  const { root } = await workRoot(context);
  const files = [...(work.files ?? [])];
  const request = requestOf(work);
  const seen = await survey(context, {
    taskId,
    root,
    prompt: `${work.goal} ${files.join(" ")}`,
    files,
    withContents: false,
  });
  const { counter } = await context.window();
  const sections = sectionsOfPrompt({ ...state, prompt: request }, seen, "Step of a workflow", counter.count);
  const command = work.acceptance?.command;
  const { testCommand } = seen;
  const worker = (await agentsOf(context)).of(agent);
  const task = { id: taskId, files, acceptance: null };
  const isHeld = work.readOnly !== true && hasOwnChecks(worker);
  const field = isHeld
    ? createFieldAcceptance(context, { task, agent: worker, root, testCommand, shares: true })
    : DONE;
  const outcome = await runWork(context, {
    ...{ taskId, agent, sections, openRequest: request, seen },
    kind: work.readOnly === true ? "question" : "task",
    agreedCommands: command === undefined ? [] : [command],
    accept: accepted(acceptance(context, work, { taskId, root }), field),
    ...(work.mayChange === undefined ? {} : { files: [...work.mayChange] }),
  });
  return outcome.kind === "finished" ? outcome.text : "";
}

/** Checks that came with its procedure; those of all fields are for tasks of plans. */
function hasOwnChecks({ checks }: Agent): boolean {
  return checks.some((name) => !FIELD_CHECKS.some((check) => check.name === name));
}

const DONE: Accept = async () => undefined;

type Accept = (text: string, turn: number, changed: ReadonlySet<string>) => Promise<string | undefined>;

function accepted(first: Accept, second: Accept): Accept {
  return async (...finished) => (await first(...finished)) ?? second(...finished);
}

function requestOf({ goal, files = [], writes = [], acceptance: wanted }: AgentWork): string {
  const success = wanted?.expect === "fail" ? "fails, because the code that it asks for is not there yet" : "succeeds";
  return [
    goal,
    ...(files.length === 0 ? [] : [`Files it concerns: ${files.join(", ")}`]),
    ...(writes.length === 0 ? [] : [`It is done when you have written: ${writes.join(", ")}`]),
    ...(wanted === undefined
      ? []
      : [`It is done when \`${wanted.command}\` ${success}; Nexus runs it when you finish.`]),
  ].join("\n\n");
}

/** Runs the acceptance command when the agent says it is done; sends it back, twice at most, when it is not. */
function acceptance(context: RunContext, work: AgentWork, { taskId, root }: { taskId: string; root: string }) {
  let tries = 0;
  let missed = 0;
  return async (_text: string, turn: number, changed: ReadonlySet<string>): Promise<string | undefined> => {
    const missing = (work.writes ?? []).filter((path) => !changed.has(path));
    // Told from what is on record alone: after a restart it comes to the same.
    if (missing.length > 0 && ++missed < ACCEPTANCE_TRIES) return notWritten(missing);
    if (missing.length > 0) throw nexusError("verification.failed", `It was not written: ${missing.join(", ")}.`);
    if (work.acceptance === undefined) return undefined;
    const { command, expect = "pass" } = work.acceptance;
    const may = { key: `check/${taskId}`, taskId, command, root, kind: "command" as const, allowed: [command] };
    if (!(await mayCheck(context, may))) throw nexusError("verification.failed", `\`${command}\` may not run.`);
    const { evidence, live } = await check(context, { key: `check/${taskId}/${turn}`, taskId, command, expect, root });
    if (evidence.satisfied) return undefined;
    if (!live || ++tries < ACCEPTANCE_TRIES) return reportOf(evidence);
    throw nexusError("verification.failed", `\`${command}\` did not come out as it should.`);
  };
}

function notWritten(paths: readonly string[]): string {
  return `You are not done: you have not written ${paths.join(", ")}. Write it, then say that you are done.`;
}

async function recordFailure(context: RunContext, taskId: string, error: unknown): Promise<void> {
  const { attempt } = await stateOf(context);
  const summary = error instanceof Error ? context.redact(error.message).slice(0, 2000) : "";
  const body = { type: "task.finished" as const, taskId, outcome: "failed" as const, summary };
  await record(context, body, `task/${taskId}/failed/${attempt}`);
}
