import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import type { RunDependencies } from "../../daemon/orchestration/dependencies.ts";
import { createSessionService } from "../../daemon/orchestration/sessions.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { openTestStore, runCreated } from "../support/store.ts";

async function setUp() {
  const clock = createManualClock();
  const { store, home } = await openTestStore({ now: clock.iso });
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), "nexus-sessions-")));
  let count = 0;
  const redactor = { redact: (text: string) => text.replaceAll("sk-secret", "[key]") };
  const newId = () => `session-${++count}`;
  const sessions = createSessionService({ store, clock, newId, redactor } as unknown as RunDependencies);
  async function run(runId: string, sessionId: string, prompt = "Add a test.\nAnd run it.") {
    await store.events.append(runId, [{ body: runCreated({ sessionId, workspace, prompt }) }]);
  }
  const ids = async (more = {}) => (await sessions.list(more)).sessions.map(({ sessionId }) => sessionId);
  return { store, home, workspace, sessions, run, ids };
}

it("lists sessions that have a run, the latest run's first, under the first words that were said", async () => {
  const { sessions, workspace, run, ids, store } = await setUp();
  const one = (await sessions.create({ workspace, settings: { mode: "plan", budgetUsd: 2 } })).session;
  expect(one).toMatchObject({ title: "", workspace, settings: { mode: "plan", budgetUsd: 2 } });
  await sessions.create({ workspace });
  await sessions.create({ workspace });
  await run("a", "session-1");
  await run("b", "session-2", "Second");
  await run("c", "session-1", "Later");
  expect(await ids()).toEqual(["session-1", "session-2"]);
  expect((await sessions.show({ sessionId: "session-1" })).session.title).toBe("Add a test.");
  const first = await sessions.list({ limit: 1 });
  expect(first.sessions.map(({ sessionId }) => sessionId)).toEqual(["session-1"]);
  expect(await ids({ cursor: first.nextCursor })).toEqual(["session-2"]);
  expect(await ids({ workspace })).toHaveLength(2);
  expect(await ids({ workspace: "/elsewhere" })).toEqual([]);
  await expect(sessions.list({ cursor: "; DROP" })).rejects.toMatchObject({ value: { code: "request.invalid" } });
  expect(await store.projections.verify({ repair: false })).not.toContainEqual(
    expect.objectContaining({ status: "error" }),
  );
});

it("keeps what was set and changes only what is named; the next run has its mode from there", async () => {
  const { sessions, workspace, store } = await setUp();
  await sessions.create({ workspace });
  await sessions.update({ sessionId: "session-1", settings: { mode: "ask", changes: "keep" } });
  const { session } = await sessions.update({
    sessionId: "session-1",
    title: "With sk-secret",
    settings: { budgetUsd: null },
  });
  expect(session).toMatchObject({ title: "With [key]", settings: { mode: "ask", changes: "keep", budgetUsd: null } });
  expect(await store.sessions.get("session-1")).toMatchObject({ mode: "ask" });
});

it("takes a deleted session out of the list, and knows it no more; its runs stay", async () => {
  const { sessions, workspace, run, ids, store } = await setUp();
  await sessions.create({ workspace });
  await run("a", "session-1");
  await sessions.delete({ sessionId: "session-1" });
  expect(await ids()).toEqual([]);
  expect((await store.projections.listRuns({ limit: 5 })).runs).toHaveLength(1);
  expect(await store.sessions.get("session-1")).toBeUndefined();
  for (const asked of [
    sessions.show({ sessionId: "session-1" }),
    sessions.delete({ sessionId: "session-1" }),
    sessions.update({ sessionId: "none", title: "x" }),
  ])
    await expect(asked).rejects.toMatchObject({ value: { code: "session.unknown" } });
  await expect(sessions.create({ workspace: join(workspace, "none") })).rejects.toMatchObject({
    value: { code: "workspace.missing" },
  });
});

it("finds out that what was set for a session is not as it was written", async () => {
  const { sessions, workspace, store, home } = await setUp();
  await sessions.create({ workspace, title: "One" });
  const database = new DatabaseSync(join(home, "nexus.db"));
  database.exec("UPDATE session_details SET body = replace(body, 'One', 'Two')");
  database.close();
  await expect(sessions.show({ sessionId: "session-1" })).rejects.toMatchObject({ value: { code: "store.corrupt" } });
  const checks = await store.projections.verify({ repair: false });
  expect(checks).toContainEqual(expect.objectContaining({ status: "error", message: "session session-1" }));
});
