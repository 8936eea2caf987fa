/** Runs that begin with what an editor has not saved, and changes that an editor takes into its own texts. */
import { afterEach, expect, it } from "vitest";
import { type Engine, type EngineOptions, startEngine } from "../support/engine.ts";
import type { Reply } from "../support/scripted/script.ts";

let engine: Engine;

async function open(options: EngineOptions): Promise<Engine> {
  engine = await startEngine(options);
  return engine;
}

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const call = (tool: string, input: unknown): Reply => ({ toolCalls: [{ tool, arguments: input }] });
const FILES = { "a.txt": "one\n", "b.txt": "two\n" };
const TYPED = [{ path: "a.txt", text: "one\ntyped\n" }];
const MAKE = [
  { when: { turn: 0 }, reply: call("read_file", { path: "a.txt" }) },
  {
    when: { turn: 1, last: "typed" },
    reply: call("edit_file", { path: "a.txt", edits: [{ search: "typed", replace: "made" }] }),
  },
  { when: { turn: 2 }, reply: { text: "Done." } },
];
const caller = { name: "editor" };

it("shows agents the editor's texts, and makes the change relative to them", async () => {
  await open({ files: FILES, script: MAKE });
  const runId = await engine.start("Change typed to made in a.txt", { unsaved: TYPED });
  const state = await engine.ended(runId);
  expect(state).toMatchObject({ status: "done", kind: "change", unsaved: { paths: ["a.txt"] } });
  expect(await engine.service.file({ runId, path: "a.txt", side: "before" })).toEqual({ text: "one\ntyped\n" });
  expect(await engine.service.file({ runId, path: "a.txt", side: "after" })).toEqual({ text: "one\nmade\n" });
  expect(JSON.stringify((await engine.events(runId))[0])).not.toContain("typed\\n");
  const refused = await engine.service.accept({ runId }, caller);
  expect(refused).toMatchObject({ accepted: [], conflicts: [{ path: "a.txt" }] });
  const taken = await engine.service.taken({ runId, files: [{ path: "a.txt" }] }, caller);
  expect(taken).toEqual({ taken: ["a.txt"], conflicts: [] });
  expect(engine.read("a.txt")).toBe("one\n");
  expect((await engine.service.show({ runId })).run.changes?.decisions).toEqual({ "a.txt": "accepted" });
  await expect(engine.service.taken({ runId }, caller)).rejects.toMatchObject({ value: { code: "changes.none" } });
});

it("answers questions about what is typed, and keeps no copy", async () => {
  const script = [
    { when: { turn: 0 }, reply: call("read_file", { path: "a.txt" }) },
    { when: { turn: 1, last: "typed" }, reply: { text: "It is typed." } },
  ];
  await open({ files: FILES, script });
  const state = await engine.ended(await engine.start("What is in a.txt?", { mode: "ask", unsaved: TYPED }));
  expect(state).toMatchObject({ status: "done", answer: "It is typed.", changes: null });
});

it("begins with the same texts after a restart, whatever the editor or the files are by then", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isFirst = true;
  await open({
    files: FILES,
    script: MAKE,
    hold: async () => {
      if (!isFirst) return;
      isFirst = false;
      await promise;
    },
  });
  const runId = await engine.start("Change typed to made in a.txt", { unsaved: TYPED, kind: "change" });
  await engine.until(runId, ({ isolation }) => isolation !== null);
  const restarted = engine.restart();
  resolve();
  await restarted;
  const state = await engine.ended(runId);
  expect(state).toMatchObject({ status: "done", unsaved: { paths: ["a.txt"] } });
  expect(await engine.service.file({ runId, path: "a.txt", side: "before" })).toEqual({ text: "one\ntyped\n" });
});

it("starts nothing for texts that cannot be files", async () => {
  await open({ files: FILES, script: [] });
  for (const unsaved of [[{ path: "../out.txt", text: "x" }], [{ path: ".env", text: "x" }]])
    await expect(engine.start("Fix it", { unsaved })).rejects.toMatchObject({ value: { code: "unsaved.refused" } });
  expect((await engine.service.list({})).runs).toEqual([]);
});

it("does what the client says that a prompt asks for, however long it is", async () => {
  await open({ files: FILES, script: [{ reply: { text: "Nothing to do." } }] });
  const state = await engine.ended(
    await engine.start(`${"word ".repeat(100)}\n- a b\n- c d\n- e f`, { kind: "change" }),
  );
  expect(state).toMatchObject({ status: "done", kind: "change", plan: null });
});

it("keeps the files as they were when an editor took a change, so that it can be undone there", async () => {
  await open({ files: FILES, script: MAKE });
  const runId = await engine.start("Change typed to made in a.txt", { unsaved: TYPED });
  await engine.ended(runId);
  await engine.service.taken({ runId }, caller);
  const { writeFileSync } = await import("node:fs");
  writeFileSync(`${engine.workspace}/a.txt`, "one\nmade\n");
  const undone = await engine.service.rewind(
    { runId, to: { what: "before_accept" }, idempotencyKey: "undo-0001" },
    caller,
  );
  expect(undone.conflicts).toEqual([]);
  expect(engine.read("a.txt")).toBe("one\n");
});
