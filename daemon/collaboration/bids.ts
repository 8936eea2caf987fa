/** What an agent bids for a task, and what that is worth: by rule, from its card and from how such tasks ended before. */
import * as z from "zod/mini";
import type { Bid, PlanTask } from "../../protocol/index.ts";

/** How tasks like one ended before in this workspace, for one agent. */
export interface Outcomes {
  readonly done: number;
  readonly failed: number;
  /** Tasks that it was awarded and gave back. */
  readonly broken: number;
  /** Mean cost of those that were done, in USD; null: none was, or the price is not known. */
  readonly meanUsd: number | null;
}

export const NO_OUTCOMES: Outcomes = { done: 0, failed: 0, broken: 0, meanUsd: null };

/** An agent that may bid. */
export interface Candidate {
  readonly name: string;
  readonly purpose: string;
  /** Words of its card: fields, languages, kinds of work. */
  readonly capabilities: readonly string[];
  readonly changesFiles: boolean;
  /** Tasks that it is at work on in this run. */
  readonly load: number;
  readonly outcomes: Outcomes;
}

/** What the awarding side knows by itself, whatever a bid claims. */
export interface Fitness {
  /** 0 to 1: how much of the task's own words the card names. */
  readonly fit: number;
  readonly words: readonly string[];
  /** 0 to 1; 0.5 where nothing is known. */
  readonly success: number;
}

const WEIGHTS = { fit: 0.4, success: 0.3, cost: 0.15, load: 0.1, confidence: 0.05 };
/** Two such words in the card are a full match. */
const FULL_MATCH = 2;
const MOST_EVIDENCE = 500;

export function fitnessOf(task: PlanTask, { purpose, capabilities, outcomes }: Candidate): Fitness {
  const card = new Set(wordsOf([purpose, ...capabilities].join(" ")));
  const asked = new Set(wordsOf([task.title, task.goal, ...task.files].join(" ")));
  const words = [...asked].filter((word) => card.has(word)).sort();
  const { done, failed, broken } = outcomes;
  // A task given back costs more than one that failed: somebody relied on the award.
  const success = (done + 1) / (done + failed + 2 * broken + 2);
  return { fit: Math.min(1, words.length / FULL_MATCH), words, success };
}

/** The bid that the rule makes for an agent. Refused: it could not do this task at all. */
export function computeBid(task: PlanTask, candidate: Candidate): Bid {
  const fitness = fitnessOf(task, candidate);
  const { name, changesFiles, outcomes } = candidate;
  if (!changesFiles && task.files.length > 0) return without(name, "refused", "It only reads, and this changes files.");
  const costUsd = outcomes.meanUsd ?? task.estimate?.usd ?? null;
  const confidence = rounded(0.5 * fitness.fit + 0.5 * fitness.success);
  return { bidder: name, outcome: "bid", costUsd, confidence, evidence: inWords(fitness, candidate), score: null };
}

const Claim = z.object({
  bidder: z.string(),
  outcome: z.enum(["bid", "refused"]),
  costUsd: z.nullable(z.number().check(z.nonnegative())),
  confidence: z.nullable(z.number().check(z.gte(0), z.lte(1))),
  evidence: z.string().check(z.maxLength(MOST_EVIDENCE)),
});

/** Reads what a bidder sent: anything. What is no bid is said to be invalid, with the reason; a score is never taken over. */
export function readBid(bidder: string, sent: unknown, budgetUsd: number | null): Bid {
  const claim = Claim.safeParse(sent);
  if (!claim.success) {
    const [issue] = claim.error.issues;
    return without(
      bidder,
      "invalid",
      `Not a bid: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.slice(0, MOST_EVIDENCE),
    );
  }
  const { costUsd, confidence } = claim.data;
  if (claim.data.bidder !== bidder) return without(bidder, "invalid", "It bids in another's name.");
  if (claim.data.outcome === "refused") return without(bidder, "refused", claim.data.evidence);
  if (confidence === null) return without(bidder, "invalid", "It does not say how sure it is.");
  if (costUsd !== null && budgetUsd !== null && costUsd > budgetUsd)
    return without(bidder, "invalid", `It would cost $${costUsd.toFixed(4)}; $${budgetUsd.toFixed(4)} are there.`);
  return { ...claim.data, score: null };
}

/** A bid that does not count, and why. */
export function without(bidder: string, outcome: Exclude<Bid["outcome"], "bid">, evidence: string): Bid {
  return { bidder: bidder.slice(0, 60), outcome, costUsd: null, confidence: null, evidence, score: null };
}

/** 0 to 1, larger is better. `cheapestUsd`: of all bids with a cost. What only the bidder claims weighs little. */
export function scoreOf(bid: Bid, { fit, success }: Fitness, load: number, cheapestUsd: number | null): number {
  const cost = bid.costUsd === null || cheapestUsd === null ? 0.5 : (cheapestUsd + 0.001) / (bid.costUsd + 0.001);
  return rounded(
    WEIGHTS.fit * fit +
      WEIGHTS.success * success +
      WEIGHTS.cost * cost +
      WEIGHTS.load / (1 + load) +
      WEIGHTS.confidence * (bid.confidence ?? 0),
  );
}

/** Words and endings of files that tell one field from another. */
function wordsOf(text: string): string[] {
  const words =
    text
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => word.length > 1 && !COMMON.has(word)).map((word) => word.replace(/(?<=..)s$/, ""));
}

const COMMON = new Set(
  "a an and any are as at be by can code do does file files for from has in into is it its make new of on or so src that the then this to use used uses with work".split(
    " ",
  ),
);

function inWords({ fit, words, success }: Fitness, { load, outcomes }: Candidate): string {
  const { done, failed, broken } = outcomes;
  const known = done + failed + broken;
  const matches = words.length === 0 ? "nothing in its card" : words.slice(0, 6).join(", ");
  const before = known === 0 ? "no such task before" : `${done} of ${known} such tasks done`;
  const given = broken === 0 ? "" : `, ${broken} given back`;
  return `fit ${rounded(fit)} (${matches}); ${before}${given}, success ${rounded(success)}; at work on ${load}`;
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
