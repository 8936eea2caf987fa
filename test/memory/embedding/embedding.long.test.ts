/** memory/embedding over the real service: threads, stores on disk, and a server of embeddings over HTTP. */
import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { git, makeRepository } from "../../tools/workspace.ts";
import { createWorld, FILES, makeFolder } from "./world.ts";

const isDone = (vectors: { state: string; done: number; total: number }) =>
  vectors.state === "idle" && vectors.done === vectors.total && vectors.total > 0;

describe("vectors of another model", () => {
  it("sends nothing before it is told to start, and says what starting would cost", async () => {
    const world = await createWorld();
    await world.index();
    expect((await world.search("numbat")).results[0]?.path).toBe("src/gamma.ts");
    const { vectors, estimate } = await world.embedding({ action: "estimate" });
    expect(vectors).toMatchObject({ model: "code-words-128", state: "idle" });
    expect(estimate?.chunks).toBe(6);
    expect(estimate?.costUsd).toBeCloseTo((estimate?.tokens ?? 0) / 1e6);
    expect(world.server.requests).toEqual([]);
  });

  it("takes the place of the table once it is complete, and says who was near", async () => {
    const world = await createWorld();
    await world.embedding({ action: "start" });
    await world.until(isDone);
    const { vectors } = await world.status();
    expect(vectors).toMatchObject({ store: "usearch", model: "m1", dimensions: 8, done: 6, total: 6, problem: null });
    expect(vectors?.costUsd).toBeGreaterThan(0);
    expect(world.told.some(({ phase }) => phase === "embedding")).toBe(true);
    const { results, degraded } = await world.search("where is numbat");
    expect(results[0]).toMatchObject({ path: "src/gamma.ts" });
    expect(results[0]?.why).toContain("close in meaning (m1)");
    expect(degraded.filter((text) => /table/.test(text))).toEqual([]);
    expect(world.server.requests.at(-1)?.texts).toEqual(["where is numbat"]);
  });

  it("embeds only what is new after a change", async () => {
    const world = await createWorld();
    await world.embedding({ action: "start" });
    await world.until(isDone);
    const before = world.server.requests.length;
    world.put("src/delta.ts", "export const delta = bilby();\n");
    await world.index();
    await world.until((vectors) => isDone(vectors) && vectors.total === 7);
    expect(world.server.requests.slice(before).map(({ texts }) => texts)).toEqual([
      ["export const delta = bilby();\n"],
    ]);
    expect((await world.search("bilby please")).results[0]?.path).toBe("src/delta.ts");
  });
});

type World = Awaited<ReturnType<typeof createWorld>>;

/** 150 windows more: more than one request. */
const MANY = Array.from({ length: 6000 }, (_, line) => `const constant${line} = ${line};`).join("\n");

/** Requests wait until it is called; `came` resolves with the first. */
function holdRequests({ server }: World) {
  const [gate, first] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  server.gate = gate.promise;
  server.onRequest = first.resolve;
  const release = () => {
    server.gate = undefined;
    gate.resolve();
  };
  return { came: first.promise, release };
}

async function createStarted(...given: Parameters<typeof createWorld>): Promise<World> {
  const world = await createWorld(...given);
  await world.embedding({ action: "start" });
  await world.until(isDone);
  return world;
}

describe("a model that misbehaves", () => {
  it("leaves search to the table, and says so", async () => {
    const world = await createStarted();
    const faults = [{ answer: "nan" }, { answer: "short vector" }, { status: 500 }, { connection: "hang" }] as const;
    for (const fault of faults) {
      world.server.faults.splice(0, Number.POSITIVE_INFINITY, fault, fault, fault, fault);
      const { results, degraded } = await world.search("where is the numbat now");
      expect(results[0]?.path).toBe("src/gamma.ts");
      expect(degraded.join()).toMatch(/Search by meaning uses the built-in table/);
      const asked = world.server.requests.length;
      expect((await world.search("where is the wombat now")).results[0]?.path).toBe("src/beta.ts");
      // So soon after a failure nobody waits for it again.
      expect(world.server.requests.length).toBe(asked);
      await world.restart();
      world.server.faults.splice(0);
    }
    const { degraded, results } = await world.search("numbat");
    expect(degraded.filter((text) => /table/.test(text))).toEqual([]);
    expect(results[0]?.why).toContain("close in meaning (m1)");
  });

  it("is told by start when it cannot be reached at all, and by the status when it ends in between", async () => {
    const world = await createWorld();
    world.server.faults.push({ status: 401 });
    await expect(world.embedding({ action: "start" })).rejects.toThrow("The embedding model cannot be used.");
    world.server.faults.push({ answer: "empty" }, { answer: "empty" });
    await expect(world.embedding({ action: "start" })).rejects.toThrow("The embedding model cannot be used.");
    world.put("src/many.ts", MANY);
    await world.index();
    const held = holdRequests(world);
    const started = world.embedding({ action: "start" });
    await held.came;
    world.server.onRequest = () => void world.server.faults.push({ status: 403 });
    held.release();
    await started;
    await world.until(({ state }) => state === "failed");
    const { vectors } = await world.status();
    expect(vectors?.problem).toMatch(/refused/);
    expect((await world.search("numbat")).degraded.join()).toMatch(/refused/);
    world.server.onRequest = undefined;
    world.server.faults.splice(0);
    await world.embedding({ action: "resume" });
    await world.until(isDone);
  });

  it("makes vectors anew that are gone from the disk", async () => {
    const world = await createStarted();
    const before = world.server.requests.length;
    await world.restart();
    expect((await world.search("numbat")).results[0]?.why).toContain("close in meaning (m1)");
    expect(world.server.requests.slice(before).map(({ texts }) => texts)).toEqual([["numbat"]]);
    await world.restart(undefined, () => {
      const [folder = ""] = globSync(join(world.home, "memory", "*", "vectors"));
      rmSync(folder, { recursive: true });
    });
    expect((await world.search("numbat")).degraded.join()).toMatch(/not complete yet/);
    await world.until(isDone);
    expect((await world.search("numbat")).results[0]?.why).toContain("close in meaning (m1)");
  });
});

