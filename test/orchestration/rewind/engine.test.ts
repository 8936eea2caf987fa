/** Checkpoints and rewinds of whole runs, through the service that clients use. */
import { afterEach, describe, expect, it } from "vitest";
import type { RunState } from "../../../protocol/index.ts";
import { type Engine, type EngineOptions, startEngine } from "../../support/engine.ts";
import type { Reply, Script } from "../../support/scripted/script.ts";

let engine: Engine;
const caller = { name: "test" };

async function open(options: EngineOptions): Promise<Engine> {
  engine = await startEngine(options);
  return engine;
}

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

function write(path: string, content: string): Reply {
  return { toolCalls: [{ tool: "write_file", arguments: { path, content } }] };
}

const FILES = { "README.md": "# Notes\n", "keep.txt": "kept\n" };
/** Three files in three turns; the answer of the fourth ends it. */
const THREE: Script = [
  { when: { turn: 0 }, reply: write("one.txt", "1\n") },
  { when: { turn: 1 }, reply: write("two.txt", "2\n") },
  { when: { turn: 2 }, reply: write("three.txt", "3\n"), repeat: true },
  { when: { turn: 3 }, reply: { text: "Done." }, repeat: true },
];

async function changed(options: Partial<EngineOptions> = {}, start = {}): Promise<RunState> {
  await open({ files: FILES, script: THREE, ...options });
  const runId = await engine.start("Fix the three files", start);
  return engine.ended(runId);
}

function paths(state: RunState): string[] {
  return state.changes?.changeSet.files.map((file) => file.path).toSorted() ?? [];
}

async function stateOf(runId: string): Promise<RunState> {
  return (await engine.service.show({ runId })).run;
}

describe("checkpoints", () => {
  it("are taken before each turn that carries out effects, and listed", async () => {
    const { runId } = await changed();
    const { checkpoints, canUndo, accepted } = await engine.service.checkpoints({ runId });
    expect(checkpoints.map(({ number, taskId, turn }) => [number, taskId, turn])).toEqual([
      [1, "change", 1],
      [2, "change", 2],
      [3, "change", 3],
    ]);
    expect({ canUndo, accepted }).toEqual({ canUndo: false, accepted: [] });
    const { files, patch } = await engine.service.checkpointDiff({ runId, from: 2, to: null });
    expect(files.map((file) => file.path)).toEqual(["three.txt", "two.txt"]);
    expect(patch).toContain("+2");
    const between = await engine.service.checkpointDiff({ runId, from: 1, to: 2 });
    expect(between.files.map((file) => file.path)).toEqual(["one.txt"]);
  });
});

describe("rewinding files", () => {
  it("makes the change set that of the checkpoint, and back again", async () => {
    const before = await changed();
    const { runId } = before;
    const preview = await engine.service.rewind({ runId, to: { checkpoint: 2 }, dryRun: true }, caller);
    expect(preview.files).toEqual([
      { place: "changes", path: "three.txt" },
      { place: "changes", path: "two.txt" },
    ]);
    expect(paths(await stateOf(runId))).toEqual(["one.txt", "three.txt", "two.txt"]);
    await engine.service.rewind({ runId, to: { checkpoint: 2 } }, caller);
    expect(paths(await stateOf(runId))).toEqual(["one.txt"]);
    await engine.service.rewind({ runId, to: { what: "before_rewind" } }, caller);
    expect((await stateOf(runId)).changes?.changeSet).toEqual(before.changes?.changeSet);
    await engine.service.rewind({ runId, to: { what: "before_rewind" } }, caller);
    expect(paths(await stateOf(runId))).toEqual(["one.txt"]);
    expect(await engine.service.accept({ runId }, caller)).toEqual({ accepted: ["one.txt"], conflicts: [] });
    expect([engine.read("one.txt"), engine.read("two.txt")]).toEqual(["1\n", undefined]);
  });

  it.each([true, false])("reaches what was accepted (git: %s)", async (git) => {
    const { runId } = await changed({ git });
    await engine.service.accept({ runId }, caller);
    expect(engine.read("three.txt")).toBe("3\n");
    const { files } = await engine.service.rewind({ runId, to: { checkpoint: 2 } }, caller);
    expect(files.map(({ place, path }) => `${place} ${path}`).toSorted()).toEqual(["tree three.txt", "tree two.txt"]);
    expect([engine.read("one.txt"), engine.read("two.txt")]).toEqual(["1\n", undefined]);
    await engine.service.rewind({ runId, to: { what: "before_rewind" } }, caller);
    expect([engine.read("one.txt"), engine.read("two.txt")]).toEqual(["1\n", "2\n"]);
    await engine.service.rewind({ runId, to: { what: "before_accept" } }, caller);
    expect([engine.read("one.txt"), engine.read("keep.txt")]).toEqual([undefined, "kept\n"]);
    expect((await engine.service.accept({ runId }, caller)).accepted).toHaveLength(3);
  });
});

