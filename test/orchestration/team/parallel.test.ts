import { afterEach, describe, expect, it } from "vitest";
import { recallMemory } from "../../../daemon/orchestration/run-memory.ts";
import type { CodeLookup } from "../../../daemon/tools/code-lookup.ts";
import type { RunEvent } from "../../../protocol/index.ts";
import { type Engine, type EngineOptions, startEngine } from "../../support/engine.ts";
import { bodies, createGate, GOAL, isFor, planned, task, turns, writes } from "./fixture.ts";

let engine: Engine;

async function open(options: EngineOptions): Promise<Engine> {
  engine = await startEngine(options);
  return engine;
}

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

function place(events: readonly RunEvent[], fits: (event: RunEvent["body"]) => boolean): number {
  return events.findIndex(({ body }) => fits(body));
}

describe("tasks that do not meet", () => {
  it("are at work side by side, each in its own copy, and become one change", async () => {
    const ids = ["a", "b", "c", "d"];
    const together = createGate();
    const waiting = new Set<string>();
    await open({
      script: [...planned(...ids.map((id) => task(id))), ...ids.flatMap(writes)],
      // Nobody is answered before all four have asked.
      hold(conversation) {
        const id = ids.find((one) => isFor(conversation, one, 0));
        if (id === undefined) return undefined;
        waiting.add(id);
        if (waiting.size === ids.length) together.open();
        return together.passed;
      },
    });
    const runId = await engine.start(GOAL);
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", error: null });
    expect(state.changes?.changeSet.files.map(({ path }) => path)).toEqual(ids.map((id) => `${id}.txt`));
    for (const own of state.tasks)
      expect(own).toMatchObject({
        status: "done",
        life: "done",
        place: { kind: "copy" },
        mergedAs: expect.any(String),
      });
    expect(new Set(state.tasks.map((own) => own.place?.folder)).size).toBe(4);
  });

  it("are no more at once than the limit says", async () => {
    await open({
      team: { concurrency: 1 },
      script: [...planned(task("a"), task("b")), ...writes("a"), ...writes("b")],
    });
    const runId = await engine.start(GOAL);
    const state = await engine.ended(runId);
    expect(state.tasks).toMatchObject([{ place: { kind: "run" } }, { place: { kind: "run" } }]);
    const events = await engine.events(runId);
    const first = place(events, (body) => body.type === "task.finished" && body.taskId === "a");
    expect(place(events, (body) => body.type === "task.dispatched" && body.taskId === "b")).toBeGreaterThan(first);
  });

  it("leave what is done to the change when one of them fails", async () => {
    await open({ script: [...planned(task("a"), task("b"), task("c", { dependsOn: ["a"] })), ...writes("b")] });
    const state = await engine.ended(await engine.start(GOAL));
    expect(state.status).toBe("failed");
    expect(state.tasks).toMatchObject([
      { status: "failed", life: "failed" },
      { status: "done", summary: "b is done." },
      { status: "waiting" },
    ]);
    expect(state.changes?.changeSet.files.map(({ path }) => path)).toEqual(["b.txt"]);
  });

  it("go on after a restart where they were, with nothing done twice", async () => {
    const held = createGate();
    await open({
      script: [
        ...planned(task("a"), task("b"), task("c", { dependsOn: ["a", "b"] })),
        ...["a", "b", "c"].flatMap(writes),
      ],
      hold: (conversation) => (isFor(conversation, "b", 1) ? held.passed : undefined),
    });
    const runId = await engine.start(GOAL);
    const isDone = (id: string) => (state: { tasks: { id: string; status: string }[] }) =>
      state.tasks.some((own) => own.id === id && own.status === "done");
    await engine.until(runId, isDone("a"));
    await engine.server.waitForRequests(5);
    const restarted = engine.restart();
    held.open();
    await restarted;
    const state = await engine.ended(runId);
    expect(state).toMatchObject({
      status: "done",
      tasks: [{ status: "done" }, { status: "done" }, { status: "done" }],
    });
    expect(state.changes?.changeSet.files.map(({ path }) => path)).toEqual(["a.txt", "b.txt", "c.txt"]);
    const events = await engine.events(runId);
    for (const type of ["task.merged", "task.dispatched", "model.responded", "tool.finished"] as const) {
      const keys = bodies(events, type).map((body) => ("key" in body ? body.key : body.taskId));
      expect(new Set(keys).size).toBe(keys.length);
    }
    const twice = [...engine.server.countByHash().values()].filter((count) => count > 1);
    expect(twice).toEqual([2]);
  });
});

