/** The HTTP address: who gets in, and what sessions cost. */
import { request as httpRequest } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { serveMcpHttp } from "../../../daemon/server/mcp/serve.ts";
import { type FaceDaemon, startFaceDaemon } from "../../support/face-daemon.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { TEST_TOKEN } from "../../support/mcp/clients.ts";

let daemon: FaceDaemon;
let served: Awaited<ReturnType<typeof serveMcpHttp>>;
let port: number;

beforeEach(async () => {
  daemon = await startFaceDaemon();
  served = await serveMcpHttp(daemon.options(), { port: 0, token: TEST_TOKEN });
  port = Number(new URL(served.url).port);
});

afterEach(async () => {
  await served.close();
  await daemon.close();
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const HEADERS = {
  authorization: `Bearer ${TEST_TOKEN}`,
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
};
const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
};

function ask(
  body: unknown,
  headers: Record<string, string> = {},
  { method = "POST", path = "/mcp" } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      path,
      method,
      headers: { host: `127.0.0.1:${port}`, ...HEADERS, ...headers },
    };
    const request = httpRequest(options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on("error", reject);
    request.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
  });
}

async function openSession(): Promise<Record<string, string>> {
  const { headers } = await ask(INITIALIZE);
  return { "mcp-session-id": String(headers["mcp-session-id"]), "mcp-protocol-version": "2025-11-25" };
}

describe("who gets in", () => {
  it.each<[string, Record<string, string>, number]>([
    ["without a token", { authorization: "" }, 401],
    ["with another token", { authorization: `Bearer ${"cd".repeat(32)}` }, 401],
    ["with the token under another scheme", { authorization: `Basic ${TEST_TOKEN}` }, 401],
    ["under another name", { host: "evil.example.org" }, 403],
    ["under a name that begins like ours", { host: "127.0.0.1.example.org" }, 403],
    ["under our name at another port", { host: "127.0.0.1:1" }, 403],
    ["from a page elsewhere", { origin: "https://evil.example.org" }, 403],
    ["from a page without an origin", { origin: "null" }, 403],
    ["from a page on another port of this machine", { origin: "http://localhost:1" }, 403],
    ["from a page with another scheme", { origin: "https://127.0.0.1" }, 403],
  ])("is nobody %s", async (_name, headers, status) => {
    expect((await ask(INITIALIZE, headers)).status).toBe(status);
    expect(daemon.connected).toEqual([]);
  });

  it("is nobody with the token in the address", async () => {
    const path = `/mcp?token=${TEST_TOKEN}&access_token=${TEST_TOKEN}`;
    expect((await ask(INITIALIZE, { authorization: "" }, { path })).status).toBe(401);
  });

  it("is whoever has the token, under our own names", async () => {
    expect((await ask(INITIALIZE)).status).toBe(200);
    expect((await ask(INITIALIZE, { host: `localhost:${port}`, origin: `http://localhost:${port}` })).status).toBe(200);
  });
});

it.each<[string, unknown, Record<string, string>, { method?: string; path?: string }, number]>([
  ["another path", INITIALIZE, {}, { path: "/" }, 404],
  ["another method", undefined, {}, { method: "PUT" }, 405],
  ["another type", INITIALIZE, { "content-type": "text/plain" }, {}, 415],
  ["an answer that it does not accept", INITIALIZE, { accept: "text/html" }, {}, 406],
  ["half of JSON", '{"jsonrpc":', {}, {}, 400],
  ["nothing", "", {}, {}, 400],
  ["100 000 levels", "[".repeat(100_000), {}, {}, 400],
  ["2 MiB", "x".repeat(2 * 1024 * 1024), {}, {}, 413],
  ["a request without a session", { jsonrpc: "2.0", id: 1, method: "tools/list" }, {}, {}, 400],
  ["a session that is not there", { jsonrpc: "2.0", id: 1, method: "tools/list" }, { "mcp-session-id": "x" }, {}, 404],
  ["a version that is not there", INITIALIZE, { "mcp-protocol-version": "1999-01-01", "mcp-session-id": "x" }, {}, 404],
])("refuses %s", async (_name, body, headers, how, status) => {
  expect((await ask(body, headers, how)).status).toBe(status);
  expect((await ask(INITIALIZE)).status).toBe(200);
});

it("serves a session until it is deleted", async () => {
  const session = await openSession();
  const list = { jsonrpc: "2.0", id: 2, method: "tools/list" };
  expect((await ask(list, session)).body).toContain("search_code");
  expect((await ask(undefined, session, { method: "DELETE" })).status).toBe(200);
  expect((await ask(list, session)).status).toBe(404);
});

it("keeps 32 sessions, and lets the one go that was idle longest", async () => {
  const first = await openSession();
  const second = await openSession();
  for (let count = 2; count < 32; count += 1) await openSession();
  const ping = { jsonrpc: "2.0", id: 2, method: "ping" };
  expect((await ask(ping, first)).status).toBe(200);
  await openSession();
  expect((await ask(ping, second)).status).toBe(404);
  expect((await ask(ping, first)).status).toBe(200);
});

it("ends sessions that nobody uses for half an hour", async () => {
  await served.close();
  const clock = createManualClock();
  served = await serveMcpHttp({ ...daemon.options(), clock }, { port: 0, token: TEST_TOKEN });
  port = Number(new URL(served.url).port);
  const session = await openSession();
  const ping = { jsonrpc: "2.0", id: 2, method: "ping" };
  await vi.waitFor(async () => expect((await ask(ping, session)).status).toBe(200));
  for (let minute = 0; minute < 29; minute += 1) clock.advance(60_001);
  expect((await ask(ping, session)).status).toBe(200);
  for (let minute = 0; minute < 32; minute += 1) clock.advance(60_001);
  expect((await ask(ping, session)).status).toBe(404);
});

const MODERN = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "raw", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

it("says that it is the client's mistake when parameters do not fit, in both revisions", async () => {
  const list = { jsonrpc: "2.0", id: 2, method: "tools/list", params: { cursor: 5 } };
  expect((await ask(list, await openSession())).body).toContain('"code":-32602');
  const headers = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" };
  const newer = await ask({ ...list, params: { ...list.params, _meta: MODERN } }, headers);
  expect(newer.body).toContain('"code":-32602');
});

it("answers the newer revision without a session, and says which revisions there are", async () => {
  const headers = { "mcp-protocol-version": "2026-07-28", "mcp-method": "server/discover" };
  const found = await ask({ jsonrpc: "2.0", id: 1, method: "server/discover", params: { _meta: MODERN } }, headers);
  expect([found.status, found.body]).toEqual([200, expect.stringContaining("2026-07-28")]);
  expect(found.headers["mcp-session-id"]).toBeUndefined();
  const other = { ...MODERN, "io.modelcontextprotocol/protocolVersion": "2099-01-01" };
  const refused = await ask(
    { jsonrpc: "2.0", id: 1, method: "server/discover", params: { _meta: other } },
    { ...headers, "mcp-protocol-version": "2099-01-01" },
  );
  expect([refused.status, refused.body]).toEqual([400, expect.stringContaining("2026-07-28")]);
});
