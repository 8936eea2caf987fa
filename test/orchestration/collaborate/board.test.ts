import { afterEach, expect, it } from "vitest";
import { type Engine, startEngine } from "../../support/engine.ts";
import type { Reply } from "../../support/scripted/script.ts";
import { bodies, call, createGate, GOAL, isFor, planned, task, turns } from "../team/fixture.ts";

let engine: Engine;

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const caller = { name: "test" };
const notes = (value: string, more = {}): Reply => call("board_write", { key: "api", value, ...more });
const write = (id: string) => call("write_file", { path: `${id}.txt`, content: `${id}\n` });

it("keeps one of two that write without having seen each other, and tells the other", async () => {
  const [begun, written] = [createGate(), createGate()];
  engine = await startEngine({
    script: [
      ...planned(task("a"), task("b")),
      ...turns("a", notes('{"port":8080}', { source: "a.txt" }), write("a"), { text: "a is done." }),
      ...turns(
        "b",
        notes('{"port":9090}'),
        call("board_read", {}),
        notes("one more", { policy: "append", seen: 0 }),
        write("b"),
        {
          text: "b is done.",
        },
      ),
    ],
    hold(conversation) {
      if (isFor(conversation, "b", 0)) begun.open();
      if (isFor(conversation, "b", 0)) return written.passed;
      return isFor(conversation, "a", 0) ? begun.passed : undefined;
    },
  });
  const runId = await engine.start(GOAL);
  await engine.until(runId, ({ board = [] }) => board.length > 0);
  const restarted = engine.restart();
  written.open();
  await restarted;
  const state = await engine.ended(runId);
  expect(state).toMatchObject({ status: "done", error: null });
  expect(state.board).toEqual([
    { key: "api", version: 2, value: '[{"port":8080},"one more"]', taskId: "b", agent: "coder" },
  ]);
  const entries = bodies(await engine.events(runId), "board.written").map(({ entry }) => entry);
  expect(entries).toMatchObject([{ version: 1, taskId: "a", source: "a.txt" }, { version: 2 }]);
  const requests = JSON.stringify(engine.server.requests);
  expect(requests).toContain("Somebody else has written this entry meanwhile.");
  expect(requests).toContain("api (version 1, by task a, from a.txt)");
});

it("goes back with the run: a fork knows what was there at its checkpoint, and goes its own way", async () => {
  engine = await startEngine({
    team: { concurrency: 1 },
    script: [
      ...planned(task("a"), task("b")),
      ...turns("a", notes("1"), call("send_message", { to: "b", kind: "inform", text: "See the board." }), write("a"), {
        text: "a is done.",
      }),
      ...turns("b", notes("2", { seen: 1 }), write("b"), { text: "b is done." }),
      { when: { firstUser: "Your task (a)", contains: "Otherwise" }, reply: { text: "a is done." } },
      { when: { firstUser: "Your task (b)", contains: "Otherwise" }, reply: { text: "b is done." } },
    ],
  });
  const runId = await engine.start(GOAL);
  const original = await engine.ended(runId);
  expect(original).toMatchObject({ status: "done", board: [{ version: 2, value: "2" }] });
  const { checkpoints } = await engine.service.checkpoints({ runId });
  const atB = checkpoints.find((one) => one.taskId === "b");
  const fork = { checkpoint: atB?.number ?? 0, idempotencyKey: "fork-key-1" };
  const { runId: forked } = await engine.service.fork({ runId, ...fork }, caller);
  const state = await engine.ended(forked);
  const kept = bodies(await engine.events(forked), "message.sent").map(({ message }) => message.messageId);
  expect(kept).toEqual(bodies(await engine.events(runId), "message.sent").map(({ message }) => message.messageId));
  expect(bodies(await engine.events(forked), "message.delivered")).toHaveLength(1);
  expect(state.board).toMatchObject([{ key: "api", version: 2 }]);
  expect((await engine.store.events.state(runId))?.board).toEqual(original.board);
});
