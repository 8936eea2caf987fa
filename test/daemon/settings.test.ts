/** From raw settings to values that cannot be wrong. */
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BUILT_IN } from "../../daemon/memory/embedding/choice.ts";
import {
  configuredModel,
  type Environment,
  embeddingSecrets,
  loadSettings,
  parseSettings,
  type SettingsFile,
} from "../../daemon/settings.ts";

const none = { baseUrl: null, apiKey: null, price: null, recordFile: null, replayFile: null };
const model = (env: Environment, file: SettingsFile = {}) => parseSettings("/home", env, file).model;

it.each([
  [{}, undefined],
  [{ port: 7420 }, { port: 7420, origins: [] }],
  [
    { port: 0, origins: ["http://localhost:5173"] },
    { port: 0, origins: ["http://localhost:5173"] },
  ],
])("takes WebSockets only where it says so: %j", (webSocket, expected) => {
  const file = "port" in webSocket ? { webSocket } : {};
  expect(parseSettings("/home", {}, file).webSocket).toEqual(expected);
});

describe("the model", () => {
  const cases: [name: string, env: Environment, file: SettingsFile, expected: object | null][] = [
    ["none", {}, {}, null],
    ["empty variables", { OPENAI_API_KEY: "", NEXUS_PROVIDER: "" }, {}, null],
    ["an OpenAI key", { OPENAI_API_KEY: "k" }, {}, { provider: "openai", apiKey: "k", baseUrl: null }],
    [
      "an address",
      { OPENAI_BASE_URL: "http://localhost:1/v1/", NEXUS_MODEL: "m" },
      {},
      { ...none, provider: "openai", model: "m", baseUrl: "http://localhost:1/v1" },
    ],
    ["an Anthropic key", { ANTHROPIC_API_KEY: "k" }, {}, { provider: "anthropic", apiKey: "k" }],
    ["both keys", { OPENAI_API_KEY: "o", ANTHROPIC_API_KEY: "a" }, {}, { provider: "openai", apiKey: "o" }],
    [
      "both keys and a name",
      { NEXUS_PROVIDER: "anthropic", OPENAI_API_KEY: "o", ANTHROPIC_API_KEY: "a" },
      {},
      { provider: "anthropic", apiKey: "a" },
    ],
    [
      "Ollama's host",
      { OLLAMA_HOST: "0.0.0.0" },
      {},
      { provider: "ollama", baseUrl: "http://127.0.0.1:11434", apiKey: null },
    ],
    ["Ollama's host with a port", { OLLAMA_HOST: "box:9" }, {}, { provider: "ollama", baseUrl: "http://box:9" }],
    [
      "Ollama by name",
      { NEXUS_PROVIDER: "ollama", OPENAI_API_KEY: "k" },
      {},
      { provider: "ollama", apiKey: null, baseUrl: "http://127.0.0.1:11434" },
    ],
    ["a recording", { NEXUS_REPLAY: "/r" }, {}, { provider: "replay", replayFile: "/r" }],
    [
      "an address of its own",
      { NEXUS_PROVIDER: "openai-compatible", OPENAI_BASE_URL: "https://h/v1", NEXUS_MODEL: "m" },
      {},
      { provider: "openai-compatible", model: "m", apiKey: null },
    ],
    ["a window", { OPENAI_API_KEY: "k", NEXUS_WINDOW: "8192" }, { windowTokens: 4096 }, { windowTokens: 8192 }],
    ["the file's window", { OPENAI_API_KEY: "k" }, { windowTokens: 4096 }, { windowTokens: 4096 }],
    ["a price", { OPENAI_API_KEY: "k", NEXUS_PRICE: "0.5, 2" }, {}, { price: { input: 0.5, output: 2 } }],
    [
      "the file",
      {},
      { provider: "anthropic", model: "m", apiKey: "k" },
      { provider: "anthropic", model: "m", apiKey: "k" },
    ],
    [
      "the environment over the file",
      { NEXUS_MODEL: "e", OPENAI_API_KEY: "e" },
      { provider: "openai", model: "f", apiKey: "f" },
      { model: "e", apiKey: "e" },
    ],
    [
      "the file's provider over another's key",
      { ANTHROPIC_API_KEY: "a" },
      { provider: "openai", apiKey: "f" },
      { provider: "openai", apiKey: "f" },
    ],
    [
      "nothing of the file for another provider",
      { NEXUS_PROVIDER: "anthropic" },
      { provider: "openai", model: "f", apiKey: "f", baseUrl: "http://f" },
      { provider: "anthropic", apiKey: null, baseUrl: null },
    ],
  ];
  it.each(cases)("is chosen from %s", (_name, env, file, expected) => {
    if (expected === null) expect(model(env, file)).toBeNull();
    else expect(model(env, file)).toMatchObject(expected);
  });

  it("has a default for the providers that have models of their own", () => {
    for (const provider of ["openai", "anthropic", "ollama"])
      expect(model({ NEXUS_PROVIDER: provider })?.model).not.toBe("");
  });
});