describe("tasks that would meet in a file", () => {
  it("wait for each other, and start from what the other one made", async () => {
    const shared = { files: ["shared/*.txt"] };
    await open({
      files: { "shared/one.txt": "1\n" },
      script: [
        ...planned(task("a", { files: ["shared/one.txt"] }), task("b", shared), task("c")),
        ...["a", "b", "c"].flatMap(writes),
      ],
    });
    const runId = await engine.start(GOAL);
    const state = await engine.ended(runId);
    expect(state.status).toBe("done");
    const events = await engine.events(runId);
    expect(bodies(events, "conflict.predicted")).toMatchObject([
      { tasks: ["a", "b"], on: [{ on: "file", name: "shared/*.txt" }], decision: "serialised" },
    ]);
    const done = place(events, (body) => body.type === "task.finished" && body.taskId === "a");
    expect(place(events, (body) => body.type === "task.dispatched" && body.taskId === "b")).toBeGreaterThan(done);
    const merged = bodies(events, "task.merged").map(({ taskId }) => taskId);
    expect(merged.toSorted()).toContain("a");
  });
});

describe("tasks with symbols of their own in one file", () => {
  it("work side by side, as is said before, and the merge tells", async () => {
    const together = createGate();
    const waiting = new Set<string>();
    const lines = ["one", "", "", "", "", "two", ""];
    const edit = (id: string, from: string, to: string) =>
      turns(
        id,
        { toolCalls: [{ tool: "read_file", arguments: { path: "shared.txt" } }] },
        {
          toolCalls: [
            { tool: "write_file", arguments: { path: "shared.txt", content: lines.join("\n").replace(from, to) } },
          ],
        },
        { text: `${id} is done.` },
      );
    const symbols = async (name: string) => [{ path: "shared.txt", symbol: name }];
    const lookup = { symbols, search: async () => [], uses: async () => undefined } as unknown as CodeLookup;
    await open({
      files: { "shared.txt": lines.join("\n") },
      memory: (at) => ({ ...recallMemory(at), lookup }),
      script: [
        ...planned(
          task("a", { files: ["shared.txt"], symbols: ["one"] }),
          task("b", { files: ["shared.txt"], symbols: ["two"] }),
        ),
        ...edit("a", "one", "ONE"),
        ...edit("b", "two", "TWO"),
      ],
      hold(conversation) {
        const id = ["a", "b"].find((one) => isFor(conversation, one, 0));
        if (id === undefined) return undefined;
        waiting.add(id);
        if (waiting.size === 2) together.open();
        return together.passed;
      },
    });
    const runId = await engine.start(GOAL);
    expect(await engine.ended(runId)).toMatchObject({ status: "done" });
    const events = await engine.events(runId);
    expect(bodies(events, "conflict.predicted")).toMatchObject([
      { tasks: ["a", "b"], on: [{ on: "file", name: "shared.txt" }], decision: "allowed" },
    ]);
    expect(bodies(events, "merge.conflicted")).toEqual([]);
    await engine.service.accept({ runId }, { name: "t" });
    expect(engine.read("shared.txt")).toBe(["ONE", "", "", "", "", "TWO", ""].join("\n"));
  });
});

describe("a judge of finished work", () => {
  it("sends it back until it has nothing to say", async () => {
    const asked: string[] = [];
    await open({
      judges: [
        async (_context, { task: { id }, turn }) => {
          asked.push(`${id}/${turn}`);
          return asked.length === 1 ? "Say it in other words." : undefined;
        },
      ],
      script: [...planned(task("a")), ...turns("a", { text: "It is done." }, { text: "All of it was done." })],
    });
    const state = await engine.ended(await engine.start(GOAL));
    expect(state.tasks).toMatchObject([{ status: "done", summary: "All of it was done." }]);
    expect(asked).toEqual(["a/1", "a/2"]);
  });
});
