import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../../../daemon/host/clock.ts";
import { systemClock } from "../../../daemon/host/clock.ts";
import { type Embedder, estimatedTokens, tableEmbedder } from "../../../daemon/memory/vector/embedder.ts";
import { localEmbedder, type Transformers } from "../../../daemon/memory/vector/local-embedder.ts";
import { type RemoteEmbedderOptions, remoteEmbedder } from "../../../daemon/memory/vector/remote-embedder.ts";
import { dot } from "../../../daemon/memory/vector/unit-vector.ts";
import { loadWordTable } from "../../../daemon/memory/vector/word-table.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import {
  type EmbeddingsFault,
  type ScriptedEmbeddings,
  type ScriptedEmbeddingsOptions,
  startScriptedEmbeddings,
  vectorOf,
} from "../../support/scripted-embeddings.ts";
import { must } from "./conformance.ts";

const servers: ScriptedEmbeddings[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;

/** The system's clock, but nobody waits: the lengths of the sleeps are kept. */
function impatientClock(): { clock: Clock; waits: number[] } {
  const waits: number[] = [];
  const clock: Clock = {
    ...systemClock,
    now: () => Date.UTC(2026, 0, 1),
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      waits.push(milliseconds);
    },
  };
  return { clock, waits };
}

async function start(
  options: ScriptedEmbeddingsOptions = {},
  more: Partial<RemoteEmbedderOptions> = {},
): Promise<{ server: ScriptedEmbeddings; embedder: Embedder; waits: number[] }> {
  const server = await startScriptedEmbeddings(options);
  servers.push(server);
  const { clock, waits } = impatientClock();
  const isOllama = more.provider === "ollama";
  const embedder = must(
    remoteEmbedder({
      ...{ provider: "openai-compatible", model: "scripted", apiKey: null, clock, random: () => 0.5 },
      baseUrl: isOllama ? server.ollamaUrl : server.url,
      ...more,
    }),
  );
  return { server, embedder, waits };
}

describe.each(["openai-compatible", "ollama"] as const)("%s", (provider) => {
  it("gives unit vectors in the order of the texts, and learns their size", async () => {
    const { embedder, server } = await start({ shuffled: provider !== "ollama" }, { provider });
    expect(embedder.dimensions).toBeUndefined();
    const [cookie, again, other] = must(await embedder.embed(["a cookie", "a cookie", "else"], never));
    if (cookie === undefined || again === undefined || other === undefined) throw new Error("three were due");
    expect(embedder.dimensions).toBe(8);
    expect(dot(cookie, cookie)).toBeCloseTo(1, 5);
    expect(dot(cookie, again)).toBeCloseTo(1, 5);
    expect(dot(cookie, other)).toBeLessThan(0.99);
    expect(server.requests[0]?.path).toBe(provider === "ollama" ? "/api/embed" : "/v1/embeddings");
  });

  it.each([
    "null",
    "huge number",
    "one too few",
    "one too many",
    "strings",
    "no list",
    "nan",
    "truncated",
    "web page",
    "empty",
  ] as const)("takes an answer with “%s” for none, asks once more, and says so", async (answer) => {
    const { embedder, server } = await start({}, { provider });
    server.faults.push({ answer }, { answer });
    expect(await embedder.embed(["one", "two"], never)).toMatchObject({
      ok: false,
      error: { code: "model.bad_answer" },
    });
    expect(server.requests).toHaveLength(2);
    server.faults.push({ answer });
    expect((await embedder.embed(["one", "two"], never)).ok).toBe(true);
  });

  it("refuses a vector of another size than the ones before", async () => {
    const { embedder, server } = await start({}, { provider });
    must(await embedder.embed(["one"], never));
    server.faults.push({ answer: "short vector" }, { answer: "short vector" });
    const result = await embedder.embed(["two"], never);
    expect(result).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("7 numbers where 8 were due") },
    });
  });
});

it.each(["twice the same index", "index out of range"] as const)("refuses “%s”", async (answer) => {
  const { embedder, server } = await start();
  server.faults.push({ answer }, { answer });
  expect(await embedder.embed(["one", "two"], never)).toMatchObject({ ok: false, error: { code: "model.bad_answer" } });
});

