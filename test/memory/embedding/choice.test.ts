/** Which model is meant, and above all which key goes to which address. */
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../daemon/host/clock.ts";
import {
  BUILT_IN,
  type Choice,
  choiceOf,
  type EmbeddingSettings,
  openEmbedder,
} from "../../../daemon/memory/embedding/choice.ts";
import { startScriptedEmbeddings } from "../../support/scripted-embeddings.ts";

const signal = new AbortController().signal;

describe("the choice", () => {
  const openAi: EmbeddingSettings = { ...BUILT_IN, provider: "openai", model: "large", store: "faiss" };
  const cases: [name: string, wish: Parameters<typeof choiceOf>[0], settings: EmbeddingSettings, expected: unknown][] =
    [
      ["nothing", {}, BUILT_IN, null],
      ["the table against the settings", { embedder: { provider: "table" } }, openAi, null],
      ["the settings", {}, openAi, { provider: "openai", model: "large", baseUrl: null, store: "faiss" }],
      ["another store", { store: "chroma" }, openAi, { model: "large", store: "chroma" }],
      ["another model", { embedder: { provider: "openai", model: "s" } }, openAi, { model: "s" }],
      ["a usual model", { embedder: { provider: "openai" } }, BUILT_IN, { model: "text-embedding-3-small" }],
      [
        "another provider, whose model is not the settings'",
        { embedder: { provider: "ollama" } },
        openAi,
        { provider: "ollama", model: "nomic-embed-text", baseUrl: null },
      ],
      ["a provider without a model", { embedder: { provider: "local" } }, openAi, "needs the name of a model"],
      [
        "a provider without an address",
        { embedder: { provider: "openai-compatible", model: "m" } },
        openAi,
        "needs its address",
      ],
    ];
  it.each(cases)("%s", (_name, wish, settings, expected) => {
    const choice = choiceOf(wish, settings);
    if (typeof expected === "string") expect(choice).toMatchObject({ ok: false });
    if (!choice.ok) expect(choice.error.message).toContain(expected);
    else if (expected === null) expect(choice.value).toBeNull();
    else expect(choice.value).toMatchObject(Object(expected));
  });
});

describe("a key", () => {
  async function keySent(provider: Choice["provider"], settings: Partial<EmbeddingSettings>): Promise<string> {
    // It refuses every key, and its answer holds the one that came.
    const server = await startScriptedEmbeddings({ apiKey: "none fits" });
    const own = settings.baseUrl === "here" ? { baseUrl: server.url } : {};
    const choice: Choice = { provider, model: "m", baseUrl: server.url, store: "usearch" };
    const seen: string[] = [];
    server.onHeaders = ({ authorization }) => void seen.push(authorization ?? "no key");
    const embedder = await openEmbedder(choice, { ...BUILT_IN, ...settings, ...own }, systemClock);
    if (!embedder.ok) seen.push(embedder.error.code);
    else await embedder.value.embed(["text"], signal);
    await server.close();
    return seen.join();
  }

  it("goes to the address that it was configured with", async () => {
    const settings = { provider: "openai-compatible", baseUrl: "here", apiKey: "own", openAiKey: "theirs" } as const;
    expect(await keySent("openai-compatible", settings)).toBe("Bearer own");
  });

  it("goes to no other address, and to no other provider", async () => {
    const elsewhere = { baseUrl: "https://models.example/v1", apiKey: "own", openAiKey: "theirs" } as const;
    expect(await keySent("openai-compatible", { ...elsewhere, provider: "openai-compatible" })).toBe("no key");
    expect(await keySent("openai", { ...elsewhere, provider: "openai" })).toBe("model.key_missing");
    expect(await keySent("openai-compatible", { ...elsewhere, provider: "openai", baseUrl: "here" })).toBe("no key");
    expect(await keySent("ollama", { openAiKey: "theirs" })).toBe("no key");
  });
});
