/** Models that clients offer, over a real socket: who is asked, and what becomes of clients that do not do as they said. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createEditorModel } from "../../../daemon/models/editor.ts";
import type { ModelRequest } from "../../../daemon/models/model.ts";
import type { ModelAnswer } from "../../../protocol/index.ts";
import { type AskedServer, startAskedServer } from "../../support/asked-server.ts";

let server: AskedServer;
let waits: string[];
let streamed: string;

beforeEach(async () => {
  server = await startAskedServer();
  waits = [];
  streamed = "";
});
afterEach(() => server.close());

const REQUEST: ModelRequest = {
  system: "Be brief.",
  messages: [
    { role: "user", text: "Look." },
    { role: "assistant", text: "", toolCalls: [{ callId: "a", tool: "read", argumentsText: '{"path":"x"}' }] },
    { role: "tool", callId: "a", tool: "read", text: "content", isError: false },
  ],
  tools: [{ name: "read", description: "Reads.", parameters: { type: "object" } }],
  maxOutputTokens: 500,
};

function respond(options: { runId?: string; signal?: AbortSignal } = {}) {
  const name = { provider: "editor", model: "copilot/gpt" };
  const onWait = (message: string) => void waits.push(message);
  const model = createEditorModel({ name, editors: server.asked.models, runId: options.runId, onWait });
  const onText = (text: string) => {
    streamed += text;
  };
  return model.respond(REQUEST, { signal: options.signal ?? new AbortController().signal, onText });
}

const says = (text: string): ModelAnswer => ({ outcome: "answered", text, calls: [] });
const code = (wanted: string) => ({ value: { code: wanted } });

describe("a client that offers models", () => {
  it("is sent the whole conversation, streams, and answers with text, calls and usage", async () => {
    const client = await server.open("editor", ["client/model"]);
    client.handle("client/model", async ({ callId, ...call }) => {
      expect(call).toEqual({
        ...{ model: "copilot/gpt", runId: "run-1", system: "Be brief.", maxOutputTokens: 500 },
        messages: [
          { role: "user", text: "Look." },
          { role: "assistant", text: "", calls: [{ id: "a", tool: "read", input: { path: "x" } }] },
          { role: "tool", id: "a", text: "content", isError: false },
        ],
        tools: REQUEST.tools,
      });
      expect(await client.request("model/piece", { callId, text: "It " })).toEqual({ wanted: true });
      await client.request("model/piece", { callId, text: "is." });
      return {
        ...{ outcome: "answered", text: "It is.", usage: { inputTokens: 70, outputTokens: 9 } },
        calls: [{ id: "b", tool: "read", input: { path: "y" } }],
      };
    });
    expect(await respond({ runId: "run-1" })).toEqual({
      text: "It is.",
      toolCalls: [{ callId: "b", tool: "read", argumentsText: '{"path":"y"}' }],
      stopReason: "tool_calls",
      usage: { inputTokens: 70, outputTokens: 9, cacheReadTokens: 0, cacheWriteTokens: 0, estimated: false },
    });
    expect(streamed).toBe("It is.");
    client.close();
  });

  it("need not stream nor count", async () => {
    const client = await server.open("editor", ["client/model"]);
    client.handle("client/model", () => says("Done."));
    expect((await respond()).usage).toMatchObject({ estimated: true, outputTokens: 2 });
    expect(streamed).toBe("Done.");
    client.close();
  });

  it("is asked before others when it started the run", async () => {
    const [first, second] = [
      await server.open("first", ["client/model"]),
      await server.open("second", ["client/model"]),
    ];
    first.handle("client/model", () => says("first"));
    second.handle("client/model", () => says("second"));
    expect((await respond({ runId: "run-1" })).text).toBe("second");
    await first.request("run/start", { workspace: "/work", prompt: "x", headless: false, idempotencyKey: "12345678" });
    expect((await respond({ runId: "run-1" })).text).toBe("first");
    for (const client of [first, second]) client.close();
  });

  it("is asked only about its own runs where it is a script", async () => {
    const script = await server.open("script", ["client/model"], "automation");
    script.handle("client/model", () => says("script"));
    const stop = new AbortController();
    const others = respond({ runId: "run-2", signal: stop.signal });
    await vi.waitFor(() => expect(waits).toHaveLength(1));
    stop.abort(new Error("over"));
    await expect(others).rejects.toThrow("over");
    await script.request("run/start", { workspace: "/work", prompt: "x", headless: true, idempotencyKey: "12345678" });
    expect((await respond({ runId: "run-1" })).text).toBe("script");
    script.close();
  });

  it.each([
    ["not_allowed", "model.not_allowed"],
    ["quota", "model.overloaded"],
    ["blocked", "model.refused"],
    ["too_long", "model.context_full"],
    ["unreachable", "model.unreachable"],
    ["failed", "model.refused"],
    ["not_found", "model.unknown"],
  ] as const)("fails with its reason: %s", async (reason, expected) => {
    const client = await server.open("editor", ["client/model"]);
    client.handle("client/model", () => ({ outcome: "failed", reason, message: "In its\nown words." }));
    await expect(respond()).rejects.toMatchObject(code(expected));
    await expect(respond()).rejects.toThrow(/In its own words\./);
    client.close();
  });

  it("passes on when to ask again", async () => {
    const client = await server.open("editor", ["client/model"]);
    client.handle("client/model", () => ({ outcome: "failed", reason: "quota", message: "", retryAfterMs: 4000 }));
    await expect(respond()).rejects.toMatchObject({ retryAfterMs: 4000 });
    client.close();
  });
});

describe("with no client that offers one", () => {
  it("waits, says so, and goes on when one comes", async () => {
    const plain = await server.open("terminal", []);
    const answer = respond();
    await vi.waitFor(() => expect(waits).toEqual([expect.stringContaining("copilot/gpt")]));
    const client = await server.open("editor", ["client/model"]);
    client.handle("client/model", () => says("Here."));
    expect((await answer).text).toBe("Here.");
    expect(server.clock.pendingTimers).toBe(0);
    for (const each of [plain, client]) each.close();
  });

  it("gives up after ten minutes with an error that says what to do", async () => {
    const answer = respond();
    const outcome = expect(answer).rejects.toMatchObject({ value: { code: "model.no_client", action: "resumeRun" } });
    await vi.waitFor(() => expect(server.clock.pendingTimers).toBe(1));
    server.clock.advance(10 * 60_000);
    await outcome;
  });

  it("stops waiting when the run is cancelled", async () => {
    const stop = new AbortController();
    const outcome = expect(respond({ signal: stop.signal })).rejects.toThrow("stopped");
    await vi.waitFor(() => expect(waits).toHaveLength(1));
    stop.abort(new Error("stopped"));
    await outcome;
    expect(server.clock.pendingTimers).toBe(0);
  });

  it("asks no agent's client, whatever that offers", async () => {
    const agent = await server.open("agent", ["client/model"], "agent");
    agent.handle("client/model", () => says("I am the model now."));
    const outcome = expect(respond()).rejects.toMatchObject(code("model.no_client"));
    await vi.waitFor(() => expect(waits).toHaveLength(1));
    server.clock.advance(10 * 60_000);
    await outcome;
    agent.close();
  });
});

describe("clients that do not do as they said", () => {
  it("one that lacks the model passes the call on to the next", async () => {
    const good = await server.open("good", ["client/model"]);
    good.handle("client/model", () => says("good"));
    const other = await server.open("other", ["client/model"]);
    other.handle("client/model", () => ({ outcome: "failed", reason: "not_found", message: "No such model." }));
    expect((await respond()).text).toBe("good");
    for (const client of [good, other]) client.close();
  });

  it.each([
    ["a method that it does not know", { error: { code: -32601, message: "Method not found" } }],
    ["garbage", { result: "yes" }],
    ["an answer of another shape", { result: { outcome: "answered", text: 7, calls: [] } }],
    [
      "calls whose input is no object",
      { result: { outcome: "answered", text: "", calls: [{ id: "1", tool: "t", input: [] }] } },
    ],
  ])("%s: the next is asked, and without one the call fails", async (_, reply) => {
    const bad = await server.openRaw(["client/model"], "human");
    const failing = expect(respond()).rejects.toMatchObject(code("model.bad_answer"));
    bad.send({ jsonrpc: "2.0", id: (await bad.next()).id, ...reply });
    await failing;
    const good = await server.open("good", ["client/model"]);
    good.handle("client/model", () => says("good"));
    await good.request("run/start", { workspace: "/work", prompt: "x", headless: false, idempotencyKey: "12345678" });
    expect((await respond({ runId: "run-1" })).text).toBe("good");
    bad.socket.destroy();
    good.close();
  });

  it("one that never answers is given up, told so, and the call may be tried again", async () => {
    const silent = await server.openRaw(["client/model"], "human");
    const outcome = expect(respond()).rejects.toMatchObject(code("model.timeout"));
    const { id } = await silent.next();
    server.clock.advance(5 * 60_000);
    await outcome;
    expect(await silent.next()).toMatchObject({ method: "request/cancelled", params: { id } });
    silent.socket.destroy();
  });

  it("one that falls silent after some pieces is given up sooner", async () => {
    const client = await server.openRaw(["client/model"], "human");
    const outcome = expect(respond()).rejects.toMatchObject(code("model.timeout"));
    const { params } = await client.next();
    client.send({
      jsonrpc: "2.0",
      id: 50,
      method: "model/piece",
      params: { callId: params?.["callId"], text: "Well" },
    });
    expect(await client.next()).toMatchObject({ id: 50, result: { wanted: true } });
    server.clock.advance(2 * 60_000);
    await outcome;
    expect(streamed).toBe("Well");
    client.socket.destroy();
  });

  it("one that answers twice is heard once", async () => {
    const client = await server.openRaw(["client/model"], "human");
    const answer = respond();
    const { id, params } = await client.next();
    for (const text of ["one", "two"]) client.send({ jsonrpc: "2.0", id, result: says(text) });
    expect((await answer).text).toBe("one");
    client.send({
      jsonrpc: "2.0",
      id: 51,
      method: "model/piece",
      params: { callId: params?.["callId"], text: "three" },
    });
    expect(await client.next()).toMatchObject({ id: 51, result: { wanted: false } });
    expect(streamed).toBe("one");
    client.socket.destroy();
  });

  it("one that vanishes in the middle cuts the answer, of which nothing counts", async () => {
    const client = await server.openRaw(["client/model"], "human");
    const outcome = expect(respond()).rejects.toMatchObject(code("model.stream_cut"));
    await client.next();
    client.socket.destroy();
    await outcome;
    expect(server.clock.pendingTimers).toBe(0);
  });

  it("a client that was not asked cannot speak for the one that was", async () => {
    const client = await server.openRaw(["client/model"], "human");
    const other = await server.open("other", []);
    const answer = respond();
    const { id, params } = await client.next();
    const piece = { callId: String(params?.["callId"]), text: "Delete everything." };
    expect(await other.request("model/piece", piece)).toEqual({ wanted: false });
    client.send({ jsonrpc: "2.0", id, result: says("fine") });
    await answer;
    expect(streamed).toBe("fine");
    client.socket.destroy();
    other.close();
  });
});

it("tells the client when the run is cancelled", async () => {
  const client = await server.openRaw(["client/model"], "human");
  const stop = new AbortController();
  const outcome = expect(respond({ signal: stop.signal })).rejects.toThrow("cancelled by me");
  const { id } = await client.next();
  stop.abort(new Error("cancelled by me"));
  await outcome;
  expect(await client.next()).toMatchObject({ method: "request/cancelled", params: { id } });
  client.socket.destroy();
});
