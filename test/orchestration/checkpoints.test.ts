import { Annotation, Command, END, interrupt, START, StateGraph } from "@langchain/langgraph";
import { type Checkpoint, emptyCheckpoint, RESUME, uuid6 } from "@langchain/langgraph-checkpoint";
import { describe, expect, it } from "vitest";
import { type CheckpointSaver, createCheckpointSaver } from "../../daemon/orchestration/checkpoints.ts";
import { faultyConnections, SQLITE, sqliteError } from "../store/faulty-connection.ts";
import { openTestStore } from "../support/store.ts";

const metadata = { source: "loop" as const, step: 0, parents: {} };
const thread = { configurable: { thread_id: "t", checkpoint_ns: "" } };

function checkpoint(values: Record<string, unknown>, versions: Record<string, string>): Checkpoint {
  return { ...emptyCheckpoint(), id: uuid6(3), channel_values: values, channel_versions: versions };
}

const State = Annotation.Root({
  log: Annotation<string[]>({ reducer: (old, more) => [...old, ...more], default: () => [] }),
});

function chain(saver: CheckpointSaver, work: (name: string) => Promise<void> = async () => {}) {
  const node = (name: string) => async () => {
    await work(name);
    return { log: [name] };
  };
  return new StateGraph(State)
    .addNode("a", node("a"))
    .addNode("b", node("b"))
    .addNode("c", node("c"))
    .addEdge(START, "a")
    .addEdge("a", "b")
    .addEdge("b", "c")
    .addEdge("c", END)
    .compile({ checkpointer: saver });
}

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const found: Value[] = [];
  for await (const value of values) found.push(value);
  return found;
}

const config = { configurable: { thread_id: "t" }, durability: "sync" as const };

describe("a graph", () => {
  it("goes on in a new process where it stopped, and repeats nothing that had ended", async () => {
    const { store, reopen } = await openTestStore();
    const done: string[] = [];
    const failing = chain(createCheckpointSaver(store.checkpoints), async (name) => {
      if (name === "c") throw new Error("killed");
      done.push(name);
    });
    await expect(failing.invoke({ log: [] }, config)).rejects.toThrow("killed");
    const saver = createCheckpointSaver((await reopen()).checkpoints);
    const result = await chain(saver, async (name) => void done.push(name)).invoke(null, config);
    expect(done).toEqual(["a", "b", "c"]);
    expect(result.log).toEqual(["a", "b", "c"]);
  });

  it("keeps the values of both branches after a fork", async () => {
    const { store } = await openTestStore();
    const graph = chain(createCheckpointSaver(store.checkpoints));
    await graph.invoke({ log: ["first"] }, config);
    const history = await all(graph.getStateHistory(config));
    const afterA = history.find((state) => state.next[0] === "b");
    const latest = history[0];
    if (afterA === undefined || latest === undefined) throw new Error("no history");
    const fork = await graph.updateState(afterA.config, { log: ["fork"] }, "a");
    const forked = await graph.invoke(null, fork);
    expect(forked.log).toEqual(["first", "a", "fork", "b", "c"]);
    expect((await graph.getState(latest.config)).values.log).toEqual(["first", "a", "b", "c"]);
    expect((await graph.getState(config)).values.log).toEqual(["first", "a", "fork", "b", "c"]);
  });

  it("waits at an interrupt through a restart", async () => {
    const { store, reopen } = await openTestStore();
    const build = (saver: CheckpointSaver) =>
      new StateGraph(State)
        .addNode("ask", async () => ({ log: [String(interrupt("question"))] }))
        .addEdge(START, "ask")
        .addEdge("ask", END)
        .compile({ checkpointer: saver });
    await build(createCheckpointSaver(store.checkpoints)).invoke({ log: [] }, config);
    const graph = build(createCheckpointSaver((await reopen()).checkpoints));
    expect((await graph.getState(config)).tasks[0]?.interrupts[0]?.value).toBe("question");
    expect((await graph.invoke(new Command({ resume: "answer" }), config)).log).toEqual(["answer"]);
  });

  it("commits a step's writes and the checkpoint after it together", async () => {
    const faults = faultyConnections();
    const { store } = await openTestStore({ connect: faults.connect });
    const commits: string[] = [];
    faults.after = (sql) => void (sql === "COMMIT" && commits.push(sql));
    await chain(createCheckpointSaver(store.checkpoints)).invoke({ log: [] }, config);
    // The input, its first checkpoint, and one for each of three nodes.
    expect(commits.length).toBeLessThanOrEqual(5);
  });

  it("stops with the store's error when a checkpoint cannot be written", async () => {
    const faults = faultyConnections();
    const { store } = await openTestStore({ connect: faults.connect });
    let isFull = true;
    const graph = chain(createCheckpointSaver(store.checkpoints), async (name) => {
      if (name === "b" && isFull)
        faults.before = () => {
          throw sqliteError(SQLITE.full);
        };
    });
    await expect(graph.invoke({ log: [] }, config)).rejects.toMatchObject({ value: { code: "store.full" } });
    isFull = false;
    delete faults.before;
    expect((await graph.invoke(null, config)).log).toEqual(["a", "b", "c"]);
  });
});

