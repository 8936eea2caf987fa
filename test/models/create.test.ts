import { describe, expect, it } from "vitest";
import { createChatModel, ollamaUrl } from "../../daemon/models/create.ts";
import type { ModelSettings } from "../../daemon/settings.ts";
import { NexusError } from "../../protocol/index.ts";
import { ask, PROVIDERS, requestOf, settingsFor, withModel } from "./ask.ts";

function codeOf(settings: ModelSettings): string {
  try {
    createChatModel(settings);
    return "fine";
  } catch (error) {
    if (error instanceof NexusError) return `${error.value.code}: ${error.value.message}`;
    throw error;
  }
}

describe("createChatModel", () => {
  it.each(["openai", "anthropic"] as const)("%s needs a key", (provider) => {
    expect(codeOf(settingsFor(provider, { apiKey: null }))).toMatch(/^model.key_missing/);
    expect(codeOf(settingsFor(provider, { apiKey: "  " }))).toMatch(/^model.key_missing/);
    expect(codeOf(settingsFor(provider))).toBe("fine");
  });

  it("needs an address for openai-compatible and a file for replay", () => {
    expect(codeOf(settingsFor("openai-compatible"))).toMatch(/^settings.invalid: .*OPENAI_BASE_URL/);
    expect(codeOf(settingsFor("replay"))).toMatch(/^settings.invalid: .*NEXUS_REPLAY/);
    expect(codeOf(settingsFor("openai-compatible", { baseUrl: "http://x/v1", apiKey: null }))).toBe("fine");
    expect(codeOf(settingsFor("ollama", { apiKey: null }))).toBe("fine");
  });

  it.each(["", "localhost:8080/v1", "ftp://x/v1", "file:///etc/passwd"])("refuses the address %j", (baseUrl) => {
    expect(codeOf(settingsFor("openai", { baseUrl }))).toMatch(/^settings.invalid/);
  });

  it("refuses a password in the address without repeating it", () => {
    const message = codeOf(settingsFor("openai", { baseUrl: "https://user:hunter2@models.example/v1" }));
    expect(message).toMatch(/^settings.invalid/);
    expect(message).not.toContain("hunter2");
  });

  it.each([
    [null, "http://127.0.0.1:11434/v1"],
    ["", "http://127.0.0.1:11434/v1"],
    ["192.168.1.5", "http://192.168.1.5:11434/v1"],
    ["box:9999", "http://box:9999/v1"],
    ["0.0.0.0:11434", "http://127.0.0.1:11434/v1"],
    ["http://box:1234/", "http://box:1234/v1"],
    ["http://box:1234/v1", "http://box:1234/v1"],
    ["https://ollama.example", "https://ollama.example/v1"],
  ])("finds Ollama at %j", (host, url) => expect(ollamaUrl(host)).toBe(url));

  it("asks Ollama without a key", () =>
    withModel(
      PROVIDERS[0],
      [{ reply: { text: "hi" } }],
      async ({ model, server }) => {
        expect((await ask(model, requestOf("go"))).response?.text).toBe("hi");
        expect(server.requests[0]?.headers.authorization).toBeUndefined();
        expect(model.name).toEqual({ provider: "ollama", model: "scripted" });
      },
      { settings: { provider: "ollama" } },
    ));

  it.each(PROVIDERS)("takes the address with and without a slash or /v1: $provider", (provider) =>
    withModel(provider, [{ repeat: true, reply: { text: "hi" } }], async ({ server }) => {
      const urls =
        provider.provider === "anthropic"
          ? [server.url, `${server.url}/`, `${server.url}/v1`]
          : [server.url, `${server.url}/`];
      for (const baseUrl of urls)
        expect(
          (await ask(createChatModel(settingsFor(provider.provider, { baseUrl })), requestOf("go"))).code,
        ).toBeUndefined();
    }),
  );
});
