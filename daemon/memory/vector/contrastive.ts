/**
 * Contrastive training of word vectors (InfoNCE): a commit's message is to be nearer to the best chunk of the files it
 * touched than to those of other commits and to random ones. Adam on the rows that a batch touches.
 */
import { nextTurn } from "../../host/clock.ts";
import { dot } from "./unit-vector.ts";

/** A text as its rows and how much each counts: ln(1 + count) · idf. */
export interface Bag {
  readonly rows: Int32Array;
  readonly amounts: Float32Array;
}

export interface TrainingPair {
  readonly message: Bag;
  /** Chunks of the files that the commit touched; at least one. */
  readonly chunks: readonly Bag[];
}

/** Of one repository: a batch holds pairs of one alone, or telling repositories apart would be enough. */
export interface TrainingGroup {
  readonly pairs: readonly TrainingPair[];
  /** Where random chunks come from. */
  readonly pool: readonly Bag[];
}

/** What is trained, in place: a text is Σ amount · weight · row, at unit length. */
export interface WordVectors {
  readonly dimensions: number;
  /** Row-major. */
  readonly rows: Float32Array;
  readonly weights: Float32Array;
}

export interface TrainingOptions {
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly batch?: number;
  readonly randomChunks?: number;
  readonly temperature?: number;
  readonly rate?: number;
  /** Told after each batch: share of the epoch that is done, and the batch's mean loss. */
  readonly onBatch?: (share: number, loss: number) => void;
}

/** The best chunk is sought among so many of a commit's. */
const CANDIDATES = 8;
const [DECAY_1, DECAY_2, TINY] = [0.9, 0.999, 1e-8];

export interface Trainer {
  /** Goes once over all pairs; answers with the mean loss. Rejects with the signal's reason when cancelled. */
  epoch(groups: readonly TrainingGroup[]): Promise<number>;
}

export function createTrainer(vectors: WordVectors, options: TrainingOptions): Trainer {
  const { random, signal, batch = 192, randomChunks = 128, temperature = 0.06, rate = 3e-4 } = options;
  const optimiser = createOptimiser(vectors, rate);

  function train(pairs: readonly TrainingPair[], pool: readonly Bag[]): number {
    const messages = pairs.map(({ message }) => encode(vectors, message));
    const positives = pairs.map((pair, index) => bestChunk(vectors, pair.chunks, messages[index]?.unit, random));
    const extra = Array.from({ length: Math.min(randomChunks, pool.length) }, () => pick(pool, random));
    const chunks = [...positives, ...extra.map((bag) => encode(vectors, bag))];
    const loss = addGradients(messages, chunks, temperature);
    for (const encoded of [...messages, ...chunks]) optimiser.collect(encoded);
    optimiser.step();
    return loss;
  }

  return {
    async epoch(groups) {
      const batches = shuffled(
        groups.flatMap((group) => batchesOf(group, batch, random)),
        random,
      );
      let sum = 0;
      for (const [index, { pairs, pool }] of batches.entries()) {
        signal.throwIfAborted();
        const loss = train(pairs, pool);
        sum += loss;
        options.onBatch?.((index + 1) / batches.length, loss);
        await nextTurn();
      }
      return sum / Math.max(1, batches.length);
    },
  };
}

/** Batches of fewer than two pairs teach nothing. */
function batchesOf(group: TrainingGroup, size: number, random: () => number): TrainingGroup[] {
  const pairs = shuffled(group.pairs, random);
  const batches: TrainingGroup[] = [];
  for (let from = 0; from < pairs.length; from += size)
    batches.push({ pairs: pairs.slice(from, from + size), pool: group.pool });
  return batches.filter((batch) => batch.pairs.length > 1);
}

interface Encoded {
  readonly bag: Bag;
  readonly unit: Float32Array;
  /** Before it was brought to unit length; 0 for a text without a known word. */
  readonly length: number;
  /** Of the loss, by the unit vector. */
  readonly gradient: Float32Array;
}

function encode({ rows, weights, dimensions }: WordVectors, bag: Bag): Encoded {
  const unit = new Float32Array(dimensions);
  for (let place = 0; place < bag.rows.length; place++) {
    const row = bag.rows[place] ?? 0;
    const factor = (bag.amounts[place] ?? 0) * (weights[row] ?? 0);
    for (let index = 0, at = row * dimensions; index < dimensions; index++, at++)
      unit[index] = (unit[index] ?? 0) + factor * (rows[at] ?? 0);
  }
  let square = 0;
  for (let index = 0; index < dimensions; index++) square += (unit[index] ?? 0) ** 2;
  const length = Math.sqrt(square);
  if (length > 0) for (let index = 0; index < dimensions; index++) unit[index] = (unit[index] ?? 0) / length;
  return { bag, unit, length, gradient: new Float32Array(dimensions) };
}

