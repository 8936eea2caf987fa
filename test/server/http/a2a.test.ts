/** A2A over HTTP, with the official client and with requests that no client would make. */

import { request } from "node:http";
import {
  ClientFactory,
  ClientFactoryOptions,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
} from "@a2a-js/sdk/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../daemon/host/clock.ts";
import { createAgentDirectory } from "../../../daemon/orchestration/agent-directory.ts";
import { KEY_START } from "../../../daemon/server/http/a2a/methods.ts";
import { type A2aServer, startA2a } from "../../../daemon/server/http/a2a/server.ts";
import { AgentCard } from "../../../protocol/index.ts";
import { type Engine, startEngine } from "../../support/engine.ts";

const TOKEN = "5".repeat(64);
let engine: Engine;
let server: A2aServer;

beforeAll(async () => {
  engine = await startEngine({
    files: { "README.md": "# Notse\n" },
    script: [
      { when: { contains: "What is this" }, reply: { text: "A small project (README.md:1)." }, repeat: true },
      { when: { contains: "hangs" }, misbehave: { stallAfterEvents: 0, times: "always" }, repeat: true },
      {
        when: { contains: "Fix the typo", turn: 0 },
        reply: { toolCalls: [{ tool: "read_file", arguments: { path: "README.md" } }] },
      },
      {
        when: { contains: "Fix the typo", turn: 1 },
        reply: {
          toolCalls: [
            { tool: "edit_file", arguments: { path: "README.md", edits: [{ search: "Notse", replace: "Notes" }] } },
          ],
        },
      },
      { when: { contains: "Fix the typo", turn: 2 }, reply: { text: "Fixed." } },
    ],
  });
  const agents = createAgentDirectory({
    ...{ store: engine.store, version: "1.2.3", isTrusted: async () => false },
    userAgents: async () => ({ agents: [], problems: [] }),
  });
  server = await startA2a({
    ...{ port: 0, token: TOKEN, workspace: engine.workspace, version: "1.2.3", agents, service: engine.service },
    ...{ clock: systemClock, log: { write: () => undefined, with: () => server.url as never } },
    async isOwn(runId) {
      const [first] = await engine.store.events.readKeyed(runId, { after: 0, limit: 1 });
      return first?.key?.startsWith(KEY_START) === true;
    },
  });
});

afterAll(async () => {
  await server.close();
  await engine.close();
});

const authorized: typeof fetch = (input, init) =>
  fetch(input, {
    ...init,
    headers: { ...Object.fromEntries(new Headers(init?.headers)), authorization: `Bearer ${TOKEN}` },
  });

async function client() {
  const factory = new ClientFactory(
    ClientFactoryOptions.createFrom(ClientFactoryOptions.default, {
      transports: [new JsonRpcTransportFactory({ fetchImpl: authorized })],
      cardResolver: new DefaultAgentCardResolver({ fetchImpl: authorized }),
    }),
  );
  return factory.createFromUrl(server.url);
}

let count = 0;
function message(text: string, more: object = {}) {
  const parts = [
    { content: { $case: "text" as const, value: text }, metadata: undefined, filename: "", mediaType: "" },
  ];
  return {
    ...{ tenant: "", metadata: undefined, configuration: undefined },
    message: {
      ...{ messageId: `m${++count}`, contextId: "", taskId: "", role: 1, parts, metadata: undefined },
      ...{ extensions: [], referenceTaskIds: [], ...more },
    },
  };
}

describe("the official client", () => {
  it("finds one card of all agents' skills, and one of each agent", async () => {
    const card = await (await client()).getAgentCard();
    expect(card).toMatchObject({ name: "Nexus", version: "1.2.3", capabilities: { streaming: true } });
    expect(card.skills.map(({ id }) => id)).toEqual(
      expect.arrayContaining(["backend/http-endpoints", "testing/mutation-testing", "research/web-research"]),
    );
    expect(card.supportedInterfaces).toMatchObject([{ protocolBinding: "JSONRPC", protocolVersion: "1.0" }]);
    const one = await (await authorized(`${server.url}/agents/testing/agent-card.json`)).json();
    expect(AgentCard.safeParse(one)).toMatchObject({ success: true, data: { name: "testing" } });
    expect((await authorized(`${server.url}/agents/nobody/agent-card.json`)).status).toBe(404);
  });

  it("sends a question and gets the answer as an artifact; the run is an outsider's", async () => {
    const a2a = await client();
    const result = await a2a.sendMessage(message("What is this project?"));
    if (!("status" in result)) throw new Error("a task is answered");
    expect(result).toMatchObject({ status: { state: 3 }, artifacts: [{ artifactId: "answer" }] });
    expect(JSON.stringify(result.artifacts)).toContain("A small project");
    const state = await engine.store.events.state(result.id);
    expect(state).toMatchObject({ headless: true, trusted: false, taint: { untrustedInput: true } });
    expect(await a2a.getTask({ tenant: "", id: result.id, historyLength: undefined })).toMatchObject({ id: result.id });
    const listed = await a2a.listTasks({
      ...{ tenant: "", contextId: result.contextId, status: 0, pageSize: undefined, pageToken: "" },
      ...{ historyLength: undefined, statusTimestampAfter: undefined, includeArtifacts: undefined },
    });
    expect(listed.tasks.map(({ id }) => id)).toEqual([result.id]);
  });

  it("follows a task as a stream to its end, and is told which files would change", async () => {
    const kinds: string[] = [];
    let last = "";
    for await (const { payload } of (await client()).sendMessageStream(message("Fix the typo in README.md"))) {
      kinds.push(payload?.$case ?? "nothing");
      last = JSON.stringify(payload);
      if (payload?.$case === "artifactUpdate" && payload.value.artifact?.artifactId === "changes")
        expect(JSON.stringify(payload.value)).toContain('"path":"README.md"');
    }
    expect(kinds[0]).toBe("task");
    expect(kinds.filter((kind) => kind === "artifactUpdate")).toHaveLength(2);
    expect(kinds.at(-1)).toBe("statusUpdate");
    expect(last).toContain('"state":3');
    expect(engine.read("README.md")).toBe("# Notse\n");
  });

  it("cancels a task that hangs, once", async () => {
    const a2a = await client();
    const sent = { ...message("What hangs?"), configuration: { acceptedOutputModes: [], returnImmediately: true } };
    const task = await a2a.sendMessage(sent as never);
    if (!("status" in task)) throw new Error("a task is answered");
    const cancel = { tenant: "", id: task.id, metadata: undefined };
    expect(await a2a.cancelTask(cancel)).toMatchObject({ status: { state: 5 } });
    await expect(a2a.cancelTask(cancel)).rejects.toThrow(/already ended|cancel/i);
  });

  it("sees no run that was started elsewhere", async () => {
    const runId = await engine.start("What is this project?");
    await engine.ended(runId);
    const a2a = await client();
    await expect(a2a.getTask({ tenant: "", id: runId, historyLength: undefined })).rejects.toThrow(/task/i);
    await expect(a2a.cancelTask({ tenant: "", id: runId, metadata: undefined })).rejects.toThrow(/task/i);
    const { sessionId } = (await engine.store.events.state(runId)) ?? {};
    await expect(a2a.sendMessage(message("What is this?", { contextId: sessionId }))).rejects.toThrow(/context/i);
  });
});