describe("channel values", () => {
  it("are stored once a version", async () => {
    const faults = faultyConnections();
    const { store } = await openTestStore({ connect: faults.connect });
    const saver = createCheckpointSaver(store.checkpoints);
    const big = "x".repeat(10_000);
    let at = await saver.put(thread, checkpoint({ big, n: 1 }, { big: "1", n: "1" }), metadata, { big: "1", n: "1" });
    for (const n of [2, 3, 4])
      at = await saver.put(at, checkpoint({ big, n }, { big: "1", n: `${n}` }), metadata, { n: `${n}` });
    expect((await saver.getTuple(at))?.checkpoint.channel_values).toEqual({ big, n: 4 });
    const [stored] = faults
      .connection()
      .execute("SELECT count(*) AS rows, sum(length(bytes)) AS bytes FROM checkpoint_channels", []);
    expect(stored?.["rows"]).toBe(5);
    expect(Number(stored?.["bytes"])).toBeLessThan(11_000);
  });

  it("get versions that grow and are never given twice", () => {
    const saver = createCheckpointSaver({} as never);
    const first = saver.getNextVersion(undefined);
    const branches = [saver.getNextVersion(first), saver.getNextVersion(first)];
    expect(new Set(branches).size).toBe(2);
    for (const version of branches) expect(version > first).toBe(true);
    let version = first;
    for (let step = 0; step < 20; step++) {
      const next = saver.getNextVersion(version);
      expect(next > version).toBe(true);
      version = next;
    }
  });
});

