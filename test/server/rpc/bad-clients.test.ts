/** Bad input over a real socket: answered as such, and nobody else is disturbed. */
import { setTimeout as later } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RpcLimits } from "../../../daemon/server/rpc/limits.ts";
import { openClient, openRaw, openRawProven, request } from "../../support/rpc-client.ts";
import { startTestServer, type TestServer, TOKEN } from "../../support/rpc-server.ts";

let test: TestServer;

beforeEach(async () => {
  test = await startTestServer();
});
afterEach(() => test.close());

async function restart(limits: Partial<RpcLimits>): Promise<void> {
  await test.close();
  test = await startTestServer({ limits });
}

describe("bad clients", () => {
  const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
  const cases: [name: string, bytes: string, code: string, number: number, id: unknown][] = [
    ["garbage", "GET / HTTP/1.1\r\n", "frame.invalid", -32700, null],
    ["half of JSON", '{"jsonrpc":"2.0",\n', "frame.invalid", -32700, null],
    ["nesting", `{"jsonrpc":"2.0","id":1,"method":"run/list","params":${deep(65)}}\n`, "frame.invalid", -32700, null],
    ["an empty batch", "[]\n", "frame.malformed", -32600, null],
    ["a batch that is too long", `[${"1,".repeat(50)}1]\n`, "frame.malformed", -32600, null],
    ["a text", '"hello"\n', "frame.malformed", -32600, null],
    ["another version of JSON-RPC", '{"id":1,"method":"run/list"}\n', "frame.malformed", -32600, 1],
    ["a message without a method", '{"jsonrpc":"2.0","id":"a"}\n', "frame.malformed", -32600, "a"],
    ["an id that is none", '{"jsonrpc":"2.0","id":{},"method":"run/list"}\n', "frame.malformed", -32600, null],
  ];

  it.each(cases)("%s is answered, and the connection goes on", async (_name, bytes, code, number, id) => {
    const raw = await openRawProven(test.address, TOKEN);
    raw.socket.write(bytes);
    expect(await raw.next()).toMatchObject({ id, error: { code: number, data: { code } } });
    raw.send(request(7, "run/list"));
    expect((await raw.next()).id).toBe(7);
    raw.socket.destroy();
  });

  it.each(cases)("%s ends a connection that has not proved itself", async (_name, bytes, code) => {
    const raw = await openRaw(test.address);
    raw.socket.write(bytes);
    expect((await raw.next()).error?.data?.code).toBe(code);
    await raw.closed;
  });

  it.each([
    ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]), "frame.invalid"],
    ["a giant line", `"${"x".repeat(1024 * 1024 + 1)}`, "frame.too_large"],
  ])("%s ends that connection only", async (_name, bytes, code) => {
    const good = await openClient(test.address, TOKEN);
    const raw = await openRawProven(test.address, TOKEN);
    raw.socket.write(bytes);
    expect((await raw.next()).error?.data?.code).toBe(code);
    await raw.closed;
    await expect(good.request("run/list", {})).resolves.toMatchObject({ runs: [] });
    good.close();
  });

  it("takes text that only looks deep", async () => {
    const client = await openClient(test.address, TOKEN);
    await client.request("run/start", {
      workspace: "/w",
      prompt: `"${"[".repeat(500)}\\`,
      headless: true,
      idempotencyKey: "12345678",
    });
    expect(test.service.calls).toHaveLength(1);
    client.close();
  });

  it("forgets a client that leaves in the middle of a line", async () => {
    const raw = await openRawProven(test.address, TOKEN);
    raw.socket.end('{"jsonrpc":');
    await raw.closed;
    await vi.waitFor(() => expect(test.server.connectionCount()).toBe(0));
  });

  it("names the field that does not fit", async () => {
    const raw = await openRawProven(test.address, TOKEN);
    raw.send(request(3, "run/events", { runId: "r", limit: 501 }));
    expect(await raw.next()).toMatchObject({
      id: 3,
      error: { code: -32602, data: { code: "request.invalid", message: expect.stringContaining("limit") } },
    });
    raw.send(request(4, "run/nonsense"));
    expect((await raw.next()).error?.data?.code).toBe("request.unknown_method");
    raw.socket.destroy();
  });

  it("makes a bug in a handler an error of that request", async () => {
    const raw = await openRawProven(test.address, TOKEN);
    raw.send(request(3, "daemon/status"));
    expect((await raw.next()).error?.data).toMatchObject({ code: "run.internal" });
    raw.send(request(4, "run/list"));
    expect((await raw.next()).id).toBe(4);
    raw.socket.destroy();
  });

  it("makes room for users by ending strangers", async () => {
    await restart({ maxConnections: 3 });
    const strangers = await Promise.all([1, 2, 3].map(() => openRaw(test.address)));
    const client = await openClient(test.address, TOKEN);
    await Promise.race(strangers.map((stranger) => stranger.closed));
    client.close();
    for (const stranger of strangers) stranger.socket.destroy();
  });

  it("refuses more connections than it can serve", async () => {
    await restart({ maxConnections: 1 });
    const client = await openClient(test.address, TOKEN);
    const raw = await openRaw(test.address);
    expect((await raw.next()).error?.data?.message).toContain("too many connections");
    client.close();
  });

  it("slows down a flood, answers all of it in order, and serves others meanwhile", async () => {
    // The handshake takes two of the twelve.
    await restart({ requestBurst: 12, requestsPerSecond: 10 });
    const raw = await openRawProven(test.address, TOKEN);
    raw.send(Array.from({ length: 30 }, (_, id) => `${JSON.stringify(request(id + 10, "run/list"))}\n`).join(""));
    for (let id = 10; id < 20; id += 1) expect((await raw.next()).id).toBe(id);
    const client = await openClient(test.address, TOKEN);
    await client.request("run/list", {});
    expect(test.service.calls).toHaveLength(11);
    for (let id = 20; id < 40; id += 1) {
      await vi.waitFor(() => expect(test.clock.pendingTimers).toBeGreaterThan(0));
      test.clock.advance(100);
      expect((await raw.next()).id).toBe(id);
    }
    client.close();
    raw.socket.destroy();
  });

  it("answers no more than a number of requests of one client side by side", async () => {
    await restart({ maxPendingRequests: 2 });
    const gates: (() => void)[] = [];
    test.service.answers["show"] = () => new Promise((resolve) => gates.push(() => resolve({ run: null })));
    const raw = await openRawProven(test.address, TOKEN);
    for (const id of [1, 2, 3]) raw.send(request(id, "run/show", { runId: "r" }));
    await vi.waitFor(() => expect(gates).toHaveLength(2));
    await later(20);
    expect(gates).toHaveLength(2);
    gates[0]?.();
    await raw.next();
    await vi.waitFor(() => expect(gates).toHaveLength(3));
    for (const open of gates) open();
    raw.socket.destroy();
  });
});
