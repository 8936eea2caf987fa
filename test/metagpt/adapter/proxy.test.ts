/** The model proxy: who is let in, and what becomes of what is asked. */
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../daemon/host/clock.ts";
import { type ModelProxy, startModelProxy } from "../../../daemon/metagpt/adapter/proxy.ts";
import type { PortAnswer, PortRequest } from "../../../daemon/tools/model-port.ts";
import { errorValue, type Result } from "../../../protocol/index.ts";

const TOKEN = "token-of-one-run";
const usage = { inputTokens: 10, cacheReadTokens: 2, cacheWriteTokens: 0, outputTokens: 5, estimated: false };
const plain: PortAnswer = { text: "Hello.", toolCalls: [], stopReason: "end", usage };

let proxy: ModelProxy | undefined;
let asked: PortRequest[] = [];
let reports: unknown[] = [];

afterEach(async () => {
  await proxy?.close();
  [proxy, asked, reports] = [undefined, [], []];
});

async function open(respond: (request: PortRequest) => Promise<Result<PortAnswer>>): Promise<ModelProxy> {
  proxy = await startModelProxy({
    token: TOKEN,
    clock: systemClock,
    models: {
      model: "scripted",
      respond(request) {
        asked.push(request);
        return respond(request);
      },
    },
    onActivity: () => undefined,
    onReport: (report) => reports.push(report),
    onError: (error) => expect.unreachable(String(error)),
  });
  return proxy;
}

const answering = (answer: PortAnswer) => async () => ({ ok: true as const, value: answer });

function call(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const sent = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(`http://127.0.0.1:${proxy?.port}${path}`, {
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { method: "POST", body: sent }),
  });
}

const complete = (body: object, headers?: Record<string, string>) => call("/v1/chat/completions", body, headers);
const messages = [
  { role: "system", content: "You are Bob." },
  { role: "user", content: "Design it." },
];

describe("who is let in", () => {
  it("refuses another token, another host and every web page, before it reads anything", async () => {
    await open(answering(plain));
    expect((await complete({ messages }, { authorization: "Bearer other" })).status).toBe(401);
    expect((await complete({ messages }, { authorization: "" })).status).toBe(401);
    expect((await complete({ messages }, { origin: "https://example.org" })).status).toBe(403);
    const { request } = await import("node:http");
    const status = await new Promise((resolve) => {
      const headers = { host: "evil.example", authorization: `Bearer ${TOKEN}` };
      request({ port: proxy?.port, path: "/v1/models", headers }, (answer) => resolve(answer.statusCode)).end();
    });
    expect(status).toBe(403);
    expect(asked).toEqual([]);
  });

  it("takes reports only at the address that holds the token, and always thanks for them", async () => {
    await open(answering(plain));
    expect((await call("/report/other", { block: "Docs" }, { authorization: "" })).status).toBe(401);
    expect((await call(`/report/${TOKEN}`, { block: "Docs" }, { authorization: "" })).status).toBe(200);
    expect((await call(`/report/${TOKEN}`, "no json", { authorization: "" })).status).toBe(200);
    expect(reports).toEqual([{ block: "Docs" }, undefined]);
  });

  it("refuses what is too large, what is no request, and what is not there", async () => {
    await open(answering(plain));
    expect((await call("/v1/chat/completions", "x".repeat(9 * 1024 * 1024))).status).toBe(413);
    for (const body of ["{", "[]", JSON.stringify({ messages: [] }), JSON.stringify({ messages, n: 3 })]) {
      const answer = await call("/v1/chat/completions", body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ error: { type: "invalid_request_error" } });
    }
    expect((await call("/v1/embeddings", { input: "a" })).status).toBe(404);
    expect(asked).toEqual([]);
  });
});

