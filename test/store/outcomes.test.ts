import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import type { RunEventBody } from "../../protocol/index.ts";
import { openTestStore, runCreated } from "../support/store.ts";
import { planned } from "./run-bodies.ts";

const usage = { inputTokens: 10, cacheReadTokens: 20, cacheWriteTokens: 30, outputTokens: 40, estimated: false };

function responded(taskId: string, turn: number): RunEventBody {
  const call = { key: `model/${taskId}/${turn}`, taskId, turn, text: "", toolCalls: [], stopReason: "end" };
  return { type: "model.responded", ...call, usage, costUsd: 0.5, durationMs: 60_000, artifact: "" };
}

function ended(taskId: string, outcome: "done" | "failed" = "done"): RunEventBody {
  return { type: "task.finished", taskId, outcome, summary: "" };
}

describe("what became of tasks", () => {
  it("is kept with what they took, planned ones alone, and a second end replaces the first", async () => {
    const { store, reopen } = await openTestStore();
    const evidence = { command: "c", exitCode: 0, expected: "pass" as const, satisfied: true, durationMs: 30_000 };
    const verified = { ...evidence, outputTail: "", outputArtifact: null };
    await store.events.append("r", [
      { body: runCreated({ workspace: "/w" }) },
      { body: planned(["t1", "t2"]) },
      ...[responded("plan", 1), responded("t1", 1), responded("t1", 2), responded("repair-1", 1)].map((body) => ({
        body,
      })),
      { body: { type: "verification.finished", taskId: "t1", evidence: verified } },
      { body: ended("t1", "failed") },
      { body: ended("repair-1") },
    ]);
    expect(await store.outcomes.recent("/w", 10)).toMatchObject([
      { taskId: "t1", outcome: "failed", agent: "coder", actual: { tokens: 200, usd: 1, minutes: 2.5 } },
    ]);
    await store.events.append("r", [{ body: responded("t1", 3) }, { body: ended("t1") }]);
    const again = await reopen();
    expect(await again.outcomes.recent("/w", 10)).toMatchObject([{ outcome: "done", actual: { tokens: 300 } }]);
    expect(await again.outcomes.recent("/elsewhere", 10)).toEqual([]);
    expect([...(await again.outcomes.costs("r")).keys()].toSorted()).toEqual(["plan", "repair-1", "t1"]);
  });

  it("is not counted twice where a run's history was copied", async () => {
    const { store } = await openTestStore();
    await store.events.append("copy", [
      ...[runCreated({ workspace: "/w" }), planned(["t1"]), ended("t1")].map((body) => ({ body })),
      { body: { type: "run.forked", from: "r", checkpoint: 1, origin: "r" } },
    ]);
    expect(await store.outcomes.recent("/w", 10)).toEqual([]);
    await store.events.append("copy", [{ body: ended("t1") }]);
    expect(await store.outcomes.recent("/w", 10)).toHaveLength(1);
  });

  it("leaves a damaged row out, and names it", async () => {
    const { store, home, reopen } = await openTestStore();
    await store.events.append(
      "r",
      [runCreated({ workspace: "/w" }), planned(["t1", "t2"])].map((body) => ({ body })),
    );
    await store.events.append("r", [{ body: ended("t1") }, { body: ended("t2") }]);
    await store.close();
    const database = new DatabaseSync(join(home, "nexus.db"));
    database.exec("UPDATE task_outcomes SET body = replace(body, '\"usd\":0', '\"usd\":9') WHERE task_id = 't1'");
    database.close();
    const again = await reopen();
    expect((await again.outcomes.recent("/w", 10)).map(({ taskId }) => taskId)).toEqual(["t2"]);
    const checks = await again.projections.verify({ repair: false });
    expect(checks.find(({ name }) => name === "trust and audit")?.message).toMatch(/outcome of task t1 of run r/);
  });
});

describe("an event that is appended only if", () => {
  it("its run still is as it was, is appended or is not, whoever else appends at the same time", async () => {
    const { store } = await openTestStore();
    await store.events.append("r", [{ body: runCreated({ workspace: "/w" }) }, { body: planned(["t1"]) }]);
    const bet = (taskId: string) =>
      store.events.append("r", [{ body: { type: "task.started", taskId, title: "t", agent: "coder" } }], [], (state) =>
        state.tasks.every(({ status }) => status === "waiting"),
      );
    const answers = await Promise.all([bet("t1"), bet("t1"), bet("t1")]);
    expect(answers.map((events) => events.length).toSorted()).toEqual([0, 0, 1]);
  });
});
