/** What an agent hands to another: a child task that works in its parent's copy while the parent waits. */
import { failure, nexusError, type Result, type RunState } from "../../../protocol/index.ts";
import { AGENTS } from "../../agents/coder.ts";
import { costOf, lineOf, restFor } from "../../planning/budget.ts";
import { narrow } from "../../security/policy/permissions.ts";
import type { Delegated, Delegation } from "../../tools/delegation.ts";
import type { Delegate } from "../calls/tool-calls.ts";
import { workRoot } from "../phases/begin.ts";
import { type DelegatedPiece, requestOfDelegated, sectionsOfDelegated } from "../phases/openings.ts";
import { runWork } from "../phases/run-work.ts";
import { survey } from "../phases/survey.ts";
import { isStoreFailure, type RunContext, record, stateOf, throwIfStopped } from "../run-context.ts";
import { endOf, errorOf, failureKey } from "./end.ts";
import { whileWaiting } from "./life.ts";
import { supervised } from "./supervise.ts";

const MOST_DEPTH = 3;
const SHARE = 0.5;

/**
 * How an agent may hand work on; who only looks hands on looking. The child's id is where it was called from, so that a
 * call repeated after a restart finds the same child.
 */
export const createDelegate =
  (looksOnly: boolean): Delegate =>
  async (context, from, asked) => {
    const { taskId: parent, turn, index } = from;
    const taskId = `${parent}.${turn}.${index}`;
    const piece = { ...asked, readOnly: looksOnly || asked.readOnly === true };
    const state = await stateOf(context);
    const known = state.tasks.find(({ id }) => id === taskId);
    const refused = known === undefined ? refusalOf(state, parent, piece) : undefined;
    if (refused !== undefined) return failure("tool.invalid_input", refused);
    if (known === undefined) await recordDelegation(context, state, { taskId, parent, piece });
    const waits = { reason: `It waits for ${taskId} (${piece.agent}: ${piece.title}).`, key: taskId };
    return whileWaiting(context, parent, waits, () => childEnd(context, taskId, piece));
  };

/** Undefined: it may be handed over. */
function refusalOf(state: RunState, parent: string, { agent, title, files = [] }: Delegation): string | undefined {
  const names = AGENTS.map(({ name }) => name);
  if (!names.includes(agent)) return `There is no agent “${agent.slice(0, 60)}”; there are ${names.join(", ")}.`;
  const outside = files.find((file) => /^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/.test(file));
  if (outside !== undefined) return `${outside} is not relative to the workspace.`;
  const line = lineOf(state.tasks, parent);
  if (line.length > MOST_DEPTH) return `Work is handed on ${MOST_DEPTH} times at most: do this yourself.`;
  const same = line.find((task) => task.agent === agent && task.title === title);
  return same === undefined ? undefined : `${same.id} was given the same already: that would go in circles.`;
}

async function recordDelegation(
  context: RunContext,
  state: RunState,
  { taskId, parent, piece }: { taskId: string; parent: string; piece: Delegation },
): Promise<void> {
  const { agent, title, goal, returns, files = [], readOnly = false, budgetShare = SHARE } = piece;
  const { leftUsd } = restFor(state, parent);
  const body = {
    type: "task.delegated" as const,
    ...{ taskId, parent, title, agent, goal },
    depth: lineOf(state.tasks, parent).length,
    contract: { returns, files, readOnly },
    budgetUsd: Number.isFinite(leftUsd) ? Math.max(0, leftUsd) * budgetShare : null,
  };
  await record(context, body, `delegated/${taskId}`);
}

/** A child that fails is an error of the call; what stops the parent, or the run, is thrown. */
async function childEnd(context: RunContext, taskId: string, piece: Delegation): Promise<Result<Delegated>> {
  const earlier = await recordedEnd(context, taskId);
  if (earlier !== undefined) return earlier;
  try {
    const { text, changed } = await supervised(context, taskId, (own) => work(own, taskId, piece));
    const summary = context.redact(text).slice(0, 2000);
    await record(context, { type: "task.finished", taskId, outcome: "done", summary }, `task/${taskId}/done`);
    const { spentUsd } = costOf(await stateOf(context), taskId);
    return { ok: true, value: { text, changed, costUsd: spentUsd } };
  } catch (error) {
    throwIfStopped(context);
    if (isStoreFailure(error)) throw error;
    const end = await endOf(context, taskId, error);
    if (end.kind === "failed" && end.broken) throw end.error;
    return failure("tool.failed", `${piece.agent} did not finish ${taskId}: ${errorOf(context, error).message}`);
  }
}

/** Of a child that ended before a restart, while its parent's call had not. */
async function recordedEnd(context: RunContext, taskId: string): Promise<Result<Delegated> | undefined> {
  const { tasks, attempt } = await stateOf(context);
  const child = tasks.find(({ id }) => id === taskId);
  if (child?.status !== "failed" && child?.status !== "skipped") return undefined;
  const event = await context.store.events.find(context.runId, failureKey(taskId, attempt));
  if (event?.body.type !== "task.finished") return undefined;
  return failure("tool.failed", `${child.agent} did not finish ${taskId}: ${event.body.summary}`);
}

async function work(
  context: RunContext,
  taskId: string,
  given: Delegation,
): Promise<{ text: string; changed: readonly string[] }> {
  const state = await stateOf(context);
  const { title, goal, returns, agent } = given;
  const { files = [], readOnly = false } = given;
  const piece: DelegatedPiece = { taskId, title, goal, returns, files, readOnly };
  await record(context, { type: "task.started", taskId, title, agent }, `task/${taskId}/started/${state.attempt}`);
  const { root } = await workRoot(context);
  const prompt = `${title} ${goal} ${files.join(" ")}`;
  const seen = await survey(context, { taskId, root, prompt, files, withContents: false });
  const { counter } = await context.window();
  const allowed = await contractFiles(context, taskId);
  const outcome = await runWork(context, {
    taskId,
    sections: sectionsOfDelegated(state, piece, seen, counter.count),
    openRequest: requestOfDelegated(piece),
    seen,
    kind: "task",
    readOnly,
    ...(allowed === undefined ? {} : { files: allowed }),
    delegate: createDelegate(readOnly),
  });
  if (outcome.kind === "handed_over") throw nexusError("run.internal", "A delegated task has nothing to hand over.");
  return outcome;
}

/** Files that the contracts from the planned task down to this one leave it; undefined: none of them names any. */
async function contractFiles(context: RunContext, taskId: string): Promise<readonly string[] | undefined> {
  const { tasks } = await stateOf(context);
  const contracts = lineOf(tasks, taskId).filter(({ parent, files }) => parent !== undefined && files.length > 0);
  const asPermissions = (paths: readonly string[]) => ({ paths, commands: [], hosts: [], budgetUsd: null });
  return contracts
    .map(({ files }) => files)
    .reduceRight<readonly string[] | undefined>(
      (kept, files) => (kept === undefined ? files : narrow(asPermissions(kept), asPermissions(files)).paths),
      undefined,
    );
}