async function rpc(body: unknown): Promise<Record<string, unknown>> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": "application/json" };
  const response = await authorized(`${server.url}/a2a`, { method: "POST", headers, body: text });
  expect(response.status).toBe(200);
  return response.json() as Promise<Record<string, unknown>>;
}

describe("a client of version 0.3", () => {
  it("is answered in its own words", async () => {
    const parts = [{ kind: "text", text: "What is this project?" }];
    const params = { message: { kind: "message", role: "user", messageId: "old-1", parts } };
    const sent = await rpc({ jsonrpc: "2.0", id: 1, method: "message/send", params });
    expect(sent).toMatchObject({ id: 1, result: { kind: "task", status: { state: "completed" } } });
    const { id } = sent["result"] as { id: string };
    const got = await rpc({ jsonrpc: "2.0", id: "x", method: "tasks/get", params: { id } });
    expect(got).toMatchObject({ id: "x", result: { kind: "task", id, artifacts: [{ parts: [{ kind: "text" }] }] } });
  });
});

describe("a request that is none", () => {
  it.each([
    ["no JSON", "{", -32700],
    ["a list", [], -32600],
    ["another version", { jsonrpc: "1.0", id: 1, method: "GetTask" }, -32600],
    ["a method that nobody has", { jsonrpc: "2.0", id: 1, method: "Rule" }, -32601],
    ["a method of objects", { jsonrpc: "2.0", id: 1, method: "constructor" }, -32601],
    ["no parameters", { jsonrpc: "2.0", id: 1, method: "GetTask" }, -32602],
    ["a task that nobody has", { jsonrpc: "2.0", id: 1, method: "GetTask", params: { id: "nobody" } }, -32001],
    [
      "a message without text",
      { jsonrpc: "2.0", id: 1, method: "SendMessage", params: { message: { messageId: "m", parts: [{ url: "x" }] } } },
      -32005,
    ],
    ["a stream without a message", { jsonrpc: "2.0", id: 1, method: "SendStreamingMessage", params: {} }, -32602],
  ])("(%s) is told what is wrong", async (_, body, code) => {
    expect(await rpc(body)).toMatchObject({ jsonrpc: "2.0", error: { code } });
  });

  /** `fetch` sets some headers itself, so these are sent without it. */
  function status(method: string, path: string, headers: Record<string, string>, body = ""): Promise<number> {
    const { port } = new URL(server.url);
    return new Promise((resolve, reject) => {
      const sent = request({
        host: "127.0.0.1",
        port,
        method,
        path,
        headers: { host: `127.0.0.1:${port}`, ...headers },
      });
      sent.on("response", (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  const authorization = `Bearer ${TOKEN}`;
  const json = { authorization, "content-type": "application/json" };
  it.each([
    ["without a token", "GET", "/.well-known/agent-card.json", {}, 401],
    ["with a wrong token", "GET", "/.well-known/agent-card.json", { authorization: `Bearer ${"6".repeat(64)}` }, 401],
    ["with a token that begins right", "POST", "/a2a", { ...json, authorization: `Bearer ${TOKEN}5` }, 401],
    ["under another name", "GET", "/.well-known/agent-card.json", { authorization, host: "evil.example.org" }, 403],
    ["under another name with our port in it", "POST", "/a2a", { ...json, host: "127.0.0.1.example.org" }, 403],
    ["from a page", "POST", "/a2a", { ...json, origin: "https://evil.example.org" }, 403],
    ["from a page without an origin", "POST", "/a2a", { ...json, origin: "null" }, 403],
    ["as a form", "POST", "/a2a", { authorization, "content-type": "text/plain" }, 415],
    ["by another method", "PUT", "/a2a", json, 405],
    ["for another path", "POST", "/admin", json, 404],
    ["for a file", "GET", "/../../etc/passwd", { authorization }, 404],
  ])("(%s) is refused", async (_, method, path, headers, expected) => {
    expect(await status(method, path, headers)).toBe(expected);
  });

  it("(a body that is too large) is refused", async () => {
    expect(await status("POST", "/a2a", json, "x".repeat(600 * 1024))).toBe(413);
  });
});
