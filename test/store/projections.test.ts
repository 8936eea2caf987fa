import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { noticed, openTestStore, runCreated } from "../support/store.ts";
import { approvalAnswered, approvalRequested, changesReady, finished, planned } from "./run-bodies.ts";

describe("listRuns", () => {
  it("pages newest first, by workspace and session", async () => {
    const { store } = await openTestStore();
    for (let index = 0; index < 7; index++) {
      const body = runCreated({ workspace: index % 2 === 0 ? "/even" : "/odd", sessionId: `s${index % 3}` });
      await store.events.append(`r${index}`, [{ body }]);
    }
    await store.events.append("r0", [{ body: noticed("an old run stays where it is") }]);
    const all: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const query = cursor === undefined ? { limit: 3 } : { limit: 3, cursor };
      const page = await store.projections.listRuns(query);
      all.push(...page.runs.map((run) => run.runId));
      cursor = page.nextCursor;
    }
    expect(all).toEqual(["r6", "r5", "r4", "r3", "r2", "r1", "r0"]);
    const even = await store.projections.listRuns({ workspace: "/even", limit: 10 });
    expect(even.runs.map((run) => run.runId)).toEqual(["r6", "r4", "r2", "r0"]);
    const both = await store.projections.listRuns({ workspace: "/even", sessionId: "s0", limit: 10 });
    expect(both.runs.map((run) => run.runId)).toEqual(["r6", "r0"]);
    expect(both.nextCursor).toBeNull();
    await expect(store.projections.listRuns({ limit: 3, cursor: "no; cursor" })).rejects.toMatchObject({
      value: { code: "request.invalid" },
    });
  });

  it("shows the state of a run as it is now", async () => {
    const { store } = await openTestStore();
    await store.events.append("r", [{ body: runCreated({ prompt: "x".repeat(400) }) }]);
    await store.events.append("r", [{ body: changesReady(["a.ts", "b.ts"]) }, { body: finished("failed") }]);
    const { runs } = await store.projections.listRuns({ limit: 1 });
    expect(runs).toMatchObject([{ runId: "r", status: "failed", pendingFiles: 2, prompt: "x".repeat(300) }]);
  });
});

describe("what a new daemon takes up", () => {
  it("lists unfinished runs and cut-off accepts, oldest first", async () => {
    const { store, reopen } = await openTestStore();
    for (const runId of ["b", "a", "c", "d"]) await store.events.append(runId, [{ body: runCreated() }]);
    const applying = { body: { type: "changes.applying" as const, paths: ["a.ts"] } };
    await store.events.append("a", [{ body: changesReady(["a.ts"]) }, { body: finished() }]);
    await store.events.append("c", [{ body: changesReady(["a.ts"]) }, { body: finished() }, applying]);
    await store.events.append("d", [{ body: changesReady(["a.ts"]) }, { body: finished() }, applying]);
    await store.events.append("d", [{ body: { type: "changes.accepted", paths: ["a.ts"] } }]);
    const { projections } = await reopen();
    expect(await projections.unfinishedRuns()).toEqual(["b"]);
    expect(await projections.applyingRuns()).toEqual(["c"]);
  });

  it("finds the run that a key of run/start made", async () => {
    const { store, reopen } = await openTestStore();
    await store.events.append("r", [{ body: runCreated({ sessionId: "s" }), key: "start-key" }]);
    await store.events.append("r", [{ body: noticed("a"), key: "not-a-start-key" }]);
    const { projections } = await reopen();
    expect(await projections.runOfKey("start-key")).toEqual({ runId: "r", sessionId: "s" });
    expect(await projections.runOfKey("not-a-start-key")).toBeUndefined();
  });

  it("lists open approvals", async () => {
    const { store } = await openTestStore();
    await store.events.append("r", [{ body: runCreated() }, { body: approvalRequested("a1") }]);
    await store.events.append("r", [{ body: approvalRequested("a2") }]);
    await store.events.append("r", [{ body: approvalAnswered("a1") }]);
    const open = await store.projections.pendingApprovals();
    expect(open).toMatchObject([{ runId: "r", approval: { approvalId: "a2", subjectHash: "h" } }]);
    await store.events.append("r", [{ body: finished() }]);
    expect(await store.projections.pendingApprovals()).toEqual([]);
  });

  it("keeps sessions", async () => {
    const { store, reopen } = await openTestStore();
    const session = { sessionId: "s", workspace: "/w", mode: "plan" as const, createdAt: "2026-01-01T00:00:00.000Z" };
    await store.sessions.create(session);
    const { sessions } = await reopen();
    expect(await sessions.get("s")).toEqual(session);
    expect(await sessions.get("t")).toBeUndefined();
  });
});

