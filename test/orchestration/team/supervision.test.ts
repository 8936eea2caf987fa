import { afterEach, describe, expect, it } from "vitest";
import { type Engine, type EngineOptions, startEngine } from "../../support/engine.ts";
import { bodies, call, createGate, GOAL, isFor, planned, task, turns, writes } from "./fixture.ts";

let engine: Engine;

async function open(options: EngineOptions): Promise<Engine> {
  engine = await startEngine(options);
  return engine;
}

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const anna = { name: "Anna" };

describe("cancelling one task", () => {
  it("ends it and what needs it, and nothing else", async () => {
    const held = createGate();
    await open({
      script: [...planned(task("a"), task("b"), task("c", { dependsOn: ["a"] })), ...["a", "b"].flatMap(writes)],
      hold: (conversation) => (isFor(conversation, "a", 0) ? held.passed : undefined),
    });
    const runId = await engine.start(GOAL);
    await engine.until(runId, ({ tasks }) => tasks.some(({ id, status }) => id === "b" && status === "done"));
    await expect(engine.service.controlTask("cancel", { runId, taskId: "b" }, anna)).rejects.toMatchObject({
      value: { code: "task.ended" },
    });
    await expect(engine.service.controlTask("cancel", { runId, taskId: "x" }, anna)).rejects.toMatchObject({
      value: { code: "task.unknown" },
    });
    await engine.service.controlTask("cancel", { runId, taskId: "a" }, anna);
    const state = await engine.ended(runId);
    held.open();
    expect(state).toMatchObject({
      status: "done",
      tasks: [
        { status: "skipped", life: "stopped", summary: expect.stringContaining("Anna") },
        { status: "done" },
        { status: "skipped", life: "stopped", summary: expect.stringContaining("needs a") },
      ],
      budget: { reservedUsd: 0 },
    });
    expect(state.changes?.changeSet.files.map(({ path }) => path)).toEqual(["b.txt"]);
  });

  it("ends the run as cancelled when no task is left", async () => {
    const held = createGate();
    await open({
      script: [...planned(task("a")), ...writes("a")],
      hold: (conversation) => (isFor(conversation, "a", 0) ? held.passed : undefined),
    });
    const runId = await engine.start(GOAL);
    await engine.until(runId, ({ tasks }) => tasks[0]?.life === "working");
    await engine.service.controlTask("cancel", { runId, taskId: "a" }, anna);
    expect(await engine.ended(runId)).toMatchObject({ status: "cancelled", error: { code: "task.cancelled" } });
    held.open();
  });
});

describe("an agent that does not come to its end", () => {
  it("is stopped at its deadline", async () => {
    const held = createGate();
    await open({
      script: [...planned(task("a", { deadlineMinutes: 0.01 }), task("b")), ...["a", "b"].flatMap(writes)],
      hold: (conversation) => (isFor(conversation, "a", 0) ? held.passed : undefined),
    });
    const state = await engine.ended(await engine.start(GOAL));
    held.open();
    expect(state).toMatchObject({
      status: "failed",
      error: { code: "task.deadline" },
      tasks: [{ status: "failed", life: "stopped" }, { status: "done" }],
    });
    expect(state.changes?.changeSet.files.map(({ path }) => path)).toEqual(["b.txt"]);
  });

  it("is stopped when it gives no sign of life", async () => {
    await open({
      team: { silenceMs: 500 },
      script: [
        ...planned(task("a")),
        { when: { firstUser: "Your task (a)" }, misbehave: { stallAfterEvents: 0, times: "always" }, repeat: true },
      ],
    });
    const state = await engine.ended(await engine.start(GOAL));
    expect(state).toMatchObject({
      status: "failed",
      error: { code: "task.silent", message: expect.stringContaining("Nothing was heard of a") },
      tasks: [{ status: "failed", life: "failed" }],
    });
  });
});

describe("pausing one task", () => {
  it("holds it before its next turn, through a restart, while others go on", async () => {
    const held = createGate();
    await open({
      script: [...planned(task("a", { deadlineMinutes: 600 }), task("b")), ...["a", "b"].flatMap(writes)],
      hold: (conversation) => (isFor(conversation, "a", 0) ? held.passed : undefined),
    });
    const runId = await engine.start(GOAL);
    const before = await engine.until(runId, ({ tasks }) => tasks[0]?.life === "working");
    await engine.service.controlTask("pause", { runId, taskId: "a" }, anna);
    await engine.service.controlTask("pause", { runId, taskId: "a" }, anna);
    held.open();
    const isHeld = ({ tasks }: { tasks: { life?: string | undefined; status: string }[] }) =>
      tasks[0]?.life === "paused" && tasks[1]?.status === "done";
    await engine.until(runId, isHeld);
    await engine.restart();
    await engine.service.controlTask("resume", { runId, taskId: "a" }, anna);
    const state = await engine.ended(runId);
    expect(state).toMatchObject({
      status: "done",
      tasks: [{ status: "done", control: { action: "resume", number: 2 } }, {}],
    });
    expect(Date.parse(state.tasks[0]?.deadlineAt ?? "")).toBeGreaterThan(Date.parse(before.tasks[0]?.deadlineAt ?? ""));
    const lives = bodies(await engine.events(runId), "task.life").filter(({ taskId }) => taskId === "a");
    expect(lives.map(({ life }) => life)).toEqual(["paused", "working", "waiting", "working"]);
  });

  it("keeps one that has not begun from beginning", async () => {
    const held = createGate();
    await open({
      script: [...planned(task("a"), task("b", { dependsOn: ["a"] })), ...["a", "b"].flatMap(writes)],
      hold: (conversation) => (isFor(conversation, "a", 0) ? held.passed : undefined),
    });
    const runId = await engine.start(GOAL);
    await engine.until(runId, ({ tasks }) => tasks[0]?.life === "working");
    await engine.service.controlTask("pause", { runId, taskId: "b" }, anna);
    held.open();
    const waiting = await engine.until(runId, ({ tasks }) => tasks[0]?.status === "done");
    expect(waiting.tasks[1]).toMatchObject({ status: "waiting" });
    await engine.service.controlTask("resume", { runId, taskId: "b" }, anna);
    expect(await engine.ended(runId)).toMatchObject({
      status: "done",
      tasks: [{ status: "done" }, { status: "done" }],
    });
  });
});

describe("an agent that waits for a person", () => {
  it("is told to be waiting, and for what", async () => {
    await open({
      script: [
        ...planned(task("a")),
        ...turns("a", call("ask_user", { question: "Which name?", choices: ["x", "y"] }), { text: "It is x." }),
      ],
    });
    const runId = await engine.start(GOAL, { headless: false, policy: { plan: "allow" } });
    const asked = await engine.until(runId, ({ tasks }) => tasks[0]?.life === "waiting");
    const [question] = asked.pendingQuestions ?? [];
    expect(asked.tasks[0]?.lifeReason).toContain("Which name?");
    await engine.service.answerQuestion({ runId, questionId: question?.questionId ?? "", answer: "x" }, anna);
    expect(await engine.ended(runId)).toMatchObject({ status: "done", tasks: [{ life: "done" }] });
  });
});