describe("what cannot be used is named, with what can", () => {
  const cases: [env: Environment, words: string[]][] = [
    [{ NEXUS_PROVIDER: "openia" }, ["NEXUS_PROVIDER", "openia", "anthropic"]],
    [{ NEXUS_PROVIDER: "openai-compatible", NEXUS_MODEL: "m" }, ["OPENAI_BASE_URL"]],
    [{ NEXUS_PROVIDER: "openai-compatible", OPENAI_BASE_URL: "http://h" }, ["NEXUS_MODEL"]],
    [{ NEXUS_PROVIDER: "replay" }, ["NEXUS_REPLAY"]],
    [{ OPENAI_BASE_URL: "localhost:1234" }, ["OPENAI_BASE_URL", "http"]],
    [{ OPENAI_BASE_URL: "file:///etc/passwd" }, ["OPENAI_BASE_URL"]],
    [{ OPENAI_API_KEY: "k", NEXUS_PRICE: "1" }, ["NEXUS_PRICE", "input,output"]],
    [{ OPENAI_API_KEY: "k", NEXUS_PRICE: "1,-2" }, ["NEXUS_PRICE"]],
    [{ OPENAI_API_KEY: "k", NEXUS_PRICE: "1,2,3" }, ["NEXUS_PRICE"]],
    [{ OPENAI_API_KEY: "k", NEXUS_WINDOW: "8k" }, ["NEXUS_WINDOW", "tokens", "4000"]],
    [{ OPENAI_API_KEY: "k", NEXUS_WINDOW: "100" }, ["NEXUS_WINDOW"]],
    [{ NEXUS_BUDGET: "a lot" }, ["NEXUS_BUDGET", "USD"]],
    [{ NEXUS_BUDGET: "Infinity" }, ["NEXUS_BUDGET"]],
    [{ NEXUS_IDLE_MS: "1.5" }, ["NEXUS_IDLE_MS", "milliseconds"]],
    [{ NEXUS_IDLE_MS: "0" }, ["NEXUS_IDLE_MS"]],
  ];
  it.each(cases)("%o", (env, words) => {
    let message = "";
    try {
      parseSettings("/home", env, {});
    } catch (error) {
      message = error instanceof Error ? error.message : "";
      expect(error).toMatchObject({ value: { code: "settings.invalid" } });
    }
    for (const word of words) expect(message).toContain(word);
  });
});

describe("the settings file", () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "nexus-settings-"));
  });
  afterEach(() => rm(home, { recursive: true }));

  async function load(text: string, mode = 0o600, env: Environment = {}) {
    await writeFile(join(home, "settings.json"), text);
    await chmod(join(home, "settings.json"), mode);
    return loadSettings(home, env);
  }

  it("may be missing", async () => {
    expect(await loadSettings(home, {})).toEqual({
      home,
      model: null,
      budgetUsd: null,
      policy: {},
      idleExitMs: 900_000,
      embedding: BUILT_IN,
      checkpoints: { days: 30, maxBytes: 2_147_483_648 },
      mcpServers: {},
      a2a: null,
      scheduling: { runs: 16, tasks: 16, queue: 1000, providers: { default: 16, ollama: 2 }, ageMs: 60_000 },
    });
  });

  it("says how much is done at a time", async () => {
    const file = { scheduling: { runs: 3, providers: { anthropic: 2 } } };
    expect((await load(JSON.stringify(file), 0o600, {})).scheduling).toEqual({
      ...{ runs: 3, tasks: 16, queue: 1000, ageMs: 60_000 },
      providers: { default: 16, ollama: 2, anthropic: 2 },
    });
    await expect(load('{"scheduling":{"runs":0}}', 0o600, {})).rejects.toThrow(/scheduling/);
  });

  it("names the interpreter of an installed MetaGPT by its whole path", async () => {
    const file = (python: string) => JSON.stringify({ metagpt: { python } });
    expect((await load(file("/opt/metagpt/bin/python"))).metagpt).toEqual({ python: "/opt/metagpt/bin/python" });
    await expect(load(file("bin/python"))).rejects.toThrow(/metagpt.*absolute/s);
  });

  it("is read, and the environment wins", async () => {
    const file = { provider: "openai", budgetUsd: 2, policy: { command: "deny" }, idleExitMs: 1000 };
    const settings = await load(JSON.stringify(file), 0o600, { NEXUS_BUDGET: "3" });
    expect(settings).toMatchObject({
      budgetUsd: 3,
      policy: { command: "deny" },
      idleExitMs: 1000,
      model: { provider: "openai" },
    });
  });

  it.each([
    ["no JSON", "{", 0o600, "settings.invalid"],
    ["an unknown setting", `{"modle": "x"}`, 0o600, "settings.invalid"],
    ["a wrong value", `{"policy": {"command": "maybe"}}`, 0o600, "settings.invalid"],
    ["a list", "[]", 0o600, "settings.invalid"],
    ["a file that others can write", "{}", 0o622, "daemon.folder_unsafe"],
    ["a key that others can read", `{"provider": "openai", "apiKey": "k"}`, 0o644, "daemon.folder_unsafe"],
  ])("is refused: %s", async (_name, text, mode, code) => {
    await expect(load(text, mode)).rejects.toMatchObject({ value: { code } });
  });

  it("says which settings there are", async () => {
    await expect(load(`{"modle": "x"}`)).rejects.toThrow(/modle.*model/s);
  });
});