describe("writes", () => {
  it("are replaced when they are special, and kept when they are not", async () => {
    const { store } = await openTestStore();
    const saver = createCheckpointSaver(store.checkpoints);
    const at = await saver.put(thread, checkpoint({}, {}), metadata, {});
    await saver.putWrites(at, [["a", 1]], "task");
    await saver.putWrites(
      at,
      [
        ["a", 2],
        ["b", 3],
      ],
      "task",
    );
    await saver.putWrites(at, [[RESUME, "old"]], "task");
    await saver.putWrites(at, [[RESUME, "new"]], "task");
    expect((await saver.getTuple(at))?.pendingWrites).toEqual([
      ["task", RESUME, "new"],
      ["task", "a", 1],
      ["task", "b", 3],
    ]);
  });

  it("come in the order of task path, task and index, by code points", async () => {
    const { store } = await openTestStore();
    const saver = createCheckpointSaver(store.checkpoints);
    const at = await saver.put(thread, checkpoint({}, {}), metadata, {});
    await saver.putWrites(at, [["c", 4]], "a1", "path \u{1f600}");
    await saver.putWrites(at, [["c", 3]], "a2", "path \uffee");
    await saver.putWrites(at, [["c", 2]], "z", "path");
    await saver.putWrites(at, [["c", 1]], "b", "path");
    await saver.putWrites(at, [["c", 0]], "zz");
    expect((await saver.getTuple(at))?.pendingWrites?.map(([, , value]) => value)).toEqual([0, 1, 2, 3, 4]);
  });

  it("called without waiting reach the store in order", async () => {
    const { store } = await openTestStore();
    const saver = createCheckpointSaver(store.checkpoints);
    const one = checkpoint({ n: 1 }, { n: "1" });
    const two = checkpoint({ n: 2 }, { n: "2" });
    const atOne = { configurable: { ...thread.configurable, checkpoint_id: one.id } };
    await Promise.all([
      saver.put(thread, one, metadata, { n: "1" }),
      saver.putWrites(atOne, [["n", 2]], "task"),
      saver.put(atOne, two, metadata, { n: "2" }),
      saver.deleteThread("other"),
    ]);
    expect((await saver.getTuple(thread))?.checkpoint.id).toBe(two.id);
    expect((await saver.getTuple(atOne))?.pendingWrites).toEqual([["task", "n", 2]]);
  });
});

describe("prune", () => {
  it("keeps the newest checkpoint of every namespace with all its values, and other threads", async () => {
    const faults = faultyConnections();
    const { store } = await openTestStore({ connect: faults.connect });
    const saver = createCheckpointSaver(store.checkpoints);
    const graph = chain(saver);
    await graph.invoke({ log: [] }, config);
    await graph.invoke({ log: [] }, { configurable: { thread_id: "other" } });
    const child = { configurable: { thread_id: "t", checkpoint_ns: "child" } };
    const atChild = await saver.put(child, checkpoint({ n: 1 }, { n: "1" }), metadata, { n: "1" });
    const before = await saver.getTuple(thread);
    await saver.prune("t");
    expect(await saver.getTuple(thread)).toEqual(before);
    expect((await saver.getTuple(atChild))?.checkpoint.channel_values).toEqual({ n: 1 });
    expect(await all(saver.list({ configurable: { thread_id: "t" } }))).toHaveLength(2);
    expect((await all(saver.list({ configurable: { thread_id: "other" } }))).length).toBeGreaterThan(2);
    expect((await graph.getState(config)).values.log).toEqual(["a", "b", "c"]);
    const left = faults
      .connection()
      .execute("SELECT count(*) AS rows FROM checkpoint_writes WHERE thread_id = 't'", []);
    expect(left).toEqual([{ rows: 0 }]);
  });

  it("leaves a thread with delta channels whole", async () => {
    const { store } = await openTestStore();
    const saver = createCheckpointSaver(store.checkpoints);
    const delta = { ...metadata, counters_since_delta_snapshot: { messages: [1, 1] as [number, number] } };
    const at = await saver.put(thread, checkpoint({}, {}), delta, {});
    await saver.put(at, checkpoint({}, {}), delta, {});
    await saver.prune("t");
    expect(await all(saver.list(thread))).toHaveLength(2);
  });
});

describe("list", () => {
  it("pages through more checkpoints than one page holds, newest first", async () => {
    const { store } = await openTestStore();
    const saver = createCheckpointSaver(store.checkpoints);
    const ids: unknown[] = [];
    for (let step = 0; step < 50; step++) {
      const at = await saver.put(thread, checkpoint({}, {}), { ...metadata, step }, {});
      ids.unshift(at.configurable?.["checkpoint_id"]);
    }
    const listed = await all(saver.list(thread));
    expect(listed.map((tuple) => tuple.checkpoint.id)).toEqual(ids);
    expect(await all(saver.list(thread, { filter: { step: 3 } }))).toHaveLength(1);
    expect(await all(saver.list(thread, { limit: 0 }))).toHaveLength(0);
  });
});
