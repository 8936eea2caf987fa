import { afterEach, expect, it } from "vitest";
import { type Engine, startEngine } from "../../support/engine.ts";
import { bodies, call, createGate, GOAL, isFor, planned, task, turns } from "./fixture.ts";

let engine: Engine;

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

it("forks before a task was joined: what was joined stays, unfinished tasks begin afresh", async () => {
  const held = createGate();
  const writes = (id: string) =>
    turns(id, call("write_file", { path: `${id}.txt`, content: `${id}\n` }), { text: `${id} is done.` }).map(
      (turn) => ({
        ...turn,
        repeat: true,
      }),
    );
  engine = await startEngine({
    script: [...planned(task("a"), task("b")), ...writes("a"), ...writes("b")],
    hold: (conversation) => (isFor(conversation, "b", 1) ? held.passed : undefined),
  });
  const runId = await engine.start(GOAL);
  await engine.until(runId, ({ tasks }) => tasks.some(({ id, status }) => id === "a" && status === "done"));
  held.open();
  await engine.ended(runId);
  const { checkpoints } = await engine.service.checkpoints({ runId });
  expect(checkpoints.map(({ taskId, turn }) => [taskId, turn])).toEqual([
    ["a", 0],
    ["b", 0],
  ]);
  const key = "fork-before-b";
  const fork = await engine.service.fork({ runId, checkpoint: 2, idempotencyKey: key }, { name: "Anna" });
  const state = await engine.ended(fork.runId);
  expect(state).toMatchObject({ status: "done", tasks: [{ status: "done" }, { status: "done" }] });
  expect(state.changes?.changeSet.files.map(({ path }) => path)).toEqual(["a.txt", "b.txt"]);
  const events = await engine.events(fork.runId);
  // Copied, and made anew: the copy that it had belongs to the other run.
  const places = bodies(events, "task.dispatched").map(({ taskId, place }) => [taskId, place.kind]);
  expect(places).toEqual([
    ["a", "copy"],
    ["b", "run"],
  ]);
  expect(bodies(events, "model.responded").filter(({ taskId }) => taskId === "a")).toHaveLength(2);
});
