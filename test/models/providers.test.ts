import { describe, expect, it } from "vitest";
import type { Message } from "../../daemon/models/model.ts";
import { ask, EDIT_TOOL, KEY, PROVIDERS, requestOf, withModel } from "./ask.ts";

const edit = { tool: "edit", arguments: { path: "a/ü.ts", text: 'line "one"\n' } };

describe.each(PROVIDERS)("$provider", (provider) => {
  it("streams text and gathers tool calls with their arguments as written", () =>
    withModel(
      provider,
      [
        {
          reply: {
            text: "I shall edit the file and then read another one.",
            toolCalls: [edit, { tool: "read", argumentsText: '{ "path" : "b" }' }],
            usage: { inputTokens: 100, cacheReadTokens: 40, cacheWriteTokens: 7, outputTokens: 30 },
          },
        },
      ],
      async ({ model }) => {
        const { response, texts } = await ask(model, requestOf("go", { tools: [EDIT_TOOL] }));
        expect(texts.length).toBeGreaterThan(2);
        expect(texts.join("")).toBe("I shall edit the file and then read another one.");
        expect(response).toMatchObject({
          text: texts.join(""),
          stopReason: "tool_calls",
          toolCalls: [
            { tool: "edit", argumentsText: JSON.stringify(edit.arguments) },
            { tool: "read", argumentsText: '{ "path" : "b" }' },
          ],
          usage: { inputTokens: 100, cacheReadTokens: 40, cacheWriteTokens: 7, outputTokens: 30, estimated: false },
        });
      },
    ));

  it("sends system prompt, tools and limit, no temperature, and the key where it belongs", () =>
    withModel(
      provider,
      [{ reply: { text: "ok" } }],
      async ({ model, server }) => {
        await ask(model, requestOf("go", { tools: [EDIT_TOOL] }));
        const body = server.requests[0]?.body ?? {};
        expect(body).toMatchObject({ model: "scripted", stream: true, max_tokens: 500 });
        expect(JSON.stringify(body["tools"])).toContain('"required":["path"]');
        expect(JSON.stringify(body)).toContain("You are a test.");
        expect(body).not.toHaveProperty("temperature");
        expect(JSON.stringify(body)).not.toContain(KEY);
      },
      { server: { apiKey: KEY } },
    ));

  it("takes a whole conversation back, whatever is wrong with it", () =>
    withModel(provider, [{ reply: { text: "ok" } }], async ({ model, server }) => {
      const messages: Message[] = [
        { role: "user", text: "one" },
        { role: "user", text: "two \ud800" },
        {
          role: "assistant",
          text: "",
          toolCalls: [
            { callId: "same id", tool: "edit", argumentsText: '{"path": "a", ' },
            { callId: "same id", tool: "no such tool!", argumentsText: "" },
            { callId: "lost", tool: "edit", argumentsText: '{"path":"c"}' },
          ],
        },
        { role: "tool", callId: "same id", tool: "edit", text: "not JSON", isError: true },
        { role: "tool", callId: "same id", tool: "no such tool!", text: "", isError: true },
        { role: "user", text: "" },
        { role: "assistant", text: "  ", toolCalls: [] },
        { role: "tool", callId: "stray", tool: "edit", text: "late result", isError: false },
        { role: "user", text: "three" },
      ];
      const { response, message } = await ask(model, requestOf("", { messages, tools: [EDIT_TOOL] }));
      expect(message).toBeUndefined();
      expect(response?.text).toBe("ok");
      expect(server.requests[0]?.body["messages"]).toMatchSnapshot();
    }));

  it.each([
    ["a natural end", {}, "end"],
    ["the length limit", { stopReason: provider.provider === "openai" ? "length" : "max_tokens" }, "length"],
    ["the provider's filter", { stopReason: provider.provider === "openai" ? "content_filter" : "refusal" }, "refused"],
  ])("tells %s", (_name, end, stopReason) =>
    withModel(provider, [{ reply: { text: "some text", ...end } }], async ({ model }) => {
      expect((await ask(model, requestOf("go"))).response).toMatchObject({ text: "some text", stopReason });
    }),
  );

  it("gives back an empty answer as an empty answer", () =>
    withModel(provider, [{ reply: {} }], async ({ model }) => {
      expect((await ask(model, requestOf("go"))).response).toMatchObject({
        text: "",
        toolCalls: [],
        stopReason: "end",
      });
    }));

  it("estimates the usage where the server sends no figures", () =>
    withModel(provider, [{ reply: { text: "word ".repeat(100) }, misbehave: { noUsage: true } }], async ({ model }) => {
      const { response } = await ask(model, requestOf("go"));
      expect(response?.usage.estimated).toBe(true);
      expect(response?.usage.inputTokens).toBeGreaterThan(5);
      expect(response?.usage.outputTokens).toBeGreaterThan(80);
    }));

  it("keeps arguments that do not parse as they are", () =>
    withModel(
      provider,
      [{ reply: { toolCalls: [edit] }, misbehave: { malformedArguments: true, toolName: "edti" } }],
      async ({ model }) => {
        const { response } = await ask(model, requestOf("go", { tools: [EDIT_TOOL] }));
        expect(response?.toolCalls[0]?.tool).toBe("edti");
        expect(response?.toolCalls[0]?.argumentsText).toBe(`${JSON.stringify(edit.arguments).slice(0, -1)},`);
      },
    ));

  it("does not wait for a connection to close after the last event", () =>
    withModel(
      provider,
      [{ reply: { text: "done" }, misbehave: { keepOpen: true, eventDelayMs: 1 } }],
      async ({ model }) => {
        const { response, code } = await ask(model, requestOf("go"));
        // Anthropic's script leaves its last event out here: the answer is whole, and the idle time ends the wait.
        expect(code).toBeUndefined();
        expect(response?.text).toBe("done");
      },
      { model: { idleTimeoutMs: 200 } },
    ));
});

