import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../../daemon/host/clock.ts";
import type { Embedder } from "../../../daemon/memory/vector/embedder.ts";
import {
  type EmbeddableChunk,
  type EmbeddingJobOptions,
  type EmbeddingProgress,
  estimateEmbedding,
  startEmbedding,
} from "../../../daemon/memory/vector/embedding-job.ts";
import { openUsearchStore } from "../../../daemon/memory/vector/usearch-store.ts";
import type { VectorStore } from "../../../daemon/memory/vector/vector-store.ts";
import { failure, ok } from "../../../protocol/index.ts";
import { vectorOf } from "../../support/scripted-embeddings.ts";
import { must } from "./conformance.ts";

const DIMENSIONS = 8;
let folder = "";
let store: VectorStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "nexus-job-"));
  store = await openStore();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openStore(): Promise<VectorStore> {
  return must(await openUsearchStore({ folder: join(folder, "store"), model: "m", dimensions: DIMENSIONS }));
}

const chunks = (count: number): EmbeddableChunk[] =>
  Array.from({ length: count }, (_, index) => ({ key: `f.ts:${index}`, text: `text ${index}`, hash: `h${index}` }));

interface Recorded extends Embedder {
  readonly batches: string[][];
}

/** Embeds at once; `refuses` are texts that it will not take. */
function embedderWith(more: Partial<Embedder> = {}, refuses: (text: string) => boolean = () => false): Recorded {
  const batches: string[][] = [];
  return {
    ...{ place: "here", id: "test/m", model: "m", dimensions: DIMENSIONS, maxBatch: 10, usdPerMillionTokens: 0 },
    batches,
    async embed(texts, signal) {
      signal.throwIfAborted();
      batches.push([...texts]);
      if (texts.some(refuses)) return failure("model.refused", "not this text");
      return ok(texts.map((text) => Float32Array.from(vectorOf(text, DIMENSIONS))));
    },
    ...more,
  };
}

function start(embedder: Embedder, count: number, more: Partial<EmbeddingJobOptions> = {}) {
  const base = { chunks: () => chunks(count), embedder, store, clock: systemClock, capUsd: null };
  return startEmbedding({ ...base, ...more });
}

it("embeds what is missing, in batches, and tells how far it is", async () => {
  const embedder = embedderWith();
  const told: EmbeddingProgress[] = [];
  const end = await start(embedder, 25, { onProgress: (progress) => told.push(progress) }).ended;
  expect(end).toMatchObject({ state: "done", done: 25, total: 25, skipped: 0, error: null });
  expect(embedder.batches.map((batch) => batch.length)).toEqual([10, 10, 5]);
  expect(told.map(({ done }) => done)).toEqual([0, 10, 20, 25, 25]);
  expect(end.rate).toBeGreaterThan(0);
  expect(must(await store.count())).toBe(25);
});

it("embeds a content once, wherever it stands", async () => {
  const embedder = embedderWith();
  const twice = [...chunks(5), ...chunks(5).map((chunk) => ({ ...chunk, key: `other/${chunk.key}` }))];
  expect(await start(embedder, 0, { chunks: () => twice }).ended).toMatchObject({ done: 5, total: 5 });
  expect(embedder.batches.flat()).toHaveLength(5);
  await start(embedder, 5).ended;
  expect(embedder.batches.flat()).toHaveLength(5);
});

it("takes chunks from a source that has to be waited for", async () => {
  async function* slowly() {
    for (const chunk of chunks(3)) yield await Promise.resolve(chunk);
  }
  expect(await start(embedderWith(), 0, { chunks: slowly }).ended).toMatchObject({ state: "done", done: 3 });
});

it("estimates before what it will take and cost", async () => {
  const embedder = embedderWith({ usdPerMillionTokens: 2 });
  await start(embedder, 10).ended;
  const before = must(await estimateEmbedding(() => chunks(30), embedder, store));
  expect(before).toMatchObject({ total: 30, missing: 20, tokens: 60, usd: 0.00012 });
  const unknown = embedderWith({ usdPerMillionTokens: null });
  expect(must(await estimateEmbedding(() => chunks(30), unknown, store)).usd).toBeNull();
});