describe("work on vectors", () => {
  it("pauses, stays paused over a restart, and goes on where it was", async () => {
    const world = await createWorld();
    world.put("src/many.ts", MANY);
    await world.index();
    await world.embedding({ action: "start" });
    await world.until(isDone);
    const all = world.server.requests.flatMap(({ texts }) => texts).length;
    expect(all).toBeGreaterThan(150);
    world.put("src/more.ts", MANY.replaceAll("constant", "other"));
    const held = holdRequests(world);
    await world.index();
    await held.came;
    await world.embedding({ action: "pause" });
    held.release();
    await world.until(({ state }) => state === "paused");
    await expect(world.embedding({ action: "pause" })).rejects.toThrow("No vectors are being built");
    await world.restart();
    await world.index();
    expect((await world.embedding({ action: "status" })).vectors?.state).toBe("paused");
    await world.embedding({ action: "resume" });
    await world.until(isDone);
    const texts = world.server.requests.flatMap((request) => request.texts);
    // Every text once; the word that asks for the size comes with each start.
    expect(new Set(texts).size).toBe(texts.filter((text) => text !== "code").length + 1);
  });

  it("goes on by itself after a restart", async () => {
    const world = await createWorld();
    world.put("src/many.ts", MANY);
    const { estimate } = await world.embedding({ action: "estimate" });
    world.server.onRequest = () => {
      if (world.server.requests.length === 3) world.server.gate = new Promise(() => {});
    };
    await world.embedding({ action: "start" });
    await world.until(({ state, done }) => state === "running" && done >= 128);
    await world.restart();
    world.server.gate = undefined;
    world.server.onRequest = undefined;
    await world.search("numbat");
    await world.until(isDone);
    expect((await world.search("numbat")).results[0]?.why).toContain("close in meaning (m1)");
    // What the first daemon spent is not forgotten.
    expect((await world.status()).vectors?.costUsd).toBeGreaterThanOrEqual(estimate?.costUsd ?? 1);
  });

  it("keeps within its cap, and goes on with a larger one", async () => {
    const world = await createWorld();
    world.put("src/many.ts", MANY);
    const { estimate } = await world.embedding({ action: "estimate" });
    const capUsd = (estimate?.costUsd ?? 0) * 0.9;
    await world.embedding({ action: "start", capUsd });
    await world.until(({ state }) => state === "paused");
    const { vectors } = await world.status();
    expect(vectors).toMatchObject({ capUsd, problem: expect.stringMatching(/cap for embeddings/) });
    expect(vectors?.done).toBeLessThan(vectors?.total ?? 0);
    expect(vectors?.costUsd).toBeGreaterThan(0);
    expect(vectors?.costUsd).toBeLessThanOrEqual(capUsd);
    await world.embedding({ action: "resume", capUsd: 1 });
    await world.until(isDone);
    expect((await world.status()).vectors?.costUsd).toBeCloseTo(estimate?.costUsd ?? 0);
  });

  it("does not begin under a cap when nobody knows the price", async () => {
    const world = await createWorld({ usdPerMillionTokens: null, baseUrl: "http://models.invalid/v1" });
    await expect(world.embedding({ action: "start", capUsd: 1 })).rejects.toThrow("price of this model is unknown");
    expect((await world.embedding({ action: "status" })).vectors?.model).toBe("code-words-128");
  });

  it("builds another model beside the one that serves, and swaps when it is complete", async () => {
    const world = await createStarted();
    const embedder = { provider: "ollama", model: "m2", baseUrl: world.server.ollamaUrl } as const;
    const held = holdRequests(world);
    const started = world.embedding({ action: "start", embedder });
    await held.came;
    held.release();
    await started;
    await world.until((vectors) => isDone(vectors) && vectors.model === "m2");
    const { results } = await world.search("numbat");
    expect(results[0]?.why).toContain("close in meaning (m2)");
    expect(world.server.requests.at(-1)?.path).toBe("/api/embed");
    await world.restart();
    expect((await world.search("numbat")).results[0]?.why).toContain("close in meaning (m2)");
    expect((await world.status()).vectors?.model).toBe("m2");
  });

  it("goes back to what served when another model is given up", async () => {
    const world = await createStarted();
    world.server.onRequest = () => {
      // The size is told, the vectors never come.
      const { path, texts } = world.server.requests.at(-1) ?? { path: "", texts: [] };
      if (path === "/api/embed" && texts.length > 1) world.server.faults.push({ connection: "hang" });
    };
    const embedder = { provider: "ollama", model: "m2", baseUrl: world.server.ollamaUrl } as const;
    await world.embedding({ action: "start", embedder });
    expect((await world.search("numbat")).results[0]?.why).toContain("close in meaning (m1)");
    await world.embedding({ action: "cancel" });
    world.server.onRequest = undefined;
    expect((await world.status()).vectors?.model).toBe("m1");
    expect((await world.search("numbat")).results[0]?.why).toContain("close in meaning (m1)");
    await expect(world.embedding({ action: "cancel" })).rejects.toThrow("No vectors are being built");
  });

  it("goes back to the table when it is chosen, and when the first vectors are given up", async () => {
    const world = await createStarted();
    await world.embedding({ action: "start", embedder: { provider: "table" } });
    expect((await world.status()).vectors).toMatchObject({ model: "code-words-128", state: "idle" });
    const asked = world.server.requests.length;
    const { results } = await world.search("which function returns an array");
    expect(results.flatMap(({ why }) => why)).toContain("close in meaning (code-words-128)");
    expect(world.server.requests.length).toBe(asked);
    // What was paid for is still there.
    await world.embedding({ action: "start" });
    await world.until(isDone);
    expect(world.server.requests.slice(asked).map(({ texts }) => texts)).toEqual([["code"]]);
  });

  it("forgets vectors with the index", async () => {
    const world = await createStarted();
    await world.forget();
    await world.index();
    expect((await world.status()).vectors?.model).toBe("code-words-128");
    const asked = world.server.requests.length;
    await world.embedding({ action: "start" });
    await world.until(isDone);
    expect(world.server.requests.slice(asked).flatMap(({ texts }) => texts).length).toBe(7);
  });
});