const failures: [EmbeddingsFault, string, number][] = [
  [{ status: 429 }, "model.overloaded", 4],
  [{ status: 503 }, "model.overloaded", 4],
  [{ status: 401 }, "model.key_refused", 1],
  [{ status: 403 }, "model.key_refused", 1],
  [{ status: 404 }, "model.unknown", 1],
  [{ status: 400, message: "input too long" }, "model.refused", 1],
  [{ connection: "cut" }, "model.bad_answer", 2],
];
it.each(failures)("answers %j with %s after %i attempts", async (fault, code, attempts) => {
  const { embedder, server } = await start();
  server.faults.push(...new Array<EmbeddingsFault>(10).fill(fault));
  expect(await embedder.embed(["one"], never)).toMatchObject({ ok: false, error: { code } });
  expect(server.requests).toHaveLength(attempts);
});

it("waits as long as the server asks, and no longer than a minute", async () => {
  const { embedder, server, waits } = await start();
  server.faults.push({ status: 429, retryAfter: "7" }, { status: 503, retryAfter: "Thu, 01 Jan 2026 00:00:03 GMT" });
  expect((await embedder.embed(["one"], never)).ok).toBe(true);
  expect(waits).toEqual([7500, 3500]);
  server.faults.push({ status: 429, retryAfter: "3600" });
  expect(await embedder.embed(["one"], never)).toMatchObject({ ok: false, error: { code: "model.overloaded" } });
  expect(server.requests).toHaveLength(4);
});

it("waits longer from time to time when the server says nothing", async () => {
  const { embedder, server, waits } = await start();
  server.faults.push({ status: 500 }, { status: 500 }, { status: 500 });
  expect((await embedder.embed(["one"], never)).ok).toBe(true);
  expect(waits).toEqual([500, 1000, 2000]);
});

it("says that nobody answers", async () => {
  const { embedder, server } = await start();
  await server.close();
  servers.length = 0;
  expect(await embedder.embed(["one"], never)).toMatchObject({ ok: false, error: { code: "model.unreachable" } });
});

it("gives up on a server that never answers, and hangs up", async () => {
  const clock = createManualClock();
  const { embedder, server } = await start({}, { clock, timeoutMs: 1000, random: () => 0 });
  server.faults.push({ connection: "hang" });
  let requests = 0;
  server.onRequest = () => {
    requests += 1;
    if (requests === 1) clock.advance(1000);
  };
  const result = embedder.embed(["one"], never);
  await server.hungUp;
  // The wait before the second attempt has no length; it is over as soon as the clock moves at all.
  while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(0);
  expect((await result).ok).toBe(true);
  expect(requests).toBe(2);
});

it("ends the request when it is cancelled", async () => {
  const { embedder, server } = await start();
  const controller = new AbortController();
  server.faults.push({ connection: "hang" });
  server.onRequest = () => controller.abort(new Error("enough"));
  await expect(embedder.embed(["one"], controller.signal)).rejects.toThrow("enough");
  await server.hungUp;
});

it("sends the key, and never tells it", async () => {
  const { embedder, server } = await start({ apiKey: "sk-right" }, { apiKey: "sk-wrong-secret" });
  const result = await embedder.embed(["one"], never);
  expect(result).toMatchObject({ ok: false, error: { code: "model.key_refused" } });
  expect(JSON.stringify(result)).not.toContain("sk-wrong-secret");
  const right = must(
    remoteEmbedder({ provider: "openai-compatible", model: "m", apiKey: "sk-right", baseUrl: server.url }),
  );
  expect((await right.embed(["one"], never)).ok).toBe(true);
});

it("keeps requests below the limits of servers", async () => {
  const { embedder, server } = await start();
  const texts = [
    ...new Array<string>(300).fill("short"),
    "",
    "\ud800",
    ...new Array<string>(40).fill("x".repeat(50_000)),
  ];
  expect(must(await embedder.embed(texts, never))).toHaveLength(texts.length);
  for (const { texts: sent } of server.requests) {
    expect(sent.length).toBeLessThanOrEqual(128);
    expect(sent.join("").length).toBeLessThanOrEqual(500_000);
    expect(sent.every((text) => text !== "" && text.length <= 16_000)).toBe(true);
  }
  expect(must(await embedder.embed([], never))).toEqual([]);
});

it("asks for the size that is wanted", async () => {
  const { embedder } = await start({ dimensions: 8 }, { dimensions: 4 });
  expect(must(await embedder.embed(["one"], never))[0]).toHaveLength(4);
  expect(embedder.id).toContain("@4");
});

it.each([
  [{ provider: "openai", model: "text-embedding-3-small", apiKey: "k" }, 0.02],
  [{ provider: "openai", model: "text-embedding-9", apiKey: "k" }, null],
  [{ provider: "openai-compatible", model: "m", apiKey: null, baseUrl: "https://models.example/v1" }, null],
  [{ provider: "openai-compatible", model: "m", apiKey: null, baseUrl: "http://localhost:8080/v1" }, 0],
  [{ provider: "ollama", model: "nomic-embed-text", apiKey: null }, 0],
  [{ provider: "openai", model: "m", apiKey: "k", usdPerMillionTokens: 3 }, 3],
] as const)("knows the price of %j: %s", (options, price) => {
  expect(must(remoteEmbedder(options)).usdPerMillionTokens).toBe(price);
});

