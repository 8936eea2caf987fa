/** The Nexus protocol over a real socket, with good clients and bad ones. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../daemon/host/clock.ts";
import { silentLog } from "../../daemon/observability/log-file.ts";
import type { Refusal } from "../../daemon/server/refusals.ts";
import type { DaemonControl } from "../../daemon/server/rpc/daemon.ts";
import { createHandlers } from "../../daemon/server/rpc/handlers.ts";
import type { RpcLimits } from "../../daemon/server/rpc/limits.ts";
import { type RpcServer, startRpcServer } from "../../daemon/server/rpc/server.ts";
import { errorValue, NexusError, type RunEvent } from "../../protocol/index.ts";
import { noAgents } from "../support/agents.ts";
import { createFakeMemory, type FakeMemory } from "../support/fake-memory.ts";
import { created, createFakeRunService, type FakeRunService, notice, summary } from "../support/fake-run-service.ts";
import { memoryTrust } from "../support/guard.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { helloParams, openClient, openRaw, openRawProven, proofOf, type RawClient } from "../support/rpc-client.ts";

const TOKEN = "5e".repeat(32);
const control: DaemonControl = {
  status: () => {
    throw new Error("no status here");
  },
  stop: () => false,
  check: async () => [],
  configureModel: () => ({ provider: null, model: null, hasKey: false }),
  trust: memoryTrust(),
  home: "/nowhere",
  agents: noAgents,
  listTools: async () => ({ trusted: false, tools: [], servers: [], problems: [] }),
};

let folder: string;
let address: string;
let service: FakeRunService;
let memory: FakeMemory;
let clock: ManualClock;
let server: RpcServer;
let refused: Refusal[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nexus-rpc-"));
  address = join(folder, "d.sock");
  service = createFakeRunService();
  memory = createFakeMemory();
  clock = createManualClock();
  refused = [];
  await start();
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function start(limits: Partial<RpcLimits> = {}): Promise<void> {
  await server?.close();
  const identity = { token: TOKEN, version: "1.2.3", buildTime: 42, pid: 7 };
  const handlers = createHandlers(service, memory, control);
  const onRefused = (refusal: Refusal) => void refused.push(refusal);
  const ports = { clock, log: silentLog, limits, onRefused };
  server = await startRpcServer({ address, identity, service, memory, handlers, ...ports });
}

const request = (id: number, method: string, params: unknown = {}) => ({ jsonrpc: "2.0", id, method, params });
const hello = (params: object = {}) => request(1, "handshake/hello", { ...helloParams(), ...params });

describe("the handshake", () => {
  it("lets in who knows the token, and says which daemon it is", async () => {
    const client = await openClient(address, TOKEN);
    expect(client.daemon).toEqual({ version: "1.2.3", buildTime: 42, pid: 7 });
    expect(server.connectionCount()).toBe(1);
    client.close();
  });

  it("is refused by a client whose token is another: the daemon proves itself first", async () => {
    await expect(openClient(address, "00".repeat(32))).rejects.toMatchObject({ value: { code: "handshake.impostor" } });
  });

  it("answers nothing before it", async () => {
    const raw = await openRaw(address);
    raw.send(request(1, "run/list"));
    expect((await raw.next()).error?.data?.code).toBe("handshake.refused");
    await raw.closed;
    expect(service.calls).toEqual([]);
  });

  it("refuses a wrong proof", async () => {
    const raw = await openRaw(address);
    raw.send(hello());
    await raw.next();
    raw.send(request(2, "handshake/prove", { proof: "00".repeat(32) }));
    expect((await raw.next()).error?.data?.code).toBe("handshake.refused");
    await raw.closed;
  });

  it("refuses a proof that was right for another connection", async () => {
    const first = await openRaw(address);
    first.send(hello());
    const proof = proofOf(TOKEN, helloParams().nonce, String((await first.next()).result?.["nonce"]));
    const second = await openRaw(address);
    second.send(hello());
    await second.next();
    second.send(request(2, "handshake/prove", { proof }));
    expect((await second.next()).error?.data?.code).toBe("handshake.refused");
    first.send(request(2, "handshake/prove", { proof }));
    expect((await first.next()).result).toHaveProperty("connectionId");
    first.socket.destroy();
  });

  it("refuses the daemon's own proof sent back", async () => {
    const raw = await openRaw(address);
    raw.send(hello());
    const { result } = await raw.next();
    raw.send(request(2, "handshake/prove", { proof: result?.["proof"] }));
    expect((await raw.next()).error?.data?.code).toBe("handshake.refused");
  });

  it("says which versions do not fit", async () => {
    const raw = await openRaw(address);
    raw.send(request(1, "handshake/hello", { protocolVersion: 99 }));
    const { error } = await raw.next();
    expect(error?.data).toMatchObject({ code: "handshake.version", message: expect.stringContaining("99") });
    await raw.closed;
  });

  it.each([
    ["a second hello", [hello(), hello()]],
    ["a proof before hello", [request(1, "handshake/prove", { proof: "00" })]],
  ])("refuses %s", async (_name, messages) => {
    const raw = await openRaw(address);
    for (const message of messages) raw.send(message);
    await raw.closed;
    expect(server.connectionCount()).toBe(0);
  });

  it("ends connections that do not finish it in time", async () => {
    const raw = await openRaw(address);
    await vi.waitFor(() => expect(clock.pendingTimers).toBe(1));
    clock.advance(10_001);
    expect((await raw.next()).error?.data?.code).toBe("handshake.refused");
    await raw.closed;
  });

  it("holds back refusals after five wrong proofs in a minute, and never a right one", async () => {
    const wrong = async () => {
      const raw = await openRaw(address);
      raw.send(hello());
      await raw.next();
      raw.send(request(2, "handshake/prove", { proof: "00".repeat(32) }));
      return raw;
    };
    for (let count = 0; count < 5; count += 1) await (await wrong()).closed;
    const sixth = await wrong();
    let refused = false;
    void sixth.next().then(() => {
      refused = true;
    });
    const client = await openClient(address, TOKEN);
    client.close();
    expect(refused).toBe(false);
    clock.advance(1001);
    await sixth.closed;
  });
});

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
    const raw = await openRawProven(address, TOKEN);
    raw.socket.write(bytes);
    expect(await raw.next()).toMatchObject({ id, error: { code: number, data: { code } } });
    raw.send(request(7, "run/list"));
    expect((await raw.next()).id).toBe(7);
    raw.socket.destroy();
  });

  it.each(cases)("%s ends a connection that has not proved itself", async (_name, bytes, code) => {
    const raw = await openRaw(address);
    raw.socket.write(bytes);
    expect((await raw.next()).error?.data?.code).toBe(code);
    await raw.closed;
  });

  it.each([
    ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]), "frame.invalid"],
    ["a giant line", `"${"x".repeat(1024 * 1024 + 1)}`, "frame.too_large"],
  ])("%s ends that connection only", async (_name, bytes, code) => {
    const good = await openClient(address, TOKEN);
    const raw = await openRawProven(address, TOKEN);
    raw.socket.write(bytes);
    expect((await raw.next()).error?.data?.code).toBe(code);
    await raw.closed;
    await expect(good.request("run/list", {})).resolves.toMatchObject({ runs: [] });
    good.close();
  });

  it("takes text that only looks deep", async () => {
    const client = await openClient(address, TOKEN);
    await client.request("run/start", {
      workspace: "/w",
      prompt: `"${"[".repeat(500)}\\`,
      headless: true,
      idempotencyKey: "12345678",
    });
    expect(service.calls).toHaveLength(1);
    client.close();
  });

  it("forgets a client that leaves in the middle of a line", async () => {
    const raw = await openRawProven(address, TOKEN);
    raw.socket.end('{"jsonrpc":');
    await raw.closed;
    await vi.waitFor(() => expect(server.connectionCount()).toBe(0));
  });

  it("names the field that does not fit", async () => {
    const raw = await openRawProven(address, TOKEN);
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
    const raw = await openRawProven(address, TOKEN);
    raw.send(request(3, "daemon/status"));
    expect((await raw.next()).error?.data).toMatchObject({ code: "run.internal" });
    raw.send(request(4, "run/list"));
    expect((await raw.next()).id).toBe(4);
    raw.socket.destroy();
  });

  it("makes room for users by ending strangers", async () => {
    await start({ maxConnections: 3 });
    const strangers = await Promise.all([1, 2, 3].map(() => openRaw(address)));
    const client = await openClient(address, TOKEN);
    await Promise.race(strangers.map((stranger) => stranger.closed));
    client.close();
    for (const stranger of strangers) stranger.socket.destroy();
  });

  it("refuses more connections than it can serve", async () => {
    await start({ maxConnections: 1 });
    const client = await openClient(address, TOKEN);
    const raw = await openRaw(address);
    expect((await raw.next()).error?.data?.message).toContain("too many connections");
    client.close();
  });

  it("slows down a flood, answers all of it in order, and serves others meanwhile", async () => {
    // The handshake takes two of the twelve.
    await start({ requestBurst: 12, requestsPerSecond: 10 });
    const raw = await openRawProven(address, TOKEN);
    raw.send(Array.from({ length: 30 }, (_, id) => `${JSON.stringify(request(id + 10, "run/list"))}\n`).join(""));
    for (let id = 10; id < 20; id += 1) expect((await raw.next()).id).toBe(id);
    const client = await openClient(address, TOKEN);
    await client.request("run/list", {});
    expect(service.calls).toHaveLength(11);
    for (let id = 20; id < 40; id += 1) {
      await vi.waitFor(() => expect(clock.pendingTimers).toBeGreaterThan(0));
      clock.advance(100);
      expect((await raw.next()).id).toBe(id);
    }
    client.close();
    raw.socket.destroy();
  });

  it("answers no more than a number of requests of one client side by side", async () => {
    await start({ maxPendingRequests: 2 });
    const gates: (() => void)[] = [];
    service.answers["show"] = () => new Promise((resolve) => gates.push(() => resolve({ run: null })));
    const raw = await openRawProven(address, TOKEN);
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

describe("requests", () => {
  it("reach the service with who asks", async () => {
    const client = await openClient(address, TOKEN, "editor");
    await client.request("run/cancel", { runId: "r" });
    expect(service.calls).toEqual([{ name: "cancel", params: { runId: "r" }, by: expect.stringMatching(/^editor /) }]);
    client.close();
  });

  it("keep a page of events within one line", async () => {
    service.emit("r", created());
    for (let count = 0; count < 20; count += 1) service.emit("r", notice("x".repeat(100_000)));
    const client = await openClient(address, TOKEN);
    const first = await client.request("run/events", { runId: "r" });
    expect(first.lastSeq).toBe(21);
    expect(first.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    const last = await client.request("run/events", { runId: "r", before: 22 });
    expect(last.events.map(({ seq }) => seq)).toEqual([17, 18, 19, 20, 21]);
    client.close();
  });

  it("fail with the daemon's own error", async () => {
    const client = await openClient(address, TOKEN);
    await expect(client.request("run/watch", { runId: "nope", after: 0 })).rejects.toMatchObject({
      value: { code: "run.unknown" },
    });
    client.close();
  });

  it("fail with everything that the daemon says: what is wrong, and the command that a client may offer", async () => {
    const error = errorValue("budget.exceeded", "It costs more.");
    service.answers["list"] = () => {
      throw new NexusError(error);
    };
    const client = await openClient(address, TOKEN);
    await expect(client.request("run/list", {})).rejects.toMatchObject({ value: error });
    client.close();
  });
});

describe("watching", () => {
  const seqs = (events: RunEvent[]) => events.map(({ seq }) => seq);
  const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

  it("tells every event once while events flow", async () => {
    service.emit("r", created());
    for (let count = 0; count < 450; count += 1) service.emit("r", notice("early"));
    // Events keep coming between any two pages of the log.
    let extra = 0;
    service.beforeRead = async () => {
      for (let count = 0; count < 3 && extra < 30; count += 1, extra += 1) service.emit("r", notice("between"));
    };
    const client = await openClient(address, TOKEN);
    const events: RunEvent[] = [];
    client.on("run/event", ({ event }) => events.push(event));
    await client.request("run/watch", { runId: "r", after: 100 });
    await vi.waitFor(() => expect(events.length).toBeGreaterThan(350));
    for (let count = 0; count < 50; count += 1) service.emit("r", notice("live"));
    await vi.waitFor(() => expect(events.at(-1)?.seq).toBe(service.state("r").seq));
    expect(seqs(events)).toEqual(upTo(service.state("r").seq, 101));
    client.close();
  });

  it("ends with run/unwatch, and begins anew with run/watch", async () => {
    service.emit("r", created());
    const client = await openClient(address, TOKEN);
    const events: RunEvent[] = [];
    client.on("run/event", ({ event }) => events.push(event));
    await client.request("run/watch", { runId: "r", after: 0 });
    await client.request("run/watch", { runId: "r", after: 0 });
    await vi.waitFor(() => expect(events.length).toBeGreaterThan(0));
    await client.request("run/unwatch", { runId: "r" });
    const before = events.length;
    service.emit("r", notice("unseen"));
    await client.request("run/list", {});
    expect(events.length).toBe(before);
    client.close();
  });

  it("goes on after a connection was lost, without gap or repetition", async () => {
    service.emit("r", created());
    const events: RunEvent[] = [];
    for (let round = 0; round < 5; round += 1) {
      const client = await openClient(address, TOKEN);
      client.on("run/event", ({ event }) => events.push(event));
      await client.request("run/watch", { runId: "r", after: events.at(-1)?.seq ?? 0 });
      for (let count = 0; count < 7; count += 1) service.emit("r", notice(`round ${round}`));
      await vi.waitFor(() => expect(events.at(-1)?.seq).toBe(1 + (round + 1) * 7));
      client.close();
    }
    expect(seqs(events)).toEqual(upTo(36));
  });

  it("keeps a slow reader within its buffer, then tells it all the same", async () => {
    const limit = 200_000;
    await start({ maxBufferedBytes: limit });
    service.emit("r", created());
    const slow = await openRawProven(address, TOKEN);
    const quick = await openClient(address, TOKEN);
    const seen: RunEvent[] = [];
    quick.on("run/event", ({ event }) => seen.push(event));
    slow.send(request(3, "run/watch", { runId: "r", after: 0 }));
    await quick.request("run/watch", { runId: "r", after: 0 });
    expect((await slow.next()).id ?? (await slow.next()).id).toBe(3);
    slow.socket.pause();
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 400; count += 1) {
      service.emit("r", notice("y".repeat(50_000)));
      service.delta("r", "z".repeat(50_000));
      service.changed(summary("r", `prompt ${count}`));
      if (count % 20 === 0) await vi.waitFor(() => expect(seen.at(-1)?.seq).toBe(count + 2));
    }
    await vi.waitFor(() => expect(seen.at(-1)?.seq).toBe(401));
    // 40 MB were told; the slow one's share is not waiting in memory.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(15_000_000);
    slow.socket.resume();
    const events = await eventsOf(slow, 401);
    expect(events).toEqual(upTo(401, events[0]));
    quick.close();
    slow.socket.destroy();
  });

  it("tells deltas to those who watch only, and list changes to all", async () => {
    service.emit("r", created());
    const [watching, other] = [await openClient(address, TOKEN), await openClient(address, TOKEN)];
    const told: string[] = [];
    watching.on("run/delta", ({ text }) => told.push(`watching ${text}`));
    other.on("run/delta", ({ text }) => told.push(`other ${text}`));
    watching.on("run/changed", () => told.push("watching changed"));
    other.on("run/changed", () => told.push("other changed"));
    await watching.request("run/watch", { runId: "r", after: 1 });
    service.delta("r", "hello");
    service.changed(summary("r"));
    await vi.waitFor(() => expect(told.toSorted()).toEqual(["other changed", "watching changed", "watching hello"]));
    watching.close();
    other.close();
  });

  it("ends the connection when the log cannot be read, so that the client watches again", async () => {
    service.emit("r", created());
    const client = await openClient(address, TOKEN);
    let reads = 0;
    service.beforeRead = async () => {
      reads += 1;
      if (reads > 1) throw new Error("disk gone");
    };
    const closed = new Promise<void>((resolve) => client.onClose(resolve));
    client.request("run/watch", { runId: "r", after: 0 }).catch(() => undefined);
    await closed;
  });
});

/** Sequence numbers of the events told, up to the last one asked for. */
async function eventsOf(raw: RawClient, last: number): Promise<number[]> {
  const seqs: number[] = [];
  while (seqs.at(-1) !== last) {
    const { method, params } = await raw.next();
    const event = params?.["event"] as RunEvent | undefined;
    if (method === "run/event" && event !== undefined) seqs.push(event.seq);
  }
  return seqs;
}