describe("what is asked of the model", () => {
  it("answers as OpenAI does", async () => {
    await open(answering(plain));
    const answer = await (await complete({ model: "gpt-4-turbo", temperature: 0, messages, max_tokens: 4096 })).json();
    expect(answer).toMatchObject({
      object: "chat.completion",
      model: "scripted",
      choices: [{ message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }],
      usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 },
    });
    const said = [{ role: "user", text: "Design it." }];
    expect(asked).toEqual([{ system: "You are Bob.", messages: said, tools: [], maxOutputTokens: 4096 }]);
    expect(await (await call("/v1/models")).json()).toMatchObject({ data: [{ id: "scripted" }] });
  });

  it("streams the same answer when that is wanted", async () => {
    await open(answering(plain));
    const answer = await complete({ messages, stream: true, stream_options: { include_usage: true } });
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    const lines = (await answer.text()).split("\n\n").filter((line) => line.startsWith("data: {"));
    const chunks = lines.map((line) => JSON.parse(line.slice(6)));
    expect(chunks[0]).toMatchObject({ choices: [{ delta: { content: "Hello." } }] });
    expect(chunks[1]).toMatchObject({ choices: [{ finish_reason: "stop" }] });
    expect(chunks[2]).toMatchObject({ choices: [], usage: { total_tokens: 17 } });
  });

  it("carries tools, their calls and results, and leaves pictures out", async () => {
    await open(answering({ ...plain, text: "", toolCalls: [{ callId: "c1", tool: "run", argumentsText: "{}" }] }));
    const calls = [{ id: "c0", type: "function", function: { name: "look", arguments: '{"a":1}' } }];
    const picture = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    const body = {
      messages: [
        { role: "user", content: [{ type: "text", text: "See" }, picture] },
        { role: "assistant", content: null, tool_calls: calls },
        { role: "tool", tool_call_id: "c0", content: "found" },
      ],
      tools: [{ type: "function", function: { name: "run", parameters: { type: "object" } } }],
    };
    const answer = await (await complete(body)).json();
    expect(answer.choices[0].message.tool_calls).toEqual([
      { id: "c1", type: "function", function: { name: "run", arguments: "{}" } },
    ]);
    expect(asked[0]?.messages).toEqual([
      { role: "user", text: "See\n[A picture stood here; the model was not sent it.]" },
      { role: "assistant", text: "", toolCalls: [{ callId: "c0", tool: "look", argumentsText: '{"a":1}' }] },
      { role: "tool", callId: "c0", tool: "look", text: "found", isError: false },
    ]);
    expect(asked[0]?.tools).toEqual([{ name: "run", description: "", parameters: { type: "object" } }]);
  });

  it("says in OpenAI's words that the money is spent, and that asking again is of no use", async () => {
    await open(async () => ({ ok: false, error: errorValue("budget.exceeded") }));
    for (const stream of [false, true]) {
      const answer = await complete({ messages, stream });
      expect(answer.status).toBe(402);
      expect(answer.headers.get("x-should-retry")).toBe("false");
      expect(await answer.json()).toMatchObject({ error: { type: "insufficient_quota", code: "budget.exceeded" } });
    }
    expect(asked.length).toBe(1);
  });

  it("tells of a model that fails, and of a run that stops, without an error of its own", async () => {
    await open(async () => ({ ok: false, error: errorValue("model.overloaded") }));
    expect((await complete({ messages })).status).toBe(502);
    await proxy?.close();
    await open(() => Promise.reject(new Error("the run stops")));
    expect((await complete({ messages })).status).toBe(502);
  });

  it("keeps an answer for whoever hung up and asks the same again", async () => {
    const { promise, resolve } = Promise.withResolvers<Result<PortAnswer>>();
    const begun = Promise.withResolvers<void>();
    await open(() => {
      begun.resolve();
      return promise;
    });
    const leaving = new AbortController();
    const left = fetch(`http://127.0.0.1:${proxy?.port}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ messages }),
      signal: leaving.signal,
    }).catch(() => "left");
    await begun.promise;
    leaving.abort();
    expect(await left).toBe("left");
    while (proxy?.unread() !== 1) await new Promise(setImmediate);
    resolve({ ok: true, value: plain });
    expect((await complete({ messages })).status).toBe(200);
    expect(asked.length).toBe(1);
    expect((await complete({ messages })).status).toBe(200);
    expect(asked.length).toBe(2);
  });

  it("answers no more at once than it can", async () => {
    const { promise, resolve } = Promise.withResolvers<Result<PortAnswer>>();
    await open(() => promise);
    const waiting = Array.from({ length: 16 }, () => complete({ messages }));
    while (proxy?.open() !== 16) await new Promise(setImmediate);
    expect((await complete({ messages })).status).toBe(429);
    resolve({ ok: true, value: plain });
    for (const answer of waiting) expect((await answer).status).toBe(200);
  });
});
