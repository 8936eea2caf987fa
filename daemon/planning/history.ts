/** What finished tasks of a workspace say about one that is to come. */
import type { Difficulty, TaskOutcome } from "../../protocol/index.ts";

/** The middle of some figures, and where the middle half of them lies. */
export interface Middle {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

export interface TrackRecord {
  /** Tasks that were done or failed. */
  readonly samples: number;
  /** Of those the share that was done, 0 to 1. */
  readonly successRate: number;
  /** Of the done ones; undefined when none was. */
  readonly tokens?: Middle;
  readonly usd?: Middle;
  readonly minutes?: Middle;
}

/** A kind of task; what is left out may be anything. */
export interface TaskKind {
  readonly agent?: string;
  readonly model?: string;
  readonly difficulty?: Difficulty;
  readonly area?: string;
}

/** Fewer done tasks than this say nothing. */
const FEW_SAMPLES = 3;

/** Success and cost of those outcomes that are of a kind: the evidence of an agent's bid. */
export function trackRecord(outcomes: readonly TaskOutcome[], kind: TaskKind = {}): TrackRecord {
  const those = outcomes.filter((outcome) => outcome.outcome !== "skipped" && isOfKind(outcome, kind));
  const done = those.filter(({ outcome }) => outcome === "done");
  const successRate = those.length === 0 ? 0 : done.length / those.length;
  if (done.length === 0) return { samples: those.length, successRate };
  const middleOf = (figure: (outcome: TaskOutcome) => number) => middle(done.map(figure));
  return {
    samples: those.length,
    successRate,
    tokens: middleOf(({ actual }) => actual.tokens),
    usd: middleOf(({ actual }) => actual.usd),
    minutes: middleOf(({ actual }) => actual.minutes),
  };
}

/** Done tasks like this one: the narrowest kind of which there are enough; empty when there is none. */
export function alike(outcomes: readonly TaskOutcome[], task: TaskKind & { readonly files: number }): TaskOutcome[] {
  const done = outcomes.filter(({ outcome }) => outcome === "done");
  const { agent, difficulty, area, files } = task;
  const kind = { ...(agent && { agent }), ...(difficulty && { difficulty }) };
  const same = done.filter((outcome) => isOfKind(outcome, kind));
  const groups = [
    same.filter((outcome) => outcome.area === area && sizeOf(outcome.files) === sizeOf(files)),
    same.filter((outcome) => sizeOf(outcome.files) === sizeOf(files)),
    same,
    done.filter((outcome) => difficulty !== undefined && isOfKind(outcome, { difficulty })),
  ];
  return groups.find((group) => group.length >= FEW_SAMPLES) ?? [];
}

/** Never empty. */
export function middle(figures: readonly number[]): Middle {
  const sorted = figures.toSorted((one, other) => one - other);
  const at = (share: number) => {
    const place = (sorted.length - 1) * share;
    const below = sorted[Math.floor(place)] ?? 0;
    const above = sorted[Math.ceil(place)] ?? below;
    return below + (above - below) * (place - Math.floor(place));
  };
  return { low: at(0.25), median: at(0.5), high: at(0.75) };
}

function isOfKind(outcome: TaskOutcome, { agent, model, difficulty, area }: TaskKind): boolean {
  return (
    (agent === undefined || outcome.agent === agent) &&
    (model === undefined || outcome.model === model) &&
    (difficulty === undefined || outcome.difficulty === difficulty) &&
    (area === undefined || outcome.area === area)
  );
}

function sizeOf(files: number): "none" | "few" | "many" {
  if (files === 0) return "none";
  return files <= 3 ? "few" : "many";
}
