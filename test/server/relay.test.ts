/** A client on standard streams: what is passed on, and how it ends. */
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connectSocket } from "../../daemon/host/socket.ts";
import { stdioLines } from "../../daemon/host/stdio.ts";
import { type OpenedDaemon, relay } from "../../daemon/server/rpc/relay.ts";
import { type ConnectionWish, nexusError } from "../../protocol/index.ts";
import { shakeHands } from "../support/rpc-client.ts";
import { startTestServer, type TestServer, TOKEN } from "../support/rpc-server.ts";

let test: TestServer;
beforeEach(async () => {
  test = await startTestServer();
});
afterEach(() => test.close());

async function open(wish: ConnectionWish): Promise<OpenedDaemon> {
  const socket = await connectSocket(test.address, 5000);
  const name = wish.client?.name ?? "unnamed";
  const { connectionId } = await shakeHands(socket, TOKEN, { name, role: "automation" }, wish.capabilities);
  return { socket, answer: { connectionId, role: "automation", protocolVersion: 1, version: "1", pid: 1 } };
}

/** A client and the relay between it and the daemon; `lines` is what it has been told. */
function start(opener = open) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let text = "";
  output.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const { socket, ended } = stdioLines({ input, output });
  const finished = relay({ client: socket, clientEnded: ended, open: opener, clock: test.clock });
  const lines = () =>
    text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const lineCount = () => text.split("\n").length - 1;
  return {
    input,
    output,
    lines,
    lineCount,
    finished,
    send: (message: unknown) => input.write(`${JSON.stringify(message)}\n`),
  };
}

const request = (id: unknown, method: string, params: unknown = {}) => ({ jsonrpc: "2.0", id, method, params });

it("opens with a name and capabilities, and passes frames on both ways", async () => {
  const client = start();
  const about = { client: { name: "python" }, capabilities: { requests: ["client/ping"] } };
  client.send(request("a", "connection/open", about));
  client.send([request(1, "run/list"), request(2, "run/nonsense")]);
  await vi.waitFor(() => expect(client.lines()).toHaveLength(2));
  const [opened, answers] = client.lines();
  expect(opened).toMatchObject({ id: "a", result: { connectionId: expect.any(String), role: "automation" } });
  expect(answers).toHaveLength(2);
  const [present] = test.clients.list();
  expect(present?.name).toBe("python");
  const asked = present?.ask("client/ping", {}, { timeoutMs: 1000 });
  await vi.waitFor(() => expect(client.lines()).toHaveLength(3));
  client.send({ jsonrpc: "2.0", id: client.lines()[2].id, result: {} });
  expect(await asked).toEqual({});
  client.input.end();
  expect(await client.finished).toBe("client");
  await vi.waitFor(() => expect(test.clients.count()).toBe(0));
});

it("needs no opening: requests go on at once, and all are answered after the client has said its last word", async () => {
  let finish: (value: unknown) => void = () => undefined;
  test.service.answers["show"] = () => new Promise((resolve) => (finish = resolve));
  const client = start();
  client.send(request(1, "run/show", { runId: "r" }));
  client.input.end("\u2028 no JSON\n");
  await vi.waitFor(() => expect(client.lines()).toHaveLength(1));
  finish({ run: null });
  expect(await client.finished).toBe("client");
  expect(client.lines()).toMatchObject([{ id: null, error: { code: -32700 } }, { id: 1 }]);
});

it("waits for a slow answer only so long", async () => {
  test.service.answers["show"] = () => new Promise(() => undefined);
  const client = start();
  client.send(request(1, "run/show", { runId: "r" }));
  client.input.end();
  // The handshake's own time limit is over by then: the other timer is the farewell.
  await vi.waitFor(() => {
    expect(test.service.calls).toHaveLength(1);
    expect(test.clock.pendingTimers).toBe(1);
  });
  test.clock.advance(5001);
  expect(await client.finished).toBe("client");
});

it("refuses handshakes, and a second opening", async () => {
  const client = start();
  client.send(request(1, "handshake/hello"));
  client.send(request(2, "connection/open"));
  client.send(request(3, "run/list"));
  await vi.waitFor(() => expect(client.lines()).toHaveLength(3));
  expect(client.lines()).toMatchObject([
    { id: 1, error: { data: { code: "handshake.refused" } } },
    { id: 2, error: { data: { code: "handshake.refused" } } },
    { id: 3, result: {} },
  ]);
  client.input.end();
  await client.finished;
});

it.each([
  ["no daemon is to be had", request(1, "connection/open"), "daemon.unreachable"],
  ["the opening does not fit", request(1, "connection/open", { client: { name: 5 } }), "request.invalid"],
])("says so when %s", async (_name, first, code) => {
  const client = start(async () => {
    throw nexusError("daemon.unreachable");
  });
  client.send(first);
  expect(await client.finished).toBe("daemon");
  await vi.waitFor(() => expect(client.lines()).toMatchObject([{ id: 1, error: { data: { code } } }]));
});

it("ends with the daemon", async () => {
  const client = start();
  client.send(request(1, "run/list"));
  await vi.waitFor(() => expect(client.lines()).toHaveLength(1));
  await test.server.close();
  expect(await client.finished).toBe("daemon");
});

it("ends a client whose bytes are no text, or whose line is too long", async () => {
  for (const bytes of [Buffer.from([0x22, 0xff, 0x0a]), `"${"x".repeat(1024 * 1024 + 1)}`]) {
    const client = start();
    client.input.write(bytes);
    expect(await client.finished).toBe("client");
    await vi.waitFor(() => expect(client.lines()).toMatchObject([{ id: null, error: {} }]));
  }
});

it("does not read one side faster than the other takes it", async () => {
  const patch = "x".repeat(300_000);
  test.service.answers["diff"] = () => ({
    diff: { path: "a", status: "modified", binary: false, patch, truncated: false },
  });
  const client = start();
  client.output.pause();
  for (let id = 0; id < 40; id += 1) client.send(request(id, "changes/diff", { runId: "r", path: "a" }));
  await vi.waitFor(() => expect(test.service.calls.length).toBeGreaterThan(2));
  const before = process.memoryUsage().arrayBuffers;
  await vi.waitFor(() => expect(client.output.writableLength).toBeGreaterThan(1024 * 1024));
  expect(client.output.writableLength).toBeLessThan(4 * 1024 * 1024);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000);
  client.output.resume();
  await vi.waitFor(() => expect(client.lineCount()).toBe(40), { timeout: 20_000 });
  client.input.end();
  await client.finished;
});