describe("verify", () => {
  const DAMAGES = [
    "UPDATE runs SET summary = replace(summary, 'do it', 'do that')",
    "UPDATE runs SET seq = 99",
    "DELETE FROM runs",
    "DELETE FROM tasks WHERE place = 0",
    "UPDATE tasks SET status = 'done'",
    "DELETE FROM approvals",
    "INSERT INTO runs VALUES ('ghost', 77, '', '', 0, 0, '{}', 1, '')",
  ];

  it.each(DAMAGES)("finds and repairs a list that the events do not give: %s", async (statement) => {
    const { store, home, reopen } = await openTestStore();
    await store.events.append("r", [
      { body: runCreated() },
      { body: planned(["t1", "t2"]) },
      { body: approvalRequested("a1") },
    ]);
    const before = await store.projections.listRuns({ limit: 5 });
    await store.close();
    change(home, statement);
    const { projections } = await reopen();
    const lists = async (repair: boolean) =>
      (await projections.verify({ repair })).find(({ name }) => name === "lists of runs")?.status;
    expect(await lists(false)).toBe("error");
    expect(await lists(true)).toBe("warning");
    expect(await lists(false)).toBe("ok");
    expect(await projections.listRuns({ limit: 5 })).toEqual(before);
    expect(await projections.pendingApprovals()).toHaveLength(1);
  });

  const LOSSES: [string, string][] = [
    ["event log", "UPDATE events SET body = replace(body, 'first', 'worst')"],
    ["event log", "UPDATE events SET at = '2027' WHERE seq = 2"],
    ["event log", "DELETE FROM events WHERE seq = 2"],
    ["artifacts", "UPDATE artifacts SET bytes = x'00'"],
    ["checkpoints", "UPDATE checkpoints SET parent_id = 'other'"],
    ["checkpoints", "UPDATE checkpoint_channels SET bytes = x'00'"],
    ["checkpoints", "UPDATE checkpoint_writes SET bytes = x'00'"],
  ];

  it.each(LOSSES)("finds damage in the %s: %s", async (name, statement) => {
    const { store, home, reopen } = await openTestStore();
    const value = { type: "json", bytes: new TextEncoder().encode("1") };
    const place = { threadId: "r", namespace: "", checkpointId: "1" };
    const row = { ...place, parentId: null, versions: { channel: "1" }, checkpoint: value, metadata: value };
    await store.checkpoints.put(row, [{ channel: "channel", version: "1", value }]);
    await store.checkpoints.putWrites(place, [{ taskId: "t", taskPath: "", index: 0, channel: "c", value }]);
    await store.events.append(
      "r",
      [{ body: runCreated() }, { body: noticed("first") }, { body: noticed("last") }],
      [value.bytes],
    );
    await store.close();
    change(home, statement);
    const checks = await (await reopen()).projections.verify({ repair: true });
    expect(checks.filter(({ status }) => status === "error").map((check) => check.name)).toEqual([name]);
  });
});

function change(home: string, statement: string): void {
  const database = new DatabaseSync(join(home, "nexus.db"));
  database.exec("PRAGMA foreign_keys = OFF");
  database.exec(statement);
  database.close();
}
