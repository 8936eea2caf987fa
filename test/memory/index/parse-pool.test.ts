import { describe, expect, it } from "vitest";
import type { Thread, ThreadEvents } from "../../../daemon/host/threads.ts";
import type { ContentBatch, ContentTask } from "../../../daemon/memory/index/content-reader.ts";
import { createParsePool, type ReadCall } from "../../../daemon/memory/index/parse-pool.ts";
import type { ToParser } from "../../../daemon/memory/index/thread-messages.ts";
import { createManualClock } from "../../support/manual-clock.ts";

/** A thread that answers when it is told to. */
interface FakeThread extends Thread {
  readonly orders: ToParser[];
  /** Does the oldest order that it has not done. */
  step(): void;
  die(error?: Error): void;
  readonly isEnded: boolean;
}

function fakeThread(events: ThreadEvents, isReady: boolean): FakeThread {
  const orders: ToParser[] = [];
  let collected: ContentTask[] = [];
  let isEnded = false;
  if (isReady) queueMicrotask(() => events.onMessage({ type: "ready" }));
  const end = (error: Error | undefined) => {
    if (isEnded) return;
    isEnded = true;
    events.onEnd(error);
  };
  return {
    orders,
    post: (message) => void orders.push(message as ToParser),
    hold() {},
    terminate: async () => end(undefined),
    step() {
      const order = orders.shift();
      if (order === undefined || isEnded) return;
      if (order.type === "end") end(undefined);
      else if (order.type === "work") {
        collected.push(...order.tasks);
        const characters = collected.length * 1024 * 1024;
        events.onMessage({ type: "done", files: order.tasks.length, characters });
      } else {
        const names = collected.map(({ name }) => name);
        collected = [];
        if (order.type === "drop") events.onMessage({ type: "dropped" });
        else events.onMessage({ type: "batch", segment: null, blobs: names.map((name) => ({ name })), changed: [] });
      }
    },
    die: (error = new Error("it crashed")) => end(error),
    get isEnded() {
      return isEnded;
    },
  };
}

interface Told {
  readonly names: string[];
  readonly givenUp: string[];
  files: number;
}

function createPool(threads = 1, isReady: (number: number) => boolean = () => true) {
  const clock = createManualClock();
  const made: FakeThread[] = [];
  const pool = createParsePool({
    ...{ threads, grammars: "", clock },
    start(events) {
      const thread = fakeThread(events, isReady(made.length));
      made.push(thread);
      return thread;
    },
  });
  return { pool, clock, made, last: () => made.at(-1) as FakeThread };
}

function tasks(...names: string[]): ContentTask[] {
  return names.map((name) => ({ path: name, root: "/w", oid: name, name, bytes: 200 * 1024 }));
}

function callOf(signal = new AbortController().signal): ReadCall & { readonly told: Told } {
  const told: Told = { names: [], givenUp: [], files: 0 };
  return {
    told,
    signal,
    onBatch: (batch: ContentBatch) => void told.names.push(...batch.blobs.map(({ name }) => name)),
    onFiles(files) {
      told.files += files;
    },
    onGivenUp: (task, why) => void told.givenUp.push(`${task.name}: ${why}`),
  };
}