describe("going on from a checkpoint", () => {
  const AGAIN: Script = [
    { when: { lastUser: "Use another name", turn: 1 }, reply: write("other.txt", "o\n") },
    ...THREE,
  ];

  it("forks with a new instruction and leaves the original as it is", async () => {
    const original = await changed({ script: AGAIN });
    const fork = { checkpoint: 2, prompt: "Use another name", idempotencyKey: "fork-key-1" };
    const { runId } = await engine.service.fork({ runId: original.runId, ...fork }, caller);
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", error: null, forkedFrom: { runId: original.runId, checkpoint: 2 } });
    expect(paths(state)).toContain("other.txt");
    expect(paths(state)).toContain("one.txt");
    expect(paths(state)).not.toContain("two.txt");
    expect(await stateOf(original.runId)).toEqual(original);
    expect(await engine.service.fork({ runId: original.runId, ...fork }, caller)).toMatchObject({ runId });
  });

  it("goes back with files and conversation, and the first run stands again when that is taken back", async () => {
    const { runId } = await changed({ script: THREE.map((turn) => ({ ...turn, repeat: true })) });
    await engine.service.accept({ runId }, caller);
    const conversation = { runId, to: { checkpoint: 2 }, form: "conversation" as const };
    await expect(engine.service.rewind(conversation, caller)).rejects.toMatchObject({
      value: { code: "rewind.accepted" },
    });
    const { files, newRunId } = await engine.service.rewind({ ...conversation, form: "both" }, caller);
    expect(files).toHaveLength(3);
    expect(engine.read("one.txt")).toBeUndefined();
    const next = await engine.ended(newRunId ?? "");
    expect(next).toMatchObject({ status: "done", forkedFrom: { runId, checkpoint: 2 } });
    expect(next.stats.modelCalls).toBe(4);
    expect(paths(next)).toEqual(["one.txt", "three.txt", "two.txt"]);
    expect(await stateOf(runId)).toMatchObject({ rewoundBy: newRunId, changes: { supersededBy: newRunId } });
    await expect(engine.service.accept({ runId }, caller)).rejects.toMatchObject({ value: { code: "changes.none" } });
    await engine.service.rewind({ runId, to: { what: "before_rewind" } }, caller);
    expect(await stateOf(runId)).toMatchObject({ rewoundBy: null, changes: { supersededBy: null } });
    expect((await engine.service.accept({ runId }, caller)).accepted).toHaveLength(3);
  });

  it("goes back with the conversation alone: the files stay as they are", async () => {
    const { runId } = await changed({ script: THREE.map((turn) => ({ ...turn, repeat: true })) });
    const to = { checkpoint: 3 };
    const { newRunId } = await engine.service.rewind({ runId, to, form: "conversation" }, caller);
    const next = await engine.ended(newRunId ?? "");
    expect(paths(next)).toEqual(["one.txt", "three.txt", "two.txt"]);
    expect(next.isolation?.startCommit).toBe((await stateOf(runId)).changes?.changeSet.resultCommit);
  });
});
