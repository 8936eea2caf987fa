/**
 * Two agents about one piece of work: proposed → criticised → revised → …, until the critic accepts or the rounds are used
 * up. Then somebody decides: a judge who hears both, a person, or the rule.
 */

export interface Opinion {
  readonly verdict: "accepted" | "rejected";
  /** What must change, and why. */
  readonly comments: readonly string[];
}

export type Decider = "review" | "judge" | "person" | "rule";

export interface Disagreement {
  readonly rounds: number;
  readonly opinions: readonly Opinion[];
}

export type NextStep =
  | { readonly step: "accepted" }
  /** The comments go back to the author; the round that begins then has this number. */
  | { readonly step: "revise"; readonly round: number; readonly comments: readonly string[] }
  /** The rounds are used up, or nobody moves any more. */
  | { readonly step: "decide"; readonly why: string; readonly comments: readonly string[] };

const MOST_ROUNDS = 5;
const MOST_COMMENTS = 10;
const LONGEST_COMMENT = 500;

export function openDisagreement(rounds: number): Disagreement {
  const bounded = Number.isSafeInteger(rounds) ? Math.min(MOST_ROUNDS, Math.max(1, rounds)) : 1;
  return { rounds: bounded, opinions: [] };
}

/** A rejection without a comment names nothing that could be changed: it does not count as one. */
export function criticise(disagreement: Disagreement, opinion: Opinion): Disagreement {
  const comments = opinion.comments
    .map((comment) => comment.trim().slice(0, LONGEST_COMMENT))
    .filter((comment) => comment !== "")
    .slice(0, MOST_COMMENTS);
  const verdict = opinion.verdict === "rejected" && comments.length === 0 ? "accepted" : opinion.verdict;
  return { ...disagreement, opinions: [...disagreement.opinions, { verdict, comments }] };
}

export function nextStep({ rounds, opinions }: Disagreement): NextStep | undefined {
  const last = opinions.at(-1);
  if (last === undefined) return undefined;
  if (last.verdict === "accepted") return { step: "accepted" };
  const { comments } = last;
  const before = opinions.at(-2);
  if (before !== undefined && before.comments.join("\n") === comments.join("\n"))
    return { step: "decide", why: "the same was criticised twice in the same words", comments };
  if (opinions.length >= rounds) return { step: "decide", why: `${rounds} rounds are used up`, comments };
  return { step: "revise", round: opinions.length + 1, comments };
}

/**
 * What counts where neither a judge nor a person decides: work whose own check passed is taken, with the comments kept;
 * work without such evidence is not.
 */
export function decideByRule({ hasEvidence }: { readonly hasEvidence: boolean }): Opinion["verdict"] {
  return hasEvidence ? "accepted" : "rejected";
}
