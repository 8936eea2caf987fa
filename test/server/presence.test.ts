/** Who is connected, and what waits for a person: told to those who asked, over a real socket. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClientConnection, NotificationName, NotificationParams, RunEventBody } from "../../protocol/index.ts";
import { created, summary } from "../support/fake-run-service.ts";
import { openClient, openRawProven } from "../support/rpc-client.ts";
import { startTestServer, type TestServer, TOKEN } from "../support/rpc-server.ts";

let test: TestServer;
beforeEach(async () => {
  test = await startTestServer();
});
afterEach(() => test.close());

function heard<Name extends NotificationName>(client: ClientConnection, name: Name): NotificationParams<Name>[] {
  const told: NotificationParams<Name>[] = [];
  client.on(name, (params) => told.push(params));
  return told;
}

describe("presence", () => {
  it("lists who is connected, what they watch, and whether they are alive", async () => {
    const editor = await openClient(test.address, TOKEN, "editor");
    const silent = await openRawProven(test.address, TOKEN);
    test.service.emit("r", created());
    await editor.request("run/watch", { runId: "r", after: 0 });
    const { you, clients } = await editor.request("presence/list", { ping: true });
    expect(clients).toMatchObject([
      { connectionId: you, name: "editor", title: null, face: "program", role: "human", runs: ["r"], pingMs: 0 },
      { name: "raw", role: "automation", runs: [], runCount: 0, pingMs: null },
    ]);
    expect((await editor.request("presence/list", {})).clients[0]).not.toHaveProperty("pingMs");
    silent.socket.destroy();
    editor.close();
  });

  it("tells those who ask who comes, changes and goes, several changes together", async () => {
    const [watching, other] = [await openClient(test.address, TOKEN, "a"), await openClient(test.address, TOKEN, "b")];
    const told = heard(watching, "presence/changed");
    const untold = heard(other, "presence/changed");
    await watching.request("presence/watch", {});
    await vi.waitFor(() => expect(told).toHaveLength(1));
    expect(told[0]).toMatchObject({ whole: true, clients: [{ name: "a" }, { name: "b" }], left: [] });
    const third = await openClient(test.address, TOKEN, "c");
    test.service.emit("r", created());
    await other.request("run/watch", { runId: "r", after: 0 });
    expect(told).toHaveLength(1);
    test.clock.advance(100);
    await vi.waitFor(() => expect(told).toHaveLength(2));
    expect(told[1]).toMatchObject({ whole: false, clients: [{ name: "c" }, { name: "b", runs: ["r"] }], left: [] });
    third.close();
    await vi.waitFor(() => expect(test.clients.count()).toBe(2));
    test.clock.advance(100);
    await vi.waitFor(() => expect(told).toHaveLength(3));
    expect(told[2]).toMatchObject({ clients: [], left: [expect.any(String)] });
    await watching.request("presence/unwatch", {});
    other.close();
    await vi.waitFor(() => expect(test.clients.count()).toBe(1));
    test.clock.advance(100);
    await watching.request("run/list", {});
    expect([told.length, untold.length]).toEqual([3, 0]);
    watching.close();
  });

  it("may be looked at by an agent's command", async () => {
    const agent = await openClient(test.address, TOKEN, "agent", "agent");
    expect((await agent.request("presence/list", {})).clients).toHaveLength(1);
    agent.close();
  });
});

describe("the queue of approvals", () => {
  const approval = (approvalId: string) => ({
    ...{ approvalId, taskId: null, title: "t", reason: "r", subjectHash: "h" },
    subject: { kind: "network" as const, url: "https://example.org" },
  });
  const requested = (id: string): RunEventBody => ({ type: "approval.requested", approval: approval(id) });
  const answered = (id: string): RunEventBody => ({
    ...{ type: "approval.answered", approvalId: id, decision: "approve", by: "human" },
  });

  it("is told whole, then as it changes, over all runs", async () => {
    test.service.approvals = async () => ({ approvals: [{ runId: "old", approval: approval("before") }] });
    const client = await openClient(test.address, TOKEN);
    const told = heard(client, "approval/changed");
    await client.request("approval/watch", {});
    await vi.waitFor(() => expect(told).toHaveLength(1));
    expect(told[0]).toMatchObject({ whole: true, opened: [{ runId: "old", approval: { approvalId: "before" } }] });
    test.service.emit("r", created());
    test.service.emit("r", requested("one"));
    test.service.emit("r", requested("two"));
    test.service.emit("r", answered("one"));
    test.service.emit("r", { type: "run.finished", status: "cancelled", summary: "" });
    await vi.waitFor(() => expect(told).toHaveLength(5));
    expect(told.slice(1)).toMatchObject([
      { whole: false, opened: [{ runId: "r", approval: { approvalId: "one" } }], closed: [] },
      { opened: [{ approval: { approvalId: "two" } }], closed: [] },
      { opened: [], closed: [{ runId: "r", approvalId: "one", decision: "approve", by: "human" }] },
      { opened: [], closed: [{ runId: "r", approvalId: "two" }] },
    ]);
    expect(told[4]?.closed[0]).not.toHaveProperty("decision");
    client.close();
  });

  it("is read again when it changes while it is read", async () => {
    let read = 0;
    test.service.emit("r", created());
    const first = await openClient(test.address, TOKEN);
    const firstTold = heard(first, "approval/changed");
    await first.request("approval/watch", {});
    await vi.waitFor(() => expect(firstTold).toHaveLength(1));
    test.service.approvals = async () => {
      read += 1;
      if (read > 1) return { approvals: [{ runId: "r", approval: approval("new") }] };
      test.service.emit("r", requested("new"));
      return { approvals: [] };
    };
    const second = await openClient(test.address, TOKEN);
    const told = heard(second, "approval/changed");
    await second.request("approval/watch", {});
    await vi.waitFor(() => expect(told).toHaveLength(1));
    expect(told[0]).toMatchObject({ whole: true, opened: [{ approval: { approvalId: "new" } }] });
    expect(firstTold).toHaveLength(2);
    for (const client of [first, second]) client.close();
  });
});

it("tells the first change of a run at once, and what follows fast together", async () => {
  const client = await openClient(test.address, TOKEN);
  const told = heard(client, "run/changed");
  for (let count = 0; count < 50; count += 1) {
    test.service.changed(summary("r", `prompt ${count}`));
    test.service.changed(summary("s", `prompt ${count}`));
  }
  await vi.waitFor(() => expect(told).toHaveLength(2));
  test.clock.advance(200);
  await vi.waitFor(() => expect(told).toHaveLength(4));
  expect(told.map(({ run }) => `${run.runId} ${run.prompt}`)).toEqual([
    ...["r prompt 0", "s prompt 0", "r prompt 49", "s prompt 49"],
  ]);
  test.clock.advance(1000);
  test.service.changed(summary("r", "later"));
  await vi.waitFor(() => expect(told).toHaveLength(5));
  client.close();
});