it.each([
  [{ provider: "openai", model: "m", apiKey: null }, "model.key_missing"],
  [{ provider: "openai-compatible", model: "m", apiKey: null }, "settings.invalid"],
  [{ provider: "openai-compatible", model: "m", apiKey: null, baseUrl: "file:///etc" }, "settings.invalid"],
  [{ provider: "ollama", model: "", apiKey: null }, "settings.invalid"],
] as const)("refuses %j", (options, code) => {
  expect(remoteEmbedder(options)).toMatchObject({ ok: false, error: { code } });
});

it("embeds with the built-in table", async () => {
  const embedder = tableEmbedder(await loadWordTable());
  expect(embedder).toMatchObject({ id: "table/code-words-128", dimensions: 128, usdPerMillionTokens: 0 });
  const [first, second] = must(await embedder.embed(["parse the cookie", ""], never));
  expect(first?.some((value) => value !== 0)).toBe(true);
  expect(second?.every((value) => value === 0)).toBe(true);
  await expect(embedder.embed(["x"], AbortSignal.abort())).rejects.toThrow();
});

it("estimates tokens from characters", () => {
  expect(estimatedTokens(3300)).toBe(1000);
  expect(estimatedTokens(0)).toBe(0);
});

describe("a local model", () => {
  const modelFolder = () => {
    const folder = mkdtempSync(join(tmpdir(), "nexus-model-"));
    folders.push(folder);
    writeFileSync(join(folder, "config.json"), "{}");
    return folder;
  };

  /** What transformers.js documents: a tensor of one row a text. */
  function scriptedTransformers(rowsOf: (texts: string[]) => number[][]) {
    const seen = { env: { allowRemoteModels: true, allowLocalModels: false, localModelPath: "" }, asked: [""] };
    const transformers: Transformers = {
      env: seen.env,
      async pipeline(task, model, { dtype }) {
        seen.asked = [task, model, dtype];
        return async (texts) => {
          const rows = rowsOf(texts);
          return { dims: [rows.length, rows[0]?.length ?? 0], data: Float32Array.from(rows.flat()) };
        };
      },
    };
    return { seen, load: () => transformers };
  }

  it("says that the folder holds none", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nexus-model-"));
    folders.push(folder);
    expect(await localEmbedder({ folder })).toMatchObject({ ok: false, error: { code: "settings.invalid" } });
  });

  it("says what is missing, or that the model is broken", async () => {
    const result = await localEmbedder({ folder: modelFolder() });
    expect(result).toMatchObject({ ok: false, error: { code: "vectors.unavailable" } });
    expect(!result.ok && result.error.message).toMatch(/transformers|does not load/);
  });

  it("runs the folder's model, and lets nothing be downloaded", async () => {
    const folder = modelFolder();
    const { seen, load } = scriptedTransformers((texts) => texts.map((text) => vectorOf(text, 6)));
    const embedder = must(await localEmbedder({ folder, dtype: "q8", load }));
    expect(seen.env).toEqual({ allowRemoteModels: false, allowLocalModels: true, localModelPath: dirname(folder) });
    expect(seen.asked).toEqual(["feature-extraction", basename(folder), "q8"]);
    const texts = Array.from({ length: 40 }, (_, index) => `text ${index}`);
    const vectors = must(await embedder.embed(texts, never));
    expect(vectors).toHaveLength(40);
    expect(embedder).toMatchObject({ dimensions: 6, usdPerMillionTokens: 0 });
    const [first] = must(await embedder.embed(["text 39"], never));
    expect(dot(first ?? new Float32Array(6), vectors[39] ?? new Float32Array(6))).toBeCloseTo(1, 5);
  });

  it.each([
    ["too few rows", (texts: string[]) => texts.slice(1).map(() => [1, 2])],
    ["what is no number", (texts: string[]) => texts.map(() => [1, Number.NaN])],
    ["nothing", () => []],
  ])("refuses %s", async (_, rowsOf) => {
    const embedder = must(await localEmbedder({ folder: modelFolder(), load: scriptedTransformers(rowsOf).load }));
    expect(await embedder.embed(["a", "b"], never)).toMatchObject({ ok: false, error: { code: "model.bad_answer" } });
  });
});
