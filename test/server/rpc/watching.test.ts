/** Watching a run over a real socket: every event once and in order, whoever reads slowly. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RpcLimits } from "../../../daemon/server/rpc/limits.ts";
import type { RunEvent } from "../../../protocol/index.ts";
import { created, notice, summary } from "../../support/fake-run-service.ts";
import { openClient, openRawProven, type RawClient, request } from "../../support/rpc-client.ts";
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

describe("watching", () => {
  const seqs = (events: RunEvent[]) => events.map(({ seq }) => seq);
  const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

  it("tells every event once while events flow", async () => {
    test.service.emit("r", created());
    for (let count = 0; count < 450; count += 1) test.service.emit("r", notice("early"));
    // Events keep coming between any two pages of the log.
    let extra = 0;
    test.service.beforeRead = async () => {
      for (let count = 0; count < 3 && extra < 30; count += 1, extra += 1) test.service.emit("r", notice("between"));
    };
    const client = await openClient(test.address, TOKEN);
    const events: RunEvent[] = [];
    client.on("run/event", ({ event }) => events.push(event));
    await client.request("run/watch", { runId: "r", after: 100 });
    await vi.waitFor(() => expect(events.length).toBeGreaterThan(350));
    for (let count = 0; count < 50; count += 1) test.service.emit("r", notice("live"));
    await vi.waitFor(() => expect(events.at(-1)?.seq).toBe(test.service.state("r").seq));
    expect(seqs(events)).toEqual(upTo(test.service.state("r").seq, 101));
    client.close();
  });

  it("ends with run/unwatch, and begins anew with run/watch", async () => {
    test.service.emit("r", created());
    const client = await openClient(test.address, TOKEN);
    const events: RunEvent[] = [];
    client.on("run/event", ({ event }) => events.push(event));
    await client.request("run/watch", { runId: "r", after: 0 });
    await client.request("run/watch", { runId: "r", after: 0 });
    await vi.waitFor(() => expect(events.length).toBeGreaterThan(0));
    await client.request("run/unwatch", { runId: "r" });
    const before = events.length;
    test.service.emit("r", notice("unseen"));
    await client.request("run/list", {});
    expect(events.length).toBe(before);
    client.close();
  });

  it("goes on after a connection was lost, without gap or repetition", async () => {
    test.service.emit("r", created());
    const events: RunEvent[] = [];
    for (let round = 0; round < 5; round += 1) {
      const client = await openClient(test.address, TOKEN);
      client.on("run/event", ({ event }) => events.push(event));
      await client.request("run/watch", { runId: "r", after: events.at(-1)?.seq ?? 0 });
      for (let count = 0; count < 7; count += 1) test.service.emit("r", notice(`round ${round}`));
      await vi.waitFor(() => expect(events.at(-1)?.seq).toBe(1 + (round + 1) * 7));
      client.close();
    }
    expect(seqs(events)).toEqual(upTo(36));
  });

  it("keeps a slow reader within its buffer, then tells it all the same", async () => {
    const limit = 200_000;
    await restart({ maxBufferedBytes: limit });
    test.service.emit("r", created());
    const slow = await openRawProven(test.address, TOKEN);
    const quick = await openClient(test.address, TOKEN);
    const seen: RunEvent[] = [];
    quick.on("run/event", ({ event }) => seen.push(event));
    slow.send(request(3, "run/watch", { runId: "r", after: 0 }));
    await quick.request("run/watch", { runId: "r", after: 0 });
    expect((await slow.next()).id ?? (await slow.next()).id).toBe(3);
    slow.socket.pause();
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 400; count += 1) {
      test.service.emit("r", notice("y".repeat(50_000)));
      test.service.delta("r", "z".repeat(50_000));
      test.service.changed(summary("r", `prompt ${count}`));
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
    test.service.emit("r", created());
    const [watching, other] = [await openClient(test.address, TOKEN), await openClient(test.address, TOKEN)];
    const told: string[] = [];
    watching.on("run/delta", ({ text }) => told.push(`watching ${text}`));
    other.on("run/delta", ({ text }) => told.push(`other ${text}`));
    watching.on("run/changed", () => told.push("watching changed"));
    other.on("run/changed", () => told.push("other changed"));
    await watching.request("run/watch", { runId: "r", after: 1 });
    test.service.delta("r", "hello");
    test.service.changed(summary("r"));
    await vi.waitFor(() => expect(told.toSorted()).toEqual(["other changed", "watching changed", "watching hello"]));
    watching.close();
    other.close();
  });

  it("ends the connection when the log cannot be read, so that the client watches again", async () => {
    test.service.emit("r", created());
    const client = await openClient(test.address, TOKEN);
    let reads = 0;
    test.service.beforeRead = async () => {
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