it("works with the system's clock too", async () => {
  await server.close();
  const identity = { token: TOKEN, version: "1", buildTime: 1, pid: 1 };
  const handlers = createHandlers(service, memory, control);
  server = await startRpcServer({ address, identity, service, memory, handlers, clock: systemClock, log: silentLog });
  const client = await openClient(address, TOKEN);
  const closed = new Promise<void>((resolve) => client.onClose(resolve));
  server.broadcast("daemon/draining", { reason: "test" });
  await server.close();
  await closed;
  await start();
});

describe("roles", () => {
  const answer = { runId: "r", approvalId: "a", subjectHash: "h", decision: "approve" as const };

  it("let only a person decide, and an agent's command only look", async () => {
    const [human, script, agent] = await Promise.all(
      (["human", "automation", "agent"] as const).map((role) => openClient(address, TOKEN, role, role)),
    );
    await human?.request("approval/answer", answer);
    await expect(script?.request("approval/answer", answer)).rejects.toMatchObject({
      value: { code: "connection.not_human" },
    });
    await expect(script?.request("workspace/setTrust", { workspace: folder, trusted: true })).rejects.toMatchObject({
      value: { code: "connection.not_human" },
    });
    await script?.request("run/cancel", { runId: "r" });
    await agent?.request("run/list", {});
    await agent?.request("approval/list", {});
    await agent?.request("memory/facts", { workspace: folder });
    for (const name of [
      "approval/answer",
      "run/cancel",
      "changes/accept",
      "daemon/stop",
      "model/configure",
      "audit/list",
      "memory/factAdd",
      "memory/factsImport",
      "run/start",
    ] as const)
      await expect(agent?.request(name, answer as never)).rejects.toMatchObject({
        value: { code: "connection.read_only" },
      });
    expect(service.calls.map(({ name, by }) => [name, by?.split(" ")[0]])).toEqual([
      ["answer", "human"],
      ["cancel", "automation"],
      ["list", undefined],
    ]);
    expect(refused.map(({ client, action }) => `${client.split(" ")[0]} ${action}`)).toContain("agent daemon/stop");
    for (const client of [human, script, agent]) client?.close();
  });

  it("are nothing that can be declared and not signed", async () => {
    const raw = await openRaw(address);
    const nonce = "ab".repeat(32);
    const client = { name: "raw", version: "1.0.0", buildTime: 1, role: "human" };
    raw.send(hello({ client, nonce }));
    const { result } = await raw.next();
    raw.send(request(2, "handshake/prove", { proof: proofOf(TOKEN, nonce, String(result?.["nonce"])) }));
    expect((await raw.next()).error?.data?.code).toBe("handshake.refused");
    expect(refused).toMatchObject([{ action: "handshake/prove" }]);
    await raw.closed;
  });

  it("are automation for a client that declares none", async () => {
    const raw = await openRawProven(address, TOKEN);
    raw.send(request(3, "approval/answer", answer));
    expect((await raw.next()).error?.data?.code).toBe("connection.not_human");
    raw.socket.destroy();
  });
});
