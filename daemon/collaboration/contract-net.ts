/**
 * Who gets a task that any agent may do: announced → bids → awarded → reported. Bids are sealed: they are looked at when all
 * are in or the time is up, and what decides is a rule, so the same bids have the same winner. Source: FIPA's contract net.
 */
import type { Bid, PlanTask } from "../../protocol/index.ts";
import { type Candidate, fitnessOf, readBid, scoreOf, without } from "./bids.ts";

export interface Announcement {
  readonly taskId: string;
  /** 1, 2, 3. */
  readonly round: number;
  readonly bidders: readonly string[];
  /** What can be spent on the task at most, in USD; null: there is no limit. */
  readonly budgetUsd: number | null;
  /** In whatever the caller counts time with. A bid that comes at this moment is in time. */
  readonly deadline: number;
}

/** Something that came in answer: from whom, when, and what, unread. */
export interface Submission {
  readonly bidder: string;
  readonly at: number;
  readonly sent: unknown;
}

export interface Award {
  readonly winner: string | null;
  readonly agent: string;
  readonly budgetUsd: number | null;
  /** Of that, what nobody else may spend; left out: what it costs is not known. */
  readonly lockedUsd?: number;
  readonly reason: string;
}

export const MOST_CONTRACT_ROUNDS = 3;
/** Who does it where nobody bids. */
export const FALLBACK_AGENT = "coder";
/** A slice is what was bid and as much again, so that a guess that is a little low does not end the work. */
const SLICE_FACTOR = 2;

export function announce(
  task: Pick<PlanTask, "id" | "budgetUsd">,
  candidates: readonly { readonly name: string }[],
  { leftUsd, deadline }: { readonly leftUsd: number | null; readonly deadline: number },
): Announcement {
  const bidders = [...new Set(candidates.map(({ name }) => name))].sort();
  return { taskId: task.id, round: 1, bidders, budgetUsd: smaller(task.budgetUsd ?? null, leftUsd), deadline };
}

/** The next round, without the one who gave the task back; undefined: the rounds are used up, or nobody is left. */
export function announceAgain(before: Announcement, without: string, deadline: number): Announcement | undefined {
  const bidders = before.bidders.filter((name) => name !== without);
  if (before.round >= MOST_CONTRACT_ROUNDS || bidders.length === 0) return undefined;
  return { ...before, round: before.round + 1, bidders, deadline };
}

/** Every bid as it counts, in the bidders' order, whatever came in. Who sends nothing has refused; the first of several counts. */
export function judgeBids(
  announcement: Announcement,
  task: PlanTask,
  candidates: readonly Candidate[],
  submissions: readonly Submission[],
): Bid[] {
  const { bidders, deadline, budgetUsd } = announcement;
  const strangers = submissions.filter(({ bidder }) => !bidders.includes(bidder));
  const bids = bidders.map((name): Bid => {
    const submission = submissions.find(({ bidder }) => bidder === name);
    if (submission === undefined) return without(name, "refused", "It did not answer.");
    if (!(submission.at <= deadline)) return without(name, "late", "It came after the time was up.");
    return readBid(name, submission.sent, budgetUsd);
  });
  const costs = bids.flatMap(({ outcome, costUsd }) => (outcome === "bid" && costUsd !== null ? [costUsd] : []));
  const cheapestUsd = costs.length === 0 ? null : Math.min(...costs);
  const scored = bids.map((bid) => {
    const candidate = candidates.find(({ name }) => name === bid.bidder);
    if (bid.outcome !== "bid" || candidate === undefined) return bid;
    return { ...bid, score: scoreOf(bid, fitnessOf(task, candidate), candidate.load, cheapestUsd) };
  });
  const unknown = [...new Set(strangers.map(({ bidder }) => bidder.slice(0, 60)))].sort().slice(0, 20);
  return [...scored, ...unknown.map((name) => without(name, "invalid", "It was not asked."))];
}

/** The best score wins; of equals the cheaper, then the name that comes first. Nobody bids: the general agent. */
export function award({ budgetUsd }: Announcement, bids: readonly Bid[]): Award {
  const [best, second] = bids.filter(({ outcome, score }) => outcome === "bid" && score !== null).sort(betterFirst);
  if (best === undefined)
    return {
      winner: null,
      agent: FALLBACK_AGENT,
      budgetUsd,
      reason: `Nobody bid (${outcomesOf(bids)}), so ${FALLBACK_AGENT} does it.`,
    };
  const slice = best.costUsd === null ? budgetUsd : smaller(best.costUsd * SLICE_FACTOR, budgetUsd);
  // A bid of nothing would lock nothing: such work still needs its calls.
  const cap = slice === 0 ? budgetUsd : slice;
  const locked = best.costUsd === null || slice === null || slice === 0 ? {} : { lockedUsd: slice };
  const against = second === undefined ? "the only bid" : `against ${second.bidder} with ${second.score}`;
  const tie = second !== undefined && second.score === best.score ? `; equal, so ${tieRule(best, second)}` : "";
  const reason = `${best.bidder} with ${best.score}, ${against}${tie}: ${best.evidence}`;
  return { winner: best.bidder, agent: best.bidder, budgetUsd: cap, ...locked, reason };
}

function betterFirst(first: Bid, second: Bid): number {
  const score = (second.score ?? 0) - (first.score ?? 0);
  if (score !== 0) return score;
  const cost = (first.costUsd ?? Number.MAX_VALUE) - (second.costUsd ?? Number.MAX_VALUE);
  if (cost !== 0) return cost;
  return first.bidder < second.bidder ? -1 : 1;
}

function tieRule(first: Bid, second: Bid): string {
  return first.costUsd === second.costUsd ? "the name that comes first" : "the cheaper";
}

function outcomesOf(bids: readonly Bid[]): string {
  return bids.map(({ bidder, outcome }) => `${bidder}: ${outcome}`).join(", ") || "nobody was asked";
}

function smaller(first: number | null, second: number | null): number | null {
  if (first === null || second === null) return first ?? second;
  return Math.min(first, second);
}
