/**
 * Embeds what a store lacks, in the background. Vectors are kept by the hash of the chunk's content, so branches share
 * them, a chunk is paid for once, and a job that was killed goes on where it was.
 */
import { type ErrorValue, failure, ok, type Result } from "../../../protocol/index.ts";
import { type Clock, nextTurn } from "../../host/clock.ts";
import { type Embedder, estimatedTokens } from "./embedder.ts";
import type { VectorStore } from "./vector-store.ts";

export interface EmbeddableChunk {
  /** Which chunk it is, for people: path and lines. */
  readonly key: string;
  readonly text: string;
  /** Of its content: what its vector is kept by. */
  readonly hash: string;
}

export type Chunks = () => Iterable<EmbeddableChunk> | AsyncIterable<EmbeddableChunk>;

export interface EmbeddingEstimate {
  /** Different contents. */
  readonly total: number;
  readonly missing: number;
  readonly tokens: number;
  /** Null when the model's price is unknown. */
  readonly usd: number | null;
}

export type JobState = "running" | "paused" | "done" | "capped" | "failed" | "cancelled";

export interface EmbeddingProgress {
  readonly state: JobState;
  /** Stored, those included that were there before. */
  readonly done: number;
  readonly total: number;
  /** Chunks embedded a second, pauses left out; 0 until the first batch. */
  readonly rate: number;
  readonly tokens: number;
  /** Estimated; 0 when the price is unknown. */
  readonly usd: number;
  /** Chunks that the model would not take, by key, at most 100; their number is `skipped`. */
  readonly refused: readonly string[];
  readonly skipped: number;
  /** Why it stopped; null while it runs and when it is done. */
  readonly error: ErrorValue | null;
}

export interface EmbeddingJobOptions {
  readonly chunks: Chunks;
  readonly embedder: Embedder;
  readonly store: VectorStore;
  readonly clock: Clock;
  /** USD that this job may spend, by estimate; null for no limit. */
  readonly capUsd: number | null;
  /** Told after every batch and every change of state. */
  readonly onProgress?: (progress: EmbeddingProgress) => void;
}

export interface EmbeddingJob {
  progress(): EmbeddingProgress;
  /** After the batch that is under way. */
  pause(): void;
  resume(): void;
  cancel(): void;
  /** Resolves once, whatever the end; never rejects. */
  readonly ended: Promise<EmbeddingProgress>;
}

const LOOK_UP = 500;
const MAX_REFUSED = 100;
/** So many chunks in a row that the model would not take mean that it takes none. */
const MAX_REFUSED_IN_A_ROW = 20;

/** What a job would do and cost. */
export async function estimateEmbedding(
  chunks: Chunks,
  embedder: Embedder,
  store: Pick<VectorStore, "present">,
): Promise<Result<EmbeddingEstimate>> {
  let [total, missing, tokens] = [0, 0, 0];
  for await (const group of groupsOf(chunks(), LOOK_UP)) {
    const lacking = await lackingOf(group, store);
    if (!lacking.ok) return lacking;
    total += group.length;
    missing += lacking.value.length;
    tokens += tokensOf(lacking.value);
  }
  const price = embedder.usdPerMillionTokens;
  return ok({ total, missing, tokens, usd: price === null ? null : (tokens * price) / 1e6 });
}

export function startEmbedding(options: EmbeddingJobOptions): EmbeddingJob {
  const { onProgress = () => undefined } = options;
  const controller = new AbortController();
  const job: Job = { ...options, signal: controller.signal, ...NOTHING_DONE, refused: [], told };
  let wake: (() => void) | undefined;

  function told(): void {
    onProgress(progressOf(job));
  }

  job.gate = async () => {
    if (job.state !== "paused" || controller.signal.aborted) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  };

  const ended = run(job)
    .catch((error: unknown): void => {
      if (controller.signal.aborted) job.state = "cancelled";
      else fail(job, failure("vectors.unavailable", error instanceof Error ? error.message : String(error)).error);
    })
    .then(() => {
      told();
      return progressOf(job);
    });

  const change = (from: JobState, to: JobState) => {
    if (job.state !== from) return;
    job.state = to;
    told();
    if (to === "running") wake?.();
  };
  return {
    progress: () => progressOf(job),
    pause: () => change("running", "paused"),
    resume: () => change("paused", "running"),
    cancel() {
      controller.abort(new Error("the embedding was cancelled"));
      wake?.();
    },
    ended,
  };
}

interface Job extends EmbeddingJobOptions {
  readonly signal: AbortSignal;
  readonly told: () => void;
  gate?: () => Promise<void>;
  state: JobState;
  error: ErrorValue | null;
  done: number;
  total: number;
  embedded: number;
  activeMs: number;
  tokens: number;
  skipped: number;
  inARow: number;
  readonly refused: string[];
}

const NOTHING_DONE = {
  ...{ state: "running" as JobState, error: null, done: 0, total: 0, embedded: 0 },
  ...{ activeMs: 0, tokens: 0, skipped: 0, inARow: 0 },
};