function bestChunk(
  vectors: WordVectors,
  chunks: readonly Bag[],
  message: Float32Array | undefined,
  random: () => number,
): Encoded {
  const some = chunks.length <= CANDIDATES ? chunks : shuffled(chunks, random).slice(0, CANDIDATES);
  let best = encode(vectors, some[0] ?? EMPTY);
  let bestScore = message === undefined ? 0 : dot(best.unit, message);
  for (const bag of some.slice(1)) {
    const encoded = encode(vectors, bag);
    const score = message === undefined ? 0 : dot(encoded.unit, message);
    if (score > bestScore) [best, bestScore] = [encoded, score];
  }
  return best;
}

const EMPTY: Bag = { rows: new Int32Array(), amounts: new Float32Array() };

/** Softmax cross-entropy of each message over all chunks, its own being the right one; the mean loss. */
function addGradients(messages: readonly Encoded[], chunks: readonly Encoded[], temperature: number): number {
  let loss = 0;
  for (const [index, message] of messages.entries()) {
    const scores = Float64Array.from(chunks, (chunk) => dot(chunk.unit, message.unit) / temperature);
    const most = scores.reduce((first, second) => Math.max(first, second), Number.NEGATIVE_INFINITY);
    const sum = scores.reduce((total, score) => total + Math.exp(score - most), 0);
    loss += most + Math.log(sum) - (scores[index] ?? 0);
    for (const [place, chunk] of chunks.entries()) {
      const probability = Math.exp((scores[place] ?? 0) - most) / sum;
      const slope = (probability - (place === index ? 1 : 0)) / (temperature * messages.length);
      if (Math.abs(slope) < 1e-9) continue;
      addScaled(message.gradient, chunk.unit, slope);
      addScaled(chunk.gradient, message.unit, slope);
    }
  }
  return loss / messages.length;
}

interface Optimiser {
  collect(encoded: Encoded): void;
  step(): void;
}

function createOptimiser({ rows, weights, dimensions }: WordVectors, rate: number): Optimiser {
  const rowState = newMoments(rows.length);
  const weightState = newMoments(weights.length);
  const touched = new Set<number>();
  let steps = 0;

  function collect({ bag, unit, length, gradient }: Encoded): void {
    if (length === 0) return;
    // Through the division by the length: what points along the vector changes nothing.
    const along = dot(gradient, unit);
    for (let index = 0; index < dimensions; index++)
      gradient[index] = ((gradient[index] ?? 0) - along * (unit[index] ?? 0)) / length;
    for (let place = 0; place < bag.rows.length; place++) {
      const [row, amount] = [bag.rows[place] ?? 0, bag.amounts[place] ?? 0];
      const factor = amount * (weights[row] ?? 0);
      let slope = 0;
      for (let index = 0, at = row * dimensions; index < dimensions; index++, at++) {
        const part = gradient[index] ?? 0;
        slope += part * (rows[at] ?? 0);
        rowState.gradient[at] = (rowState.gradient[at] ?? 0) + factor * part;
      }
      weightState.gradient[row] = (weightState.gradient[row] ?? 0) + amount * slope;
      touched.add(row);
    }
  }

  function step(): void {
    steps += 1;
    const scale = (rate * Math.sqrt(1 - DECAY_2 ** steps)) / (1 - DECAY_1 ** steps);
    for (const row of touched) {
      for (let at = row * dimensions; at < (row + 1) * dimensions; at++) adam(rows, rowState, at, scale);
      adam(weights, weightState, row, scale);
    }
    touched.clear();
  }

  return { collect, step };
}

interface Moments {
  readonly gradient: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

function newMoments(size: number): Moments {
  return { gradient: new Float32Array(size), first: new Float32Array(size), second: new Float32Array(size) };
}

function adam(values: Float32Array, { gradient, first, second }: Moments, at: number, scale: number): void {
  const slope = gradient[at] ?? 0;
  gradient[at] = 0;
  const mean = DECAY_1 * (first[at] ?? 0) + (1 - DECAY_1) * slope;
  const square = DECAY_2 * (second[at] ?? 0) + (1 - DECAY_2) * slope * slope;
  first[at] = mean;
  second[at] = square;
  values[at] = (values[at] ?? 0) - (scale * mean) / (Math.sqrt(square) + TINY);
}

function addScaled(target: Float32Array, source: Float32Array, factor: number): void {
  for (let index = 0; index < target.length; index++)
    target[index] = (target[index] ?? 0) + factor * (source[index] ?? 0);
}

function pick(pool: readonly Bag[], random: () => number): Bag {
  return pool[Math.floor(random() * pool.length)] ?? EMPTY;
}

/** Fisher–Yates, on a copy. */
function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const [first, second] = [copy[last], copy[other]];
    if (first !== undefined && second !== undefined) [copy[last], copy[other]] = [second, first];
  }
  return copy;
}
