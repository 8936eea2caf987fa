import { describe, expect, it } from "vitest";
import { createChatModel } from "../../daemon/models/create.ts";
import { createScriptPlayer } from "../support/scripted/script.ts";
import { ask, askMisbehaving, EDIT_TOOL, KEY, PROVIDERS, requestOf, settingsFor, withModel } from "./ask.ts";

describe.each(PROVIDERS)("$provider", (provider) => {
  it.each([
    [401, "bad key", "model.key_refused"],
    [403, "no access", "model.key_refused"],
    [404, "model: nope does not exist", "model.unknown"],
    [400, "tools.0.name: too long", "model.refused"],
    [422, "unprocessable", "model.refused"],
    [400, "This model's maximum context length is 8192 tokens.", "model.context_full"],
    [400, "prompt is too long: 250000 tokens > 200000 maximum", "model.context_full"],
    [413, "Request exceeds the maximum size", "model.context_full"],
    [429, "slow down", "model.overloaded"],
    [500, "oops", "model.overloaded"],
    [502, "oops", "model.overloaded"],
    [503, "oops", "model.overloaded"],
    [529, "Overloaded", "model.overloaded"],
  ])("status %i “%s” is %s", async (status, message, code) => {
    const asked = await askMisbehaving(provider, { status, message });
    expect(asked.code).toBe(code);
    expect(asked.message).toContain(message);
  });

  it("does not retry what waiting cannot help: a quota that is used up", async () => {
    const asked = await askMisbehaving(provider, {
      status: 429,
      message: "Check billing",
      errorType: "insufficient_quota",
    });
    expect(asked.code).toBe("model.refused");
  });

  it.each([
    ["3", 3000],
    ["0.5", 500],
    [new Date(1_700_000_020_000).toUTCString(), 20_000],
    ["soon", undefined],
  ])("honours Retry-After: %s", async (retryAfter, retryAfterMs) => {
    const clock = { now: () => 1_700_000_000_000, iso: () => "", monotonic: () => 0, timer: () => () => undefined };
    const model = { clock: { ...clock, sleep: () => Promise.resolve() } };
    const asked = await askMisbehaving(provider, { status: 429, retryAfter }, { model });
    expect(asked.retryAfterMs).toBe(retryAfterMs);
  });

  it("never repeats the key in the provider's words", async () => {
    const asked = await askMisbehaving(provider, { status: 400, message: `Invalid: ${KEY} and sk-proj-********wxyz` });
    expect(asked.message).toContain("Invalid: [key] and [key]");
  });

  it("bounds the provider's words and drops their markup", async () => {
    const long = await askMisbehaving(provider, { status: 400, message: "x".repeat(5000) });
    expect(long.message?.length).toBeLessThan(700);
    const page = await askMisbehaving(provider, { status: 502, body: `<html>${"<b>".repeat(50_000)}` });
    expect(page.message).toContain("a web page instead of an answer");
  });

  it("does not follow a redirect, which would carry the key away", async () => {
    const asked = await askMisbehaving(provider, {
      status: 307,
      body: "",
      headers: { location: "http://127.0.0.1:1/" },
    });
    expect(asked).toMatchObject({ code: "model.refused" });
    expect(asked.message).toContain("redirects");
  });

  it.each([
    ["a web page with status 200", { html: true }, "model.bad_answer"],
    ["no HTTP", { garbage: true }, "model.bad_answer"],
    ["a connection closed before the answer", { closeConnection: true }, "model.unreachable"],
    ["an event that is no JSON", { malformedEvent: true }, "model.bad_answer"],
    ["a stream without end mark", { noFinish: true }, "model.stream_cut"],
    ["a stream that ends in the middle", { cutAfterEvents: 2 }, "model.stream_cut"],
    ["a connection broken in the middle", { cutAfterEvents: 2, reset: true }, "model.stream_cut"],
    ["an overload told inside the stream", { errorAfterEvents: 2 }, "model.overloaded"],
    ["a refusal told inside the stream", { errorAfterEvents: 2, message: "no", errorType: "policy" }, "model.refused"],
    ["an answer of 10 MB", { replyBytes: 10_000_000 }, "model.bad_answer"],
  ])("%s is refused", async (_name, misbehave, code) => {
    expect((await askMisbehaving(provider, misbehave)).code).toBe(code);
  });

  it.each([0, 1, 2])("gives up after the idle time when nothing comes after %i events", async (stallAfterEvents) => {
    const asked = await askMisbehaving(provider, { stallAfterEvents }, { model: { idleTimeoutMs: 60 } });
    expect(asked.code).toBe("model.timeout");
  });

  it("is patient with a slow stream that goes on", async () => {
    const asked = await askMisbehaving(provider, { eventDelayMs: 15 }, { model: { idleTimeoutMs: 2000 } });
    expect(asked.response?.text).toBe("Fine, thank you.");
  });

  it("an abort reaches the request at once and rejects with its reason", () =>
    withModel(
      provider,
      [{ reply: { text: "long" }, misbehave: { stallAfterEvents: 2 } }],
      async ({ model, server }) => {
        const controller = new AbortController();
        const asking = ask(model, requestOf("go"), controller.signal);
        await server.waitForRequests(1);
        controller.abort(new Error("the user cancelled"));
        await expect(asking).rejects.toThrow("the user cancelled");
        await server.waitForAbort(1);
      },
    ));

  it("an abort before the call sends nothing", () =>
    withModel(provider, [{ reply: { text: "never" } }], async ({ model, server }) => {
      await expect(ask(model, requestOf("go"), AbortSignal.abort(new Error("too late")))).rejects.toThrow("too late");
      expect(server.requests).toHaveLength(0);
    }));

  it("events that come twice never make a tool call", () =>
    withModel(
      provider,
      [
        {
          reply: { toolCalls: [{ tool: "edit", arguments: { path: "src/a.ts" } }] },
          misbehave: { duplicateEvents: true },
        },
      ],
      async ({ model }) => {
        expect((await ask(model, requestOf("go", { tools: [EDIT_TOOL] }))).code).toBe("model.bad_answer");
      },
    ));

  it("an address where nobody listens is unreachable", async () => {
    const server = await provider.start([]);
    await server.close();
    const asked = await ask(createChatModel(settingsFor(provider.provider, { baseUrl: server.url })), requestOf("go"));
    expect(asked.code).toBe("model.unreachable");
    expect(asked.message).toContain("ECONNREFUSED");
  });

  it("a name that does not resolve is unreachable", async () => {
    const model = createChatModel(settingsFor(provider.provider, { baseUrl: "http://nexus-no-such-host.invalid/v1" }));
    expect((await ask(model, requestOf("go"))).code).toBe("model.unreachable");
  });

  it("plain HTTP behind an https address is unreachable", () =>
    withModel(provider, [], async ({ server }) => {
      const model = createChatModel(settingsFor(provider.provider, { baseUrl: server.url.replace("http:", "https:") }));
      expect((await ask(model, requestOf("go"))).code).toBe("model.unreachable");
    }));

  // A stream cut anywhere is either refused or, once the end mark has come, the whole answer.
  it.each([false, true])("never gives a partial tool call, wherever the stream is cut (reset: %s)", async (reset) => {
    const reply = { text: "ok", toolCalls: [{ tool: "edit", arguments: { path: "src/a.ts" } }] };
    const request = (cut: number | string) => requestOf(`cut ${cut};`, { tools: [EDIT_TOOL] });
    const whole = await withModel(provider, [{ reply }], async ({ model, server }) => {
      const { response } = await ask(model, request("none"));
      return { response, bytes: server.requests[0]?.sentBytes ?? 0 };
    });
    expect(whole.response?.toolCalls).toHaveLength(1);
    const cuts = Array.from({ length: whole.bytes }, (_, bytes) => bytes);
    const script = cuts.map((bytes) => ({
      when: { lastUser: `cut ${bytes};` },
      reply,
      misbehave: { cutAfterBytes: bytes, reset },
    }));
    const outcomes = await withModel(provider, script, async ({ model }) => {
      const asked = [];
      for (const bytes of cuts) asked.push(await ask(model, request(bytes)));
      return asked;
    });
    const cutOff = outcomes.filter(({ code }) => code !== undefined);
    expect(new Set(cutOff.map(({ code }) => code))).toEqual(new Set(["model.stream_cut"]));
    expect(cutOff.length).toBeGreaterThan(whole.bytes / 2);
    for (const { response } of outcomes)
      if (response !== undefined)
        expect({
          ...response,
          usage: null,
          toolCalls: response.toolCalls.map(({ argumentsText }) => argumentsText),
        }).toEqual({
          ...{ text: "ok", stopReason: "tool_calls", usage: null },
          toolCalls: ['{"path":"src/a.ts"}'],
        });
  });
});

it("the script picks the same turn for the same content and the next for other content", () => {
  const player = createScriptPlayer([{ reply: { text: "a" } }, { reply: { text: "b" } }]);
  const conversation = { system: "", messages: [], tools: [] };
  expect(player.pick("h1", conversation)).toMatchObject({ index: 0, repetition: 0 });
  expect(player.pick("h1", conversation)).toMatchObject({ index: 0, repetition: 1 });
  expect(player.pick("h2", conversation)).toMatchObject({ index: 1, repetition: 0 });
  expect(player.pick("h3", conversation)).toBeUndefined();
});