it("shares vectors between the worktrees of a repository, and keeps them for the last", async () => {
  const root = makeRepository(FILES);
  const other = join(makeFolder({}), "other");
  git(root, "worktree", "add", "-q", "-b", "other", other);
  const world = await createStarted({}, { root });
  const asked = world.server.requests.length;
  const second = world.at(other);
  await second.index();
  expect((await second.search("numbat")).results[0]?.why).toContain("close in meaning (m1)");
  expect((await second.status()).vectors).toMatchObject({ model: "m1", done: 6, total: 6 });
  expect(world.server.requests.slice(asked).map(({ texts }) => texts)).toEqual([["numbat"]]);
  await second.forget();
  expect((await world.search("wombat")).results[0]?.why).toContain("close in meaning (m1)");
});

it("changes nothing when nobody waits for the start any more", async () => {
  const world = await createWorld();
  await world.index();
  const held = holdRequests(world);
  const controller = new AbortController();
  const started = world.embedding({ action: "start" }, controller.signal);
  await held.came;
  controller.abort(new Error("enough"));
  await expect(started).rejects.toThrow("enough");
  await world.server.hungUp;
  held.release();
  world.put("src/delta.ts", "export const delta = 1;\n");
  await world.index();
  expect((await world.embedding({ action: "status" })).vectors?.model).toBe("code-words-128");
  expect(world.server.requests.map(({ texts }) => texts)).toEqual([["code"]]);
});

describe("stores", () => {
  it("says that Chroma is gone, and lets the table answer", async () => {
    const chroma = { address: "http://127.0.0.1:9", headers: {} };
    const world = await createWorld({ store: "chroma", chroma });
    await world.embedding({ action: "start" });
    await world.until(({ state }) => state === "failed");
    expect((await world.status()).vectors).toMatchObject({
      store: "chroma",
      problem: expect.stringMatching(/Chroma at/),
    });
    const { results, degraded } = await world.search("numbat");
    expect(results[0]?.path).toBe("src/gamma.ts");
    expect(degraded.join()).toMatch(/Chroma at 127.0.0.1:9.*built-in table/);
  });

  it("says what is missing for FAISS, and leaves all as it was", async () => {
    const world = await createStarted();
    await expect(world.embedding({ action: "start", store: "faiss" })).rejects.toThrow(
      /vector store cannot be used.*faiss-node is not installed/,
    );
    expect((await world.status()).vectors).toMatchObject({ store: "usearch", model: "m1", state: "idle" });
    expect((await world.search("numbat")).results[0]?.why).toContain("close in meaning (m1)");
  });
});