async function run(job: Job): Promise<void> {
  const { chunks, embedder, store, capUsd } = job;
  await nextTurn();
  if (capUsd !== null && embedder.usdPerMillionTokens === null)
    return fail(job, failure("budget.unknown_price", `(${embedder.model}, embeddings)`).error);
  const counted = await estimateEmbedding(chunks, embedder, store);
  if (!counted.ok) return fail(job, counted.error);
  job.total = counted.value.total;
  job.done = counted.value.total - counted.value.missing;
  job.told();
  for await (const group of groupsOf(chunks(), LOOK_UP)) {
    job.signal.throwIfAborted();
    const lacking = await lackingOf(group, store);
    if (!lacking.ok) return fail(job, lacking.error);
    for (let from = 0; from < lacking.value.length && job.error === null; from += embedder.maxBatch)
      await embedBatch(job, lacking.value.slice(from, from + embedder.maxBatch));
    if (job.error !== null) return;
  }
  const saved = await store.save();
  if (!saved.ok) return fail(job, saved.error);
  job.state = "done";
}

async function embedBatch(job: Job, batch: readonly EmbeddableChunk[]): Promise<void> {
  await job.gate?.();
  job.signal.throwIfAborted();
  const price = job.embedder.usdPerMillionTokens ?? 0;
  const tokens = tokensOf(batch);
  if (job.capUsd !== null && ((job.tokens + tokens) * price) / 1e6 > job.capUsd) {
    const { error } = failure("budget.exceeded", `The cap for embeddings is ${job.capUsd} USD.`);
    fail(job, error);
    job.state = "capped";
    return;
  }
  const startedAt = job.clock.monotonic();
  job.tokens += tokens;
  await embedAndStore(job, batch);
  job.activeMs += job.clock.monotonic() - startedAt;
  job.told();
}

/** A text that the model will not take must not keep the others out: the batch is halved until it is alone. */
async function embedAndStore(job: Job, batch: readonly EmbeddableChunk[]): Promise<void> {
  const vectors = await job.embedder.embed(
    batch.map(({ text }) => text),
    job.signal,
  );
  if (vectors.ok) return store(job, batch, vectors.value);
  const mayBeOneText = vectors.error.code === "model.refused" || vectors.error.code === "model.bad_answer";
  if (!mayBeOneText) return fail(job, vectors.error);
  if (batch.length === 1) return skip(job, batch[0]?.key ?? "", vectors.error);
  const half = Math.ceil(batch.length / 2);
  for (const part of [batch.slice(0, half), batch.slice(half)]) if (job.error === null) await embedAndStore(job, part);
}

async function store(job: Job, batch: readonly EmbeddableChunk[], vectors: readonly Float32Array[]): Promise<void> {
  const added = await job.store.add(
    batch.map(({ hash }) => hash),
    vectors,
  );
  if (!added.ok) return fail(job, added.error);
  job.done += batch.length;
  job.embedded += batch.length;
  job.inARow = 0;
}

function skip(job: Job, key: string, error: ErrorValue): void {
  job.skipped += 1;
  job.inARow += 1;
  if (job.refused.length < MAX_REFUSED) job.refused.push(key);
  if (job.inARow >= MAX_REFUSED_IN_A_ROW) fail(job, error);
}

function fail(job: Job, error: ErrorValue): void {
  job.state = "failed";
  job.error = error;
}

function progressOf(job: Job): EmbeddingProgress {
  const { state, done, total, tokens, skipped, error, embedded, activeMs } = job;
  const rate = activeMs === 0 ? 0 : (embedded / activeMs) * 1000;
  const usd = (tokens * (job.embedder.usdPerMillionTokens ?? 0)) / 1e6;
  return { state, done, total, rate, tokens, usd, refused: [...job.refused], skipped, error };
}

/** Those whose content has no vector yet. */
async function lackingOf(
  group: readonly EmbeddableChunk[],
  store: Pick<VectorStore, "present">,
): Promise<Result<EmbeddableChunk[]>> {
  const present = await store.present(group.map(({ hash }) => hash));
  return present.ok ? ok(group.filter(({ hash }) => !present.value.has(hash))) : present;
}

function tokensOf(chunks: readonly EmbeddableChunk[]): number {
  return chunks.reduce((sum, { text }) => sum + estimatedTokens(text.length), 0);
}

/** Each content once. */
async function* groupsOf(
  chunks: Iterable<EmbeddableChunk> | AsyncIterable<EmbeddableChunk>,
  size: number,
): AsyncGenerator<EmbeddableChunk[]> {
  const seen = new Set<string>();
  let group: EmbeddableChunk[] = [];
  for await (const chunk of chunks) {
    if (seen.has(chunk.hash)) continue;
    seen.add(chunk.hash);
    group.push(chunk);
    if (group.length < size) continue;
    yield group;
    await nextTurn();
    group = [];
  }
  if (group.length > 0) yield group;
}
