/** The Nexus protocol over WebSockets: the same handshake, the same limits, and no page that is not listed. */
import { once } from "node:events";
import { get } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import type { LineTransport, RunEvent } from "../../protocol/index.ts";
import { created, notice } from "../support/fake-run-service.ts";
import { shakeHands } from "../support/rpc-client.ts";
import { startTestServer, type TestServer, TOKEN } from "../support/rpc-server.ts";

const PAGE = "http://localhost:5173";
let test: TestServer;
let url: string;

beforeEach(async () => {
  test = await startTestServer({ webSocket: { port: 0, origins: [PAGE] }, limits: { maxBufferedBytes: 200_000 } });
  url = test.server.webSocketUrl ?? "";
});
afterEach(() => test.close());

async function open(headers: Readonly<Record<string, string>> = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, { headers });
  await once(socket, "open");
  return socket;
}

function transportOf(socket: WebSocket): LineTransport {
  return {
    send: (line) => socket.send(line),
    close: () => socket.close(),
    onLine: (listener) => void socket.on("message", (data) => listener(String(data))),
    onClose: (listener) => void socket.on("close", listener),
  };
}

async function connect(headers?: Readonly<Record<string, string>>) {
  const socket = await open(headers);
  return { socket, client: await shakeHands(transportOf(socket), TOKEN, { name: "page", role: "human" }) };
}

it("shakes hands in messages, answers, and tells events in order", async () => {
  const { client } = await connect({ origin: PAGE });
  test.service.emit("r", created());
  const events: RunEvent[] = [];
  client.on("run/event", ({ event }) => events.push(event));
  await client.request("run/watch", { runId: "r", after: 0 });
  for (let count = 0; count < 100; count += 1) test.service.emit("r", notice(`number ${count}`));
  await vi.waitFor(() => expect(events).toHaveLength(101));
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 101 }, (_, index) => index + 1));
  expect(await test.clients.list()[0]?.ask("client/ping", {}, { timeoutMs: 1000 })).toEqual({});
  client.close();
  await vi.waitFor(() => expect(test.server.connectionCount()).toBe(0));
});

it("knows no one who does not know the token", async () => {
  const socket = await open();
  await expect(shakeHands(transportOf(socket), "00".repeat(32), { name: "x" })).rejects.toMatchObject({
    value: { code: "handshake.impostor" },
  });
  const stranger = await open();
  stranger.send('{"jsonrpc":"2.0","id":1,"method":"run/list"}');
  const [line] = await once(stranger, "message");
  expect(JSON.parse(String(line))).toMatchObject({ error: { data: { code: "handshake.refused" } } });
  await once(stranger, "close");
  expect(test.service.calls).toEqual([]);
});

describe("is refused", () => {
  it.each([
    ["a page that is not listed", { origin: "https://example.org" }, "/"],
    ["a page of no name", { origin: "null" }, "/"],
    ["a listed page's look-alike", { origin: `${PAGE}.example.org` }, "/"],
    ["a name that leads here", { host: "attacker.example:80" }, "/"],
    ["another path", {}, "/run"],
  ])("%s", async (_name, headers, path) => {
    const socket = new WebSocket(new URL(path, url), { headers });
    const [error] = await once(socket, "error");
    expect(String(error)).toContain("403");
  });

  it("a plain request", async () => {
    const [response] = await once(get(url.replace("ws:", "http:")), "response");
    expect(response.statusCode).toBe(426);
    response.resume();
  });
});

it("ends a connection whose frame is too large or binary, and no other", async () => {
  const { client } = await connect();
  for (const frame of ["x".repeat(1024 * 1024 + 1), Buffer.from([1, 2, 3])]) {
    const { socket } = await connect();
    socket.on("error", () => undefined);
    socket.send(frame);
    await once(socket, "close");
  }
  await client.request("run/list", {});
  client.close();
});

it("keeps a slow reader within its buffer, then tells it all the same", async () => {
  test.service.emit("r", created());
  const { client, socket } = await connect();
  const seen: number[] = [];
  client.on("run/event", ({ event }) => seen.push(event.seq));
  await client.request("run/watch", { runId: "r", after: 0 });
  await vi.waitFor(() => expect(seen).toHaveLength(1));
  socket.pause();
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 300; count += 1) {
    test.service.emit("r", notice("y".repeat(50_000)));
    if (count % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  // 15 MB were told; they are not waiting in memory.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000);
  socket.resume();
  await vi.waitFor(() => expect(seen).toHaveLength(301), { timeout: 10_000 });
  client.close();
});

it("leaves the daemon without it where the port is taken", async () => {
  const port = Number(new URL(url).port);
  const second = await startTestServer({ webSocket: { port, origins: [] } });
  expect(second.server.webSocketUrl).toBeUndefined();
  await second.close();
});