it("stops before it would spend more than the cap, and goes on with a larger one", async () => {
  const embedder = embedderWith({ usdPerMillionTokens: 1_000_000 });
  const capped = await start(embedder, 30, { capUsd: 65 }).ended;
  expect(capped).toMatchObject({ state: "capped", done: 20, usd: 50, error: { code: "budget.exceeded" } });
  expect(await start(embedder, 30, { capUsd: 65 }).ended).toMatchObject({ state: "done", done: 30, usd: 30 });
});

it("does not begin with a cap and no price", async () => {
  const embedder = embedderWith({ usdPerMillionTokens: null });
  const end = await start(embedder, 3, { capUsd: 1 }).ended;
  expect(end).toMatchObject({ state: "failed", error: { code: "budget.unknown_price" } });
  expect(embedder.batches).toEqual([]);
});

it("pauses between batches, and resumes", async () => {
  const embedder = embedderWith();
  const paused = Promise.withResolvers<void>();
  let pauses = 0;
  const job = start(embedder, 30, {
    onProgress: ({ done, state }) => {
      if (done === 10 && state === "running" && ++pauses === 1) job.pause();
      if (state === "paused") paused.resolve();
    },
  });
  await paused.promise;
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(job.progress()).toMatchObject({ state: "paused", done: 10 });
  job.resume();
  expect(await job.ended).toMatchObject({ state: "done", done: 30 });
});

it.each(["running", "paused"])("ends when it is cancelled while %s, and the next one goes on", async (state) => {
  const embedder = embedderWith();
  const job = start(embedder, 30, {
    onProgress: ({ done }) => {
      if (done !== 10) return;
      if (state === "paused") job.pause();
      queueMicrotask(() => job.cancel());
    },
  });
  expect(await job.ended).toMatchObject({ state: "cancelled", done: 10 });
  expect(await start(embedder, 30).ended).toMatchObject({ state: "done", done: 30 });
  expect(embedder.batches.flat()).toHaveLength(30);
});

it("embeds nothing again after a kill", async () => {
  const embedder = embedderWith();
  const job = start(embedder, 30, { onProgress: ({ done }) => done === 20 && job.cancel() });
  await job.ended;
  // Opened anew without a close, as after a kill.
  const again = await openStore();
  expect(await start(embedder, 30, { store: again }).ended).toMatchObject({ state: "done", done: 30 });
  expect(embedder.batches.flat()).toHaveLength(30);
  await again.close();
});

it("leaves out a text that the model will not take, and embeds the rest", async () => {
  const embedder = embedderWith({}, (text) => text === "text 7" || text === "text 23");
  const end = await start(embedder, 30).ended;
  expect(end).toMatchObject({ state: "done", done: 28, skipped: 2, refused: ["f.ts:7", "f.ts:23"] });
  expect(must(await store.present(["h7", "h8"]))).toEqual(new Set(["h8"]));
});

it("gives up on a model that takes nothing", async () => {
  const embedder = embedderWith({}, () => true);
  const end = await start(embedder, 1000).ended;
  expect(end).toMatchObject({ state: "failed", skipped: 20, error: { code: "model.refused" } });
});

it.each([
  ["model.overloaded", async () => failure("model.overloaded", "429")],
  ["vectors.unavailable", () => Promise.reject(new Error("a bug in the embedder"))],
] as const)("ends with %s, keeps what it has, and never rejects", async (code, embed) => {
  const good = embedderWith();
  let calls = 0;
  const embedder = embedderWith({ embed: (texts, signal) => (++calls > 2 ? embed() : good.embed(texts, signal)) });
  const end = await start(embedder, 30).ended;
  expect(end).toMatchObject({ state: "failed", done: 20, error: { code } });
  expect(must(await store.count())).toBe(20);
});

it("ends when the store refuses what the model gave", async () => {
  const embedder = embedderWith({ embed: async (texts) => ok(texts.map(() => new Float32Array(3).fill(1))) });
  expect(await start(embedder, 5).ended).toMatchObject({ state: "failed", error: { code: "vectors.invalid" } });
});

it("has nothing to do for no chunks", async () => {
  expect(await start(embedderWith(), 0).ended).toMatchObject({ state: "done", done: 0, total: 0, rate: 0 });
});
