/**
 * `nexus memory learn`: adapts the word table to the user's own history, by a short contrastive training on older commits,
 * and keeps the outcome only when it finds what newer commits touched measurably better. Nothing leaves the machine.
 */
import { createTrainer, type WordVectors } from "./contrastive.ts";
import { readHistory, type TaughtHistory } from "./git-history.ts";
import { keepLearnedTable, type LearnedRecord, learnedName, quantisedTable } from "./table-file.ts";
import { bagsOf, type HistoryBags, measureTable, type Quality, trainingGroup } from "./taught-bags.ts";
import { createWordTable, type TableParts, type WordTable } from "./word-table.ts";

export interface LearnOptions {
  /** The repository: a working tree or a bare one. */
  readonly folder: string;
  /** What is adapted: the built-in table, also when one was learned before, so that learning twice is not learning more. */
  readonly table: WordTable;
  /** Where learned tables of this repository are kept. */
  readonly tablesFolder: string;
  /** ISO 8601, for the record. */
  readonly at: string;
  readonly signal: AbortSignal;
  readonly random?: () => number;
  readonly onProgress?: (progress: LearnProgress) => void;
}

export interface LearnProgress {
  readonly step: "reading" | "measuring" | "training" | "judging";
  /** Of the training, 0 to 1. */
  readonly share: number;
}

export type LearnOutcome =
  | { readonly kept: true; readonly record: LearnedRecord }
  | {
      readonly kept: false;
      /** For people: too little history, or not better and by how much. */
      readonly reason: string;
      readonly before: Figures | null;
      readonly after: Figures | null;
      /** Commits that it was judged by. */
      readonly judgedBy: number;
    };

export type Figures = Pick<Quality, "recallAt10" | "reciprocalRank">;

const EPOCHS = 3;
/** A fifth of the history judges, at most this many commits. */
const MAX_HELD_OUT = 200;
const MIN_HELD_OUT = 20;
const MIN_TRAINING = 100;
/** The newest of the older commits choose the epoch; the held-out ones are looked at once. */
const VALIDATION_SHARE = 0.15;

/** What a learned table must gain in mean reciprocal rank, and by at least one standard error; R@10 must not fall. */
const MARGIN = 0.01;

/** Rejects with git's words where there is no history, and with the signal's reason when cancelled; nothing is kept then. */
export async function learnWords(options: LearnOptions): Promise<LearnOutcome> {
  const { folder, table, tablesFolder, at, signal, random = Math.random, onProgress = () => undefined } = options;
  onProgress({ step: "reading", share: 0 });
  const history = await readBalanced(folder, signal);
  const bags = await bagsOf(history, table, signal);
  const [judgedBy, learnedFrom] = [bags.heldOut.length, bags.commits.length];
  if (judgedBy < MIN_HELD_OUT || learnedFrom < MIN_TRAINING)
    return {
      ...{ kept: false, before: null, after: null, judgedBy },
      reason: `The history is too short: ${learnedFrom} commits to learn from and ${judgedBy} to judge by, where ${MIN_TRAINING} and ${MIN_HELD_OUT} are needed.`,
    };
  onProgress({ step: "measuring", share: 0 });
  const before = await measureTable(vectorsOf(table), bags, bags.heldOut, signal);
  const trained = await train(table, bags, { signal, random, onProgress });
  onProgress({ step: "judging", share: 1 });
  const parts = quantisedTable("", table.vocabulary, trained);
  // As it will be used: rounded to bytes.
  const after = await measureTable(vectorsOf(createWordTable(parts)), bags, bags.heldOut, signal);
  signal.throwIfAborted();
  const problem = whyNotBetter(before, after);
  const figures = { before: figuresOf(before), after: figuresOf(after) };
  if (problem !== undefined) return { kept: false, reason: problem, ...figures, judgedBy };
  const name = learnedName(parts);
  const record: LearnedRecord = { name, parent: table.name, ...figures, judgedBy, learnedFrom, at };
  const named: TableParts = { ...parts, name };
  await keepLearnedTable(tablesFolder, named, record);
  return { kept: true, record };
}

/** Why the second is not better by the margin; undefined when it is. */
export function whyNotBetter(before: Quality, after: Quality): string | undefined {
  const gains = after.reciprocalRanks.map((rank, index) => rank - (before.reciprocalRanks[index] ?? 0));
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / Math.max(1, gains.length - 1);
  const error = Math.sqrt(variance / gains.length);
  const text = (value: number) => value.toFixed(3);
  if (after.recallAt10 < before.recallAt10)
    return `R@10 on newer commits fell from ${text(before.recallAt10)} to ${text(after.recallAt10)}.`;
  if (mean < MARGIN) return `MRR on newer commits changed by ${text(mean)}, which is less than ${MARGIN}.`;
  return mean < error ? `MRR on newer commits rose by ${text(mean)}, within its error of ${text(error)}.` : undefined;
}

/** Holds out a fifth, which is known only after a first look when the history is short. */
async function readBalanced(folder: string, signal: AbortSignal): Promise<TaughtHistory> {
  const history = await readHistory({ folder, heldOut: MAX_HELD_OUT, signal });
  const all = history.commits.length + history.heldOut.length;
  const share = Math.floor(all / 5);
  return history.commits.length >= 4 * history.heldOut.length
    ? history
    : readHistory({ folder, heldOut: share, signal });
}

async function train(
  table: WordTable,
  bags: HistoryBags,
  { signal, random, onProgress }: Pick<LearnOptions, "signal"> & Required<Pick<LearnOptions, "random" | "onProgress">>,
): Promise<WordVectors> {
  const split = Math.floor(bags.commits.length * (1 - VALIDATION_SHARE));
  const group = trainingGroup(bags, bags.commits.slice(0, split));
  const validation = bags.commits.slice(split);
  const vectors = vectorsOf(table);
  let epoch = 0;
  const onBatch = (share: number) => onProgress({ step: "training", share: (epoch + share) / EPOCHS });
  const trainer = createTrainer(vectors, { random, signal, onBatch });
  let best = copyOf(vectors);
  let bestRank = (await measureTable(vectors, bags, validation, signal)).reciprocalRank;
  for (; epoch < EPOCHS; epoch++) {
    await trainer.epoch([group]);
    const rank = (await measureTable(vectors, bags, validation, signal)).reciprocalRank;
    if (rank <= bestRank) break;
    [best, bestRank] = [copyOf(vectors), rank];
  }
  return best;
}

/** A table's weights are in its rows; they are learned anew as factors. */
function vectorsOf({ rows, dimensions, size }: WordTable): WordVectors {
  return { dimensions, rows: rows.slice(), weights: new Float32Array(size).fill(1) };
}

function copyOf({ dimensions, rows, weights }: WordVectors): WordVectors {
  return { dimensions, rows: rows.slice(), weights: weights.slice() };
}

function figuresOf({ recallAt10, reciprocalRank }: Quality): Figures {
  return { recallAt10, reciprocalRank };
}
