import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../../daemon/host/clock.ts";
import type { PartStore } from "../../../daemon/memory/code/facts.ts";
import type { Embedder } from "../../../daemon/memory/vector/embedder.ts";
import { openUsearchStore } from "../../../daemon/memory/vector/usearch-store.ts";
import { createVectorSpace, type StoreIdentity, type VectorSpace } from "../../../daemon/memory/vector/vector-space.ts";
import { failure, ok } from "../../../protocol/index.ts";
import { vectorOf } from "../../support/scripted-embeddings.ts";
import { must } from "./conformance.ts";

const signal = new AbortController().signal;
const free = { capUsd: null, signal };
let folder = "";
let space: VectorSpace;
let parts: PartStore;
const opened: VectorSpace[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nexus-space-"));
  parts = new Map<string, Uint8Array>();
  space = newSpace();
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  rmSync(folder, { recursive: true, force: true });
});

const chunks = ["read the cookie", "write the file", "parse a date"].map((text, index) => ({
  ...{ key: `f.ts:${index}`, text },
  hash: `h${index}`,
}));

function folderOf({ model, dimensions }: StoreIdentity): string {
  return join(folder, `${model.replaceAll("/", "-")}-${dimensions}`);
}

function newSpace(): VectorSpace {
  const created = createVectorSpace({
    chunks: () => chunks,
    openStore: ({ model, dimensions }) =>
      openUsearchStore({ folder: folderOf({ model, dimensions }), model, dimensions }),
    discardStore: async (identity) => rmSync(folderOf(identity), { recursive: true }),
    parts,
    clock: systemClock,
  });
  opened.push(created);
  return created;
}

interface Gate {
  open(): void;
  readonly reached: Promise<void>;
}

/** With a gate, chunks are embedded only when it is opened; queries always. */
function embedder(id: string, dimensions: number, more: Partial<Embedder> = {}): Embedder & { readonly gate: Gate } {
  const [opening, reaching] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  return {
    ...{ place: "here", id, model: id, dimensions, maxBatch: 10, usdPerMillionTokens: 0 },
    gate: { open: opening.resolve, reached: reaching.promise },
    async embed(texts, cancelled) {
      if (texts.length > 1) {
        reaching.resolve();
        await opening.promise;
        cancelled.throwIfAborted();
      }
      return ok(texts.map((text) => Float32Array.from(vectorOf(text, dimensions))));
    },
    ...more,
  };
}

const search = async (text = "cookie") => must(await space.search(text, 1, { signal }));

async function useAndFinish(model: ReturnType<typeof embedder>): Promise<void> {
  const job = must(await space.use(model, free));
  model.gate.open();
  await job.ended;
}

it("serves the first model at once, and says how far it is", async () => {
  expect(await space.search("cookie", 1, { signal })).toMatchObject({
    ok: false,
    error: { code: "vectors.unavailable" },
  });
  const model = embedder("a", 8);
  const job = must(await space.use(model, free));
  await model.gate.reached;
  expect(await search()).toEqual({ hits: [], degraded: "0 of 3 parts are embedded" });
  model.gate.open();
  await job.ended;
  expect(await search()).toMatchObject({ hits: [{ key: "h0" }], degraded: null });
});

it.each([
  ["another model", "b", 8],
  ["another size", "a", 4],
])("builds %s beside the old one, which serves until the new one is complete", async (_, id, dimensions) => {
  await useAndFinish(embedder("a", 8));
  const next = embedder(id, dimensions);
  const job = must(await space.use(next, free));
  await next.gate.reached;
  expect(space.state()).toEqual({ serving: { model: "a", dimensions: 8 }, building: { model: id, dimensions } });
  expect(await search()).toMatchObject({ hits: [{ key: "h0" }], degraded: null });
  next.gate.open();
  await job.ended;
  expect(space.state()).toEqual({ serving: { model: id, dimensions }, building: null });
  expect(await search()).toMatchObject({ hits: [{ key: "h0" }], degraded: null });
  expect(existsSync(folderOf({ model: "a", dimensions: 8 }))).toBe(false);
});

it("keeps the old model when the new one fails, and takes up the new one later", async () => {
  await useAndFinish(embedder("a", 8));
  const broken = embedder("b", 8, { embed: async () => failure("model.overloaded") });
  const job = must(await space.use(broken, free));
  expect(await job.ended).toMatchObject({ state: "failed" });
  expect(await search()).toMatchObject({ hits: [{ key: "h0" }], degraded: null });
  await useAndFinish(embedder("b", 8));
  expect(space.state().serving?.model).toBe("b");
});

it("serves after a restart what served before, also while another one is being built", async () => {
  await useAndFinish(embedder("a", 8));
  must(await space.use(embedder("b", 8, { embed: async () => failure("model.overloaded") }), free));
  await space.close();
  space = newSpace();
  must(await space.restore([embedder("b", 8), embedder("a", 8)]));
  expect(space.state().serving).toEqual({ model: "a", dimensions: 8 });
  expect(await search()).toMatchObject({ hits: [{ key: "h0" }], degraded: null });
});

it.each(["", "{", '{"model": 3}'])("serves nothing when what it remembers is “%s”", async (text) => {
  parts.set("vectors/serving", Buffer.from(text));
  must(await space.restore([embedder("a", 8)]));
  expect(space.state().serving).toBeNull();
});

it("says what is missing when the job of the serving model failed", async () => {
  const broken = embedder("a", 8, {
    embed: async (texts) =>
      texts.length > 1 ? failure("model.overloaded", "429.") : ok([Float32Array.from(vectorOf("x", 8))]),
  });
  await must(await space.use(broken, free)).ended;
  expect((await search()).degraded).toMatch(/^0 of 3 parts are embedded; .*429/);
});

it("asks a model for its size when nobody knows it", async () => {
  const model = embedder("a", 8);
  const unknown = { ...model, dimensions: undefined };
  const job = must(await space.use(unknown, free));
  model.gate.open();
  await job.ended;
  expect(space.state().serving).toEqual({ model: "a", dimensions: 8 });
});

it("ends the job before when another model is chosen", async () => {
  const first = embedder("a", 8);
  const job = must(await space.use(first, free));
  await first.gate.reached;
  const second = space.use(embedder("b", 8), free);
  first.gate.open();
  expect((await job.ended).state).toBe("cancelled");
  must(await second);
  expect(space.state().building?.model).toBe("b");
});

it("prunes contents that no branch holds any more", async () => {
  expect(await space.prune(() => false)).toEqual(ok(0));
  await useAndFinish(embedder("a", 8));
  expect(await space.prune((hash) => hash !== "h0")).toEqual(ok(1));
  expect((await search()).hits).not.toMatchObject([{ key: "h0" }]);
});

it("passes the failure of a query on", async () => {
  await useAndFinish(embedder("a", 8));
  must(await space.use(embedder("a", 8, { embed: async () => failure("model.timeout") }), free));
  // The same store, asked through the new embedder once its job has taken over.
  expect(await space.search("cookie", 1, { signal })).toMatchObject({ ok: false, error: { code: "model.timeout" } });
});
