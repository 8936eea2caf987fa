/** JSON-RPC's batches and notifications, over a real socket. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openClient, openRaw, openRawProven, type RawClient, type Reply } from "../support/rpc-client.ts";
import { startTestServer, type TestServer, TOKEN } from "../support/rpc-server.ts";

let test: TestServer;
let raw: RawClient;

beforeEach(async () => {
  test = await startTestServer();
  raw = await openRawProven(test.address, TOKEN);
});
afterEach(async () => {
  raw.socket.destroy();
  await test.close();
});

const request = (id: unknown, method: string, params: unknown = {}) => ({ jsonrpc: "2.0", id, method, params });
const notification = (method: string, params: unknown = {}) => ({ jsonrpc: "2.0", method, params });
const batch = (...messages: unknown[]) => raw.send(`${JSON.stringify(messages)}\n`);
const nextArray = async () => (await raw.next()) as unknown as Reply[];

it("answers a batch with one array, each by its id", async () => {
  batch(
    request(1, "run/list"),
    notification("run/cancel", { runId: "r" }),
    request("two", "run/nonsense"),
    { foo: "bar" },
    request(3, "run/events", { runId: 5 }),
    request(4, "run/list"),
  );
  const answers = await nextArray();
  expect(answers.map(({ id, error }) => [id, error?.code])).toEqual(
    expect.arrayContaining([
      [1, undefined],
      ["two", -32601],
      [null, -32600],
      [3, -32602],
      [4, undefined],
    ]),
  );
  expect(answers).toHaveLength(5);
  expect(test.service.calls.map(({ name }) => name)).toContain("cancel");
});

it("answers a batch of one with an array, and a batch of notifications with nothing", async () => {
  batch(notification("run/cancel", { runId: "r" }), notification("run/nonsense"));
  batch(request(9, "run/list"));
  expect((await nextArray()).map(({ id }) => id)).toEqual([9]);
});

it("carries out a notification and answers nothing, whatever comes of it", async () => {
  raw.send(notification("run/cancel", { runId: "r" }));
  raw.send(notification("run/events", { runId: 5 }));
  raw.send(notification("approval/answer", {}));
  raw.send(request(1, "run/list"));
  expect((await raw.next()).id).toBe(1);
  expect(test.service.calls[0]).toMatchObject({ name: "cancel", params: { runId: "r" } });
  expect(test.refused).toMatchObject([{ action: "approval/answer" }]);
});

it("waits for the slowest of a batch, and answers others meanwhile", async () => {
  let finish: (value: unknown) => void = () => undefined;
  test.service.answers["show"] = () => new Promise((resolve) => (finish = resolve));
  batch(request(1, "run/show", { runId: "r" }), request(2, "run/list"));
  raw.send(request(3, "run/list"));
  expect((await raw.next()).id).toBe(3);
  finish({ run: null });
  expect((await nextArray()).map(({ id }) => id)).toEqual([2, 1]);
});

it("counts each message of a batch", async () => {
  await test.close();
  // The handshake takes two of the five.
  test = await startTestServer({ limits: { requestBurst: 5, requestsPerSecond: 10 } });
  raw = await openRawProven(test.address, TOKEN);
  batch(...[1, 2, 3, 4, 5].map((id) => request(id, "run/list")));
  await vi.waitFor(() => expect(test.clock.pendingTimers).toBe(1));
  expect(test.service.calls).toHaveLength(3);
  test.clock.advance(100);
  await vi.waitFor(() => expect(test.clock.pendingTimers).toBe(1));
  test.clock.advance(100);
  expect(await nextArray()).toHaveLength(5);
});

it("cancels a request although no other is taken, and one of a batch", async () => {
  await test.close();
  test = await startTestServer({ limits: { maxPendingRequests: 1 } });
  raw = await openRawProven(test.address, TOKEN);
  let finish: (value: unknown) => void = () => undefined;
  test.service.answers["show"] = () => new Promise((resolve) => (finish = resolve));
  batch(request(1, "run/show", { runId: "r" }), request(2, "run/list"));
  raw.send(request(3, "request/cancel", { id: 1 }));
  expect(await raw.next()).toMatchObject({ id: 3, result: { cancelled: true } });
  finish({ run: null });
  expect(await nextArray()).toHaveLength(2);
});

it("keeps the answers to a batch within their limit", async () => {
  const patch = "x".repeat(1_500_000);
  test.service.answers["diff"] = () => ({
    diff: { path: "a", status: "modified", binary: false, patch, truncated: false },
  });
  batch(...Array.from({ length: 10 }, (_, id) => request(id, "changes/diff", { runId: "r", path: "a" })));
  const answers = await nextArray();
  expect(answers.filter(({ result }) => result !== undefined)).toHaveLength(5);
  expect(answers.at(-1)?.error?.data?.code).toBe("frame.answers_too_large");
});

it("takes no batch before the handshake, and no handshake in a batch", async () => {
  const stranger = await openRaw(test.address);
  stranger.send(`${JSON.stringify([request(1, "run/list")])}\n`);
  expect((await stranger.next()).error?.data?.code).toBe("handshake.refused");
  await stranger.closed;
  batch(request(1, "handshake/hello"));
  expect((await raw.next()).error?.data?.code).toBe("handshake.refused");
  await raw.closed;
});

it("tells in the handshake what it offers", async () => {
  const client = await openClient(test.address, TOKEN);
  expect(client.capabilities).toEqual({
    maxFrameBytes: 1024 * 1024,
    maxBatch: 50,
    requests: expect.arrayContaining(["client/ping"]),
    watches: ["presence/watch", "approval/watch"],
  });
  client.close();
});