describe("model/configure", () => {
  const present = model({ OPENAI_API_KEY: "old", NEXUS_MODEL: "m", NEXUS_PRICE: "1,2" });

  it("keeps what it does not name", () => {
    expect(configuredModel(present, { apiKey: "new" })).toEqual({ ...present, apiKey: "new" });
  });
  it("takes nothing of another provider along", () => {
    expect(configuredModel(present, { provider: "anthropic", apiKey: "a" })).toMatchObject({
      provider: "anthropic",
      apiKey: "a",
      price: null,
    });
    expect(configuredModel(present, { provider: "anthropic" })?.apiKey).toBeNull();
  });
  it("takes a value back with an empty text", () => {
    expect(configuredModel(present, { apiKey: "" })?.apiKey).toBeNull();
  });
  it("refuses what cannot be used", () => {
    expect(() => configuredModel(present, { provider: "nobody" })).toThrow(/provider/);
    expect(() => configuredModel(present, { baseUrl: "nowhere" })).toThrow(/http/);
  });
  it("has nothing to say without a provider", () => {
    expect(configuredModel(null, { model: "m" })).toBeNull();
  });
});

describe("embedding", () => {
  const embedding = (env: Environment, file: SettingsFile["embedding"]) =>
    parseSettings("/home", env, file === undefined ? {} : { embedding: file }).embedding;
  const env = { OPENAI_API_KEY: "k" };
  const elsewhere = { OPENAI_API_KEY: "k", OPENAI_BASE_URL: "http://box/v1" };
  const own = { provider: "openai", baseUrl: "https://mine/v1/" } as const;
  const cases: [name: string, env: Environment, file: SettingsFile["embedding"], expected: object][] = [
    ["none", env, undefined, { ...BUILT_IN, openAiKey: "k" }],
    ["a key that belongs to another address", elsewhere, undefined, { ...BUILT_IN, openAiKey: null }],
    ["OpenAI", env, { provider: "openai" }, { apiKey: "k", baseUrl: null, model: null, capUsd: null }],
    ["OpenAI where the environment says", elsewhere, { provider: "openai" }, { apiKey: "k", baseUrl: "http://box/v1" }],
    ["OpenAI's key for no address of one's own", env, own, { apiKey: null, baseUrl: "https://mine/v1" }],
    ["a key of one's own", env, { ...own, apiKey: "o" }, { apiKey: "o" }],
    ["Ollama's host", { OLLAMA_HOST: "box:9" }, { provider: "ollama" }, { baseUrl: "http://box:9", apiKey: null }],
    [
      "a store",
      {},
      { provider: "table", store: "chroma", chroma: { address: "http://c:8000/", headers: { "x-chroma-token": "t" } } },
      { store: "chroma", chroma: { address: "http://c:8000", headers: { "x-chroma-token": "t" } } },
    ],
  ];
  it.each(cases)("%s", (_name, variables, file, expected) => {
    expect(embedding(variables, file)).toMatchObject(expected);
  });

  it.each([
    ["a model", { provider: "local" }, "needs embedding.model"],
    ["an address", { provider: "openai-compatible", model: "m" }, "needs its address"],
    ["an address that is one", { provider: "ollama", baseUrl: "box" }, "embedding.baseUrl must be an address"],
  ] as const)("lacks %s", (_name, file, message) => {
    expect(() => embedding({}, file)).toThrow(message);
  });

  it("tells what must never be written", () => {
    const chroma = { address: "http://c", headers: { authorization: "Bearer t" } };
    expect(embeddingSecrets(embedding(env, { ...own, apiKey: "o", chroma }))).toEqual(["o", "Bearer t"]);
  });
});
