/** Awards a task that any agent may do, over the run's log: what stands there already is not asked or decided again. */
import type { Bid, PlanTask, RunEventOf, RunState } from "../../../protocol/index.ts";
import type { Agent } from "../../agents/agent.ts";
import { type Candidate, computeBid } from "../../collaboration/bids.ts";
import {
  type Announcement,
  announce,
  announceAgain,
  award,
  FALLBACK_AGENT,
  judgeBids,
  type Submission,
} from "../../collaboration/contract-net.ts";
import { setAside } from "../../planning/budget.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";
import { bidKey, contractKey } from "./contract-keys.ts";
import { type OutcomeHistory, runHistory } from "./outcome-history.ts";

export interface AwardOptions {
  /** Left out: what the store keeps of this folder. */
  readonly history?: OutcomeHistory;
  /** Bids that come from outside, instead of the computed ones of the same bidders. `at` counts as `deadline` does: from 0. */
  readonly sent?: (announcement: Announcement) => Promise<readonly Submission[]>;
}

export type Awarded = RunEventOf<"contract.awarded">;

/** Computed bids are there at once; who is asked from outside has this moment. */
const DEADLINE = 0;

/** The agent that gets the task, and its slice of the budget. After `giveBack` the next call begins the next round. */
export async function awardTask(
  context: RunContext,
  task: PlanTask,
  agents: readonly Agent[],
  options: AwardOptions = {},
): Promise<Awarded> {
  const state = await stateOf(context);
  let announcement = announce(task, agents, { leftUsd: leftUsd(state, task.id), deadline: DEADLINE });
  for (;;) {
    const known = await awardOf(context, task.id, announcement.round);
    if (known === undefined) return negotiate(context, task, agents, announcement, options);
    if (!(await isGivenBack(context, known))) return known;
    const next = announceAgain(announcement, known.agent, DEADLINE);
    if (next === undefined) return fallBack(context, announcement, known);
    announcement = next;
  }
}

/** What became of an awarded task: kept, or given back before it was done, which lowers the agent's later bids. */
export async function reportContract(
  context: RunContext,
  taskId: string,
  { kept, report }: { readonly kept: boolean; readonly report: string },
): Promise<void> {
  const awarded = await latestAward(context, taskId);
  if (awarded === undefined) return;
  const task = (await stateOf(context)).tasks.find(({ id }) => id === taskId);
  const text = context.redact(report).slice(0, 2000);
  const body = { type: "contract.reported" as const, taskId, agent: awarded.agent, kept, report: text };
  await record(context, { ...body, costUsd: task?.costUsd ?? 0 }, contractKey(taskId, awarded.round, "reported"));
}

async function negotiate(
  context: RunContext,
  task: PlanTask,
  agents: readonly Agent[],
  announcement: Announcement,
  { history, sent }: AwardOptions,
): Promise<Awarded> {
  const { round, taskId, bidders } = announcement;
  const announced = { type: "contract.announced" as const, taskId, round, bidders: [...bidders] };
  await record(context, announced, contractKey(taskId, round, "announced"));
  const candidates = await candidatesOf(context, task, agents, history ?? (await runHistory(context)));
  const outside = (await sent?.(announcement)) ?? [];
  const own = candidates.map((candidate): Submission => {
    return { bidder: candidate.name, at: 0, sent: computeBid(task, candidate) };
  });
  const bids: Bid[] = [];
  for (const bid of judgeBids(announcement, task, candidates, [...outside, ...own])) {
    const clean = { ...bid, evidence: context.redact(bid.evidence) };
    const { body } = await record(
      context,
      { type: "contract.bid", taskId, round, bid: clean },
      bidKey(taskId, round, bid.bidder),
    );
    // What was bid before a restart counts, not what would be bid now.
    bids.push(body.type === "contract.bid" ? body.bid : clean);
  }
  return recordAward(context, { type: "contract.awarded", taskId, round, ...award(announcement, bids) });
}

/** Nobody is left who would do it: the general agent must. */
async function fallBack(
  context: RunContext,
  { taskId, round, budgetUsd }: Announcement,
  last: Awarded,
): Promise<Awarded> {
  const reason = `${last.agent} gave it back, and nobody is left who has not; so ${FALLBACK_AGENT} does it.`;
  const body = { taskId, round: round + 1, winner: null, agent: FALLBACK_AGENT, budgetUsd, reason };
  return recordAward(context, { type: "contract.awarded", ...body });
}

async function recordAward(context: RunContext, awarded: Awarded): Promise<Awarded> {
  const { body } = await record(context, awarded, contractKey(awarded.taskId, awarded.round, "awarded"));
  return body.type === "contract.awarded" ? body : awarded;
}

async function awardOf(context: RunContext, taskId: string, round: number): Promise<Awarded | undefined> {
  const event = await context.store.events.find(context.runId, contractKey(taskId, round, "awarded"));
  return event?.body.type === "contract.awarded" ? event.body : undefined;
}

async function latestAward(context: RunContext, taskId: string): Promise<Awarded | undefined> {
  let latest: Awarded | undefined;
  for (let round = 1; ; round++) {
    const known = await awardOf(context, taskId, round);
    if (known === undefined) return latest;
    latest = known;
  }
}

async function isGivenBack(context: RunContext, { taskId, round, winner }: Awarded): Promise<boolean> {
  const event = await context.store.events.find(context.runId, contractKey(taskId, round, "reported"));
  return winner !== null && event?.body.type === "contract.reported" && !event.body.kept;
}

async function candidatesOf(
  context: RunContext,
  task: PlanTask,
  agents: readonly Agent[],
  history: OutcomeHistory,
): Promise<Candidate[]> {
  const { tasks } = await stateOf(context);
  return Promise.all(
    agents.map(async ({ name, purpose, capabilities, readOnly }) => ({
      name,
      purpose,
      capabilities: capabilities.flatMap(({ id, description }) => [id, description]),
      changesFiles: readOnly !== true,
      load: tasks.filter(({ agent, status }) => agent === name && status === "working").length,
      outcomes: await history.outcomesOf(name, task),
    })),
  );
}

/** Of the run's budget: what is neither spent nor set aside for a task that has not ended. */
function leftUsd(state: RunState, taskId: string): number | null {
  const { limitUsd, spentUsd } = state.budget;
  return limitUsd === null ? null : Math.max(0, limitUsd - spentUsd - setAside(state, taskId));
}