it.each([
  [PROVIDERS[0], "gpt-5-mini"],
  [PROVIDERS[0], "o4-mini"],
  [PROVIDERS[0], "gpt-5.3-codex"],
  [PROVIDERS[1], "claude-haiku-4-5"],
  [PROVIDERS[1], "claude-opus-5"],
  [PROVIDERS[1], "claude-sonnet-5-5"],
])("whatever the library thinks of a model's name, the request is the same: %o %s", (provider, name) =>
  withModel(
    provider,
    [{ reply: { text: "ok" } }],
    async ({ model, server }) => {
      expect((await ask(model, requestOf("go", { tools: [EDIT_TOOL] }))).response?.text).toBe("ok");
      const {
        model: sent,
        stream,
        max_tokens,
        messages,
        tools,
        system,
        stream_options,
        ...others
      } = server.requests[0]?.body ?? {};
      expect({ sent, stream, max_tokens }).toEqual({ sent: name, stream: true, max_tokens: 500 });
      expect(JSON.stringify([messages, tools, system, stream_options])).toContain("edit");
      expect(others).toEqual({});
    },
    { settings: { model: name } },
  ),
);

it("marks the stable prefix and the conversation so far for Anthropic's cache", () =>
  withModel(PROVIDERS[1], [{ reply: { text: "ok" } }], async ({ model, server }) => {
    await ask(model, requestOf("go", { tools: [EDIT_TOOL] }));
    const marked = { cache_control: { type: "ephemeral" } };
    expect(server.requests[0]?.body).toMatchObject({
      system: [{ type: "text", text: "You are a test.", ...marked }],
      messages: [{ role: "user", content: [{ type: "text", text: "go", ...marked }] }],
    });
  }));

describe("servers that speak OpenAI's protocol in their own way", () => {
  it.each(["stream_options", "max_tokens"])("asks again without a parameter that they reject: %s", (parameter) =>
    withModel(
      PROVIDERS[0],
      [
        { when: { lastUser: "first" }, reply: { text: "one" }, misbehave: { rejectParameter: parameter } },
        { when: { lastUser: "first" }, reply: { text: "one" } },
        { when: { lastUser: "second" }, reply: { text: "two" } },
      ],
      async ({ model, server }) => {
        expect((await ask(model, requestOf("first"))).response?.text).toBe("one");
        expect((await ask(model, requestOf("second"))).response?.text).toBe("two");
        expect(server.requests).toHaveLength(3);
        expect(server.requests.map(({ body }) => parameter in body)).toEqual([true, false, false]);
        expect(server.requests[2]?.body).toHaveProperty(
          parameter === "max_tokens" ? "max_completion_tokens" : "max_tokens",
          500,
        );
      },
    ),
  );

  // OpenAI's own words to models that reason by default.
  const noTools = "Function tools with reasoning_effort are not supported for m in /v1/chat/completions.";

  it("asks for no reasoning where tools are refused otherwise, and only there", () =>
    withModel(
      PROVIDERS[0],
      [
        { misbehave: { status: 400, message: noTools, times: "always" } },
        { reply: { text: "ok" } },
        { reply: { text: "ok" } },
      ],
      async ({ model, server }) => {
        expect((await ask(model, requestOf("go", { tools: [EDIT_TOOL] }))).response?.text).toBe("ok");
        expect((await ask(model, requestOf("go"))).response?.text).toBe("ok");
        expect(server.requests.map(({ body }) => body["reasoning_effort"])).toEqual([undefined, "none", undefined]);
      },
    ));

  it("says so where a model takes tools in no way", () =>
    withModel(
      PROVIDERS[0],
      [{ misbehave: { status: 400, message: noTools, times: "always" }, repeat: true }],
      async ({ model, server }) => {
        const asked = await ask(model, requestOf("go", { tools: [EDIT_TOOL] }));
        expect(asked).toMatchObject({ code: "model.refused", message: expect.stringContaining("choose another") });
        expect(server.requests).toHaveLength(2);
      },
    ));

  it("sends no authorization without a key, not even the environment's", () =>
    withModel(
      PROVIDERS[0],
      [{ reply: { text: "ok" } }, { when: { contains: "again" }, reply: { text: "ok" } }],
      async ({ model, server }) => {
        process.env["OPENAI_API_KEY"] = "sk-from-the-environment";
        try {
          expect((await ask(model, requestOf("go"))).response?.text).toBe("ok");
        } finally {
          process.env["OPENAI_API_KEY"] = "";
        }
        expect(server.requests[0]?.headers.authorization).toBeUndefined();
      },
      { settings: { provider: "openai-compatible", apiKey: null } },
    ));
});
