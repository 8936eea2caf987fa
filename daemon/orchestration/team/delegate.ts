/** What an agent hands to another: a child task that works in its parent's copy while the parent waits. */
import { failure, nexusError, type Result, type RunState } from "../../../protocol/index.ts";
import type { Agent } from "../../agents/agent.ts";
import { type ChainLink, checkDelegation, goalKey } from "../../collaboration/delegation.ts";
import { taskNode } from "../../collaboration/wait-for.ts";
import { costOf, lineOf, restFor } from "../../planning/budget.ts";
import { narrow } from "../../security/policy/permissions.ts";
import type { Delegated, Delegation } from "../../tools/delegation.ts";
import type { Delegate } from "../calls/tool-calls.ts";
import { workRoot } from "../phases/begin.ts";
import { type DelegatedPiece, requestOfDelegated, sectionsOfDelegated } from "../phases/openings.ts";
import { runWork } from "../phases/run-work.ts";
import { survey } from "../phases/survey.ts";
import { agentsOf } from "../run-agents.ts";
import { isStoreFailure, type RunContext, record, stateOf, throwIfStopped } from "../run-context.ts";
import { endOf, errorOf, failureKey } from "./end.ts";
import { whileWaiting } from "./life.ts";
import { deadlineOf, smaller } from "./limits.ts";
import { supervised } from "./supervise.ts";

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
    const piece = { ...cleanOf(context, asked), readOnly: looksOnly || asked.readOnly === true };
    const state = await stateOf(context);
    const known = state.tasks.find(({ id }) => id === taskId);
    const refused = known === undefined ? await handOver(context, state, { taskId, parent, piece }) : undefined;
    if (refused !== undefined) return failure("tool.invalid_input", refused);
    const on = { node: taskNode(taskId), words: "waits for the end of" };
    const waits = { reason: `It waits for ${taskId} (${piece.agent}: ${piece.title}).`, key: taskId, on };
    return whileWaiting(context, parent, waits, () => childEnd(context, taskId, piece));
  };

/** As it is recorded, and told to the child. */
function cleanOf({ redact }: RunContext, { files, ...piece }: Delegation): Delegation {
  const told = { title: redact(piece.title), goal: redact(piece.goal), returns: redact(piece.returns) };
  return { ...piece, ...told, ...(files === undefined ? {} : { files: files.map(redact) }) };
}

/** On record, or why it may not be handed over. */
async function handOver(
  context: RunContext,
  state: RunState,
  { taskId, parent, piece }: { taskId: string; parent: string; piece: Delegation & { readOnly: boolean } },
): Promise<string | undefined> {
  const { agent, title, goal, returns, files = [], readOnly, budgetShare = SHARE } = piece;
  const outside = files.find((file) => /^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/.test(file));
  if (outside !== undefined) return `${outside} is not relative to the workspace.`;
  const agents = await agentsOf(context);
  const line = lineOf(state.tasks, parent).toReversed();
  const own = agents.of(line.at(-1)?.agent ?? "");
  const { leftUsd } = restFor(state, parent);
  const left = Number.isFinite(leftUsd) ? leftUsd : null;
  const contract = { returns, files, readOnly };
  const checked = checkDelegation(
    {
      ...{ agent, goal, contract, budgetUsd: left === null || left <= 0 ? left : left * budgetShare },
      chain: await Promise.all(line.map(({ id, agent: of }) => linkOf(context, state, id, of))),
      parent: { files: (await contractFiles(context, parent)) ?? ["**"], readOnly: piece.readOnly, leftUsd: left },
      knownAgents: agents.names.filter((name) => name !== own.name && mayHandTo(own, name)),
    },
    taskId,
  );
  if (!checked.ok) return checked.problem;
  const { limits } = agents.of(agent);
  const budgetUsd = smaller(checked.budgetUsd, limits.budgetUsd);
  const above = state.tasks.find(({ id }) => id === parent);
  const deadlineAt = deadlineOf(context.clock, limits, { parent: above }) ?? undefined;
  const given = { depth: checked.depth, contract, budgetUsd, ...(deadlineAt === undefined ? {} : { deadlineAt }) };
  const body = { type: "task.delegated" as const, taskId, parent, title, agent, goal, ...given };
  await record(context, body, `delegated/${taskId}`);
  return undefined;
}

function mayHandTo({ canDelegateTo }: Agent, name: string): boolean {
  return canDelegateTo.includes("*") || canDelegateTo.includes(name);
}

/** The goal of a planned task is in the plan, that of a child in its event. */
async function linkOf(context: RunContext, { plan }: RunState, taskId: string, agent: string): Promise<ChainLink> {
  const planned = plan?.tasks.find(({ id }) => id === taskId);
  const event =
    planned === undefined ? await context.store.events.find(context.runId, `delegated/${taskId}`) : undefined;
  const goal = planned?.goal ?? (event?.body.type === "task.delegated" ? event.body.goal : "");
  return { taskId, agent, goal: goalKey(goal) };
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
