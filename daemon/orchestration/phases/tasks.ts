/** One task of a plan: an agent's work on it, and its acceptance check. */
import { nexusError, type PlanTask } from "../../../protocol/index.ts";
import { createReview } from "../collaborate/review-task.ts";
import { agentsOf } from "../run-agents.ts";
import {
  type FinishedWork,
  isolationIn,
  type RunContext,
  record,
  stateOf,
  throwIfStopped,
  type WorkJudge,
} from "../run-context.ts";
import { createDelegate } from "../team/delegate.ts";
import { judgeEvidence } from "../team/evidence/judge.ts";
import { workRoot } from "./begin.ts";
import { check, mayCheck, reportOf } from "./check.ts";
import { createFieldAcceptance } from "./field-acceptance.ts";
import { planText, requestOfTask, sectionsOfTask } from "./openings.ts";
import { allowedCommands } from "./plan.ts";
import { obstacleOf, reportObstacle } from "./replan.ts";
import { runWork } from "./run-work.ts";
import { type Survey, survey } from "./survey.ts";

const ACCEPTANCE_TRIES = 3;

/** Answers with what its agent says of the accepted work. Throws when it fails. */
export async function runPlannedTask(context: RunContext, task: PlanTask): Promise<string> {
  throwIfStopped(context);
  const state = await stateOf(context);
  const { plan, tasks } = state;
  if (plan === null) throw nexusError("run.internal", "There is no plan.");
  const agent = (await agentsOf(context)).of(tasks.find(({ id }) => id === task.id)?.agent ?? task.agent);
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
  const opening = { sections, openRequest: requestOfTask(task), seen, kind: "task" as const };
  const { testCommand } = seen;
  const checks = [
    createAcceptance(context, task, root, testCommand),
    createFieldAcceptance(context, { task, agent, root, testCommand }),
    judging(context, task, root),
    reviewing(context, task, agent.name, seen),
  ];
  const ways = { handOvers: [reportObstacle(context, task.id)], delegate: createDelegate(false) };
  const outcome = await runWork(context, { taskId: task.id, ...opening, ...ways, accept: allOf(checks) });
  if (outcome.kind === "handed_over") throw nexusError("plan.contradicted", await obstacleOf(context, task.id));
  return context.redact(outcome.text).slice(0, 2000);
}

type Accept = (text: string, turn: number) => Promise<string | undefined>;

/** One after the other: what the first one says is enough to send the work back. */
function allOf(checks: readonly Accept[]): Accept {
  return async (text, turn) => {
    for (const accept of checks) {
      const objection = await accept(text, turn);
      if (objection !== undefined) return objection;
    }
    return undefined;
  };
}

/** Nexus's own gate, then the judges of others; what these said is on record, so that nobody is asked twice. */
function judging(context: RunContext, task: PlanTask, root: string): Accept {
  return async (text, turn) => {
    const work = { task, root, text, turn };
    const own = await judgeEvidence(context, work);
    return own ?? judgedByOthers(context, work);
  };
}

async function judgedByOthers(context: RunContext, work: FinishedWork): Promise<string | undefined> {
  const { judges, recorded } = context;
  const keyOf = (index: number) => `judged/${work.task.id}/${work.turn}/${index}`;
  // In a replay there are as many as spoke.
  for (let index = 0; recorded === undefined ? index < judges.length : recorded.has(keyOf(index)); index++) {
    const objection = await wordOf(context, work, keyOf(index), judges[index]);
    if (objection !== undefined) return objection;
  }
  return undefined;
}

/** Undefined: the work passes. */
async function wordOf(
  context: RunContext,
  work: FinishedWork,
  key: string,
  judge: WorkJudge | undefined,
): Promise<string | undefined> {
  const known = await context.store.events.find(context.runId, key);
  if (known?.body.type === "task.checked") return known.body.ok ? undefined : known.body.summary;
  const said = await judge?.(context, work);
  const objection = said === undefined ? undefined : context.redact(said).slice(0, 4000);
  const told = { ok: objection === undefined, summary: objection ?? "it passes", findings: [] };
  const place = { taskId: work.task.id, turn: work.turn, check: `judge ${key.slice(key.lastIndexOf("/") + 1)}` };
  await record(context, { type: "task.checked", ...place, ...told }, key);
  return objection;
}

function reviewing(context: RunContext, task: PlanTask, agent: string, seen: Survey): Accept {
  const { review } = task;
  if (review === undefined) return async () => undefined;
  const diff = async () => {
    const isolation = await isolationIn(context);
    return isolation === null ? "" : context.changes.workingDiff(isolation, (await stateOf(context)).workspace);
  };
  return createReview(context, { task, agent, by: review.by, seen, diff }, review.rounds);
}

/** Runs the acceptance command when the agent says it is done; sends it back, twice at most, when it is not. */
function createAcceptance(context: RunContext, task: PlanTask, root: string, testCommand: string | undefined): Accept {
  let tries = 0;
  return async (_text, turn) => {
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