/** Lets promises have their turn. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function finish(all: readonly FakeThread[], done: Promise<unknown>): Promise<void> {
  let isDone = false;
  const end = () => {
    isDone = true;
  };
  done.then(end, end);
  for (let round = 0; round < 200 && !isDone; round++) {
    for (const thread of [...all]) thread.step();
    await turn();
  }
  expect(isDone).toBe(true);
}

describe("the pool of parse threads", () => {
  it("reads every task once, with as many threads as there is work for", async () => {
    const { pool, made } = createPool(3);
    const call = callOf();
    const done = pool.read(tasks("a", "b", "c", "d", "e"), call);
    await finish(made, done);
    await done;
    expect(call.told.names.sort()).toEqual(["a", "b", "c", "d", "e"]);
    expect(call.told.files).toBe(5);
    expect(made).toHaveLength(3);
  });

  it("does nothing for no tasks", async () => {
    const { pool, made } = createPool();
    await pool.read([], callOf());
    expect(made).toEqual([]);
  });

  it("hands over what is collected as soon as it is a segment", async () => {
    const { pool, made, last } = createPool();
    const call = callOf();
    const done = pool.read(tasks(..."abcdefghijklmnop"), call);
    await turn();
    for (let step = 0; step < 11; step++) last().step();
    expect(call.told.names.length).toBeGreaterThanOrEqual(8);
    await finish(made, done);
    expect(call.told.names.toSorted()).toEqual([..."abcdefghijklmnop"]);
  });

  it("takes one call after the other", async () => {
    const { pool, made } = createPool();
    const [first, second] = [callOf(), callOf()];
    const done = Promise.all([pool.read(tasks("a"), first), pool.read(tasks("b"), second)]);
    await finish(made, done);
    expect([first.told.names, second.told.names]).toEqual([["a"], ["b"]]);
    expect(made).toHaveLength(1);
  });

  it("reads again what a dead thread had not handed over", async () => {
    const { pool, made, last } = createPool();
    const call = callOf();
    const done = pool.read(tasks("a", "b", "c"), call);
    await turn();
    last().step();
    last().die();
    await finish(made, done);
    expect(call.told.names.sort()).toEqual(["a", "b", "c"]);
    expect(call.told.givenUp).toEqual([]);
  });

  it("gives up the file that kills its thread twice, and no other", async () => {
    const { pool, made } = createPool();
    const call = callOf();
    const done = pool.read(tasks("good", "bad", "fine"), call);
    for (let round = 0; round < 100 && call.told.names.length < 2; round++) {
      await turn();
      for (const thread of [...made]) {
        const order = thread.orders[0];
        if (order?.type === "work" && order.tasks.some(({ name }) => name === "bad")) thread.die();
        else thread.step();
      }
    }
    await finish(made, done);
    await done;
    expect(call.told.givenUp).toEqual(["bad: it crashed"]);
    expect(call.told.names.sort()).toEqual(["fine", "good"]);
  });

  it("replaces a thread that does not answer, and hears nothing of the old one", async () => {
    const { pool, made, clock, last } = createPool();
    const call = callOf();
    const done = pool.read(tasks("a"), call);
    await turn();
    const hung = last();
    clock.advance(30_000);
    expect(hung.isEnded).toBe(true);
    await finish(made, done);
    await done;
    expect(call.told.names).toEqual(["a"]);
    expect(made).toHaveLength(2);
  });

  it("does not take a thread for hung that goes on answering", async () => {
    const { pool, made, clock, last } = createPool();
    const done = pool.read(tasks("a", "b", "c", "d"), callOf());
    await turn();
    for (let step = 0; step < 3; step++) {
      clock.advance(29_000);
      last().step();
    }
    await finish(made, done);
    expect(made).toHaveLength(1);
  });

  it("fails when threads cannot start, and blames no file", async () => {
    const { pool, made } = createPool(1, () => false);
    const call = callOf();
    const done = pool.read(tasks("a", "b"), call);
    await turn();
    made[0]?.die(new Error("no grammar"));
    await expect(done).rejects.toThrow("no grammar");
    expect(call.told.givenUp).toEqual([]);
  });

  it("fails when threads die over and over while they make a segment", async () => {
    const { pool, made } = createPool();
    const call = callOf();
    const done = pool.read(tasks("a"), call);
    done.catch(() => {});
    for (let round = 0; round < 40; round++) {
      await turn();
      for (const thread of [...made]) {
        if (thread.orders[0]?.type === "flush") thread.die(new Error("out of memory"));
        else thread.step();
      }
    }
    await expect(done).rejects.toThrow("out of memory");
    expect(made.length).toBeLessThan(8);
  });
});

describe("a call that is cancelled", () => {
  it("rejects at once, and keeps what was handed over", async () => {
    const { pool, last } = createPool();
    const controller = new AbortController();
    const call = callOf(controller.signal);
    const done = pool.read(tasks(..."abcdefghijklmnop"), call);
    await turn();
    for (let step = 0; step < 11; step++) last().step();
    const kept = call.told.names.length;
    controller.abort(new Error("enough"));
    await expect(done).rejects.toThrow("enough");
    for (let step = 0; step < 20; step++) last().step();
    expect(call.told.names).toHaveLength(kept);
  });

  it("leaves nothing behind for the next call", async () => {
    const { pool, made, last } = createPool();
    const controller = new AbortController();
    const done = pool.read(tasks("a", "b"), callOf(controller.signal));
    await turn();
    last().step();
    controller.abort(new Error("enough"));
    await expect(done).rejects.toThrow("enough");
    const next = callOf();
    const read = pool.read(tasks("c"), next);
    await finish(made, read);
    expect(next.told.names).toEqual(["c"]);
  });

  it("leaves nothing behind when its thread dies later", async () => {
    const { pool, made, last } = createPool();
    const controller = new AbortController();
    const done = pool.read(tasks("a", "b"), callOf(controller.signal));
    await turn();
    controller.abort(new Error("enough"));
    await expect(done).rejects.toThrow("enough");
    const next = callOf();
    const read = pool.read(tasks("c"), next);
    await turn();
    last().die();
    await finish(made, read);
    await read;
    expect(next.told).toEqual({ names: ["c"], givenUp: [], files: 1 });
  });

  it("does nothing when it was cancelled before it began", async () => {
    const { pool, made } = createPool();
    await expect(pool.read(tasks("a"), callOf(AbortSignal.abort(new Error("no"))))).rejects.toThrow("no");
    expect(made).toEqual([]);
  });

  it("rejects with what the taker of a batch threw, and goes on with the next call", async () => {
    const { pool, made } = createPool();
    const full = () => {
      throw new Error("the disk is full");
    };
    const done = pool.read(tasks("a"), { ...callOf(), onBatch: full });
    await finish(made, done);
    await expect(done).rejects.toThrow("the disk is full");
    const next = callOf();
    await finish(made, pool.read(tasks("b"), next));
    expect(next.told.names).toEqual(["b"]);
  });
});

describe("the end of the pool", () => {
  it("ends threads that are idle, and starts new ones when they are needed", async () => {
    const { pool, made, clock } = createPool();
    await finish(made, pool.read(tasks("a"), callOf()));
    clock.advance(60_000);
    made[0]?.step();
    expect(made[0]?.isEnded).toBe(true);
    const call = callOf();
    await finish(made, pool.read(tasks("b"), call));
    expect(call.told.names).toEqual(["b"]);
  });

  it("rejects the call that runs, and waits for its threads", async () => {
    const { pool, made, clock } = createPool();
    const done = pool.read(tasks("a"), callOf());
    await turn();
    const closed = pool.close();
    await expect(done).rejects.toThrow("closed");
    clock.advance(5000);
    await closed;
    expect(made.every(({ isEnded }) => isEnded)).toBe(true);
    await expect(pool.read(tasks("b"), callOf())).rejects.toThrow("closed");
  });
});
