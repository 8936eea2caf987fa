import { expect, it } from "vitest";
import { createChangeQueue, type SourceChanges } from "../../../daemon/memory/sources/change-queue.ts";
import { createManualClock } from "../../support/manual-clock.ts";

type Answer = boolean | "reject" | Promise<boolean>;

function setUp(answers: Answer[] = []) {
  const clock = createManualClock();
  const told: SourceChanges[] = [];
  const queue = createChangeQueue({
    clock,
    apply: async (changes) => {
      told.push(changes);
      const answer = answers.shift() ?? false;
      if (answer === "reject") throw new Error("cannot");
      return answer;
    },
  });
  /** Lets what was started go on, then moves the time. */
  const pass = async (milliseconds: number) => {
    clock.advance(milliseconds);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return { clock, queue, told, pass, start: clock.now() };
}

const paths = (...list: string[]) => ({ kind: "paths", paths: list });
const everything = (reason: string) => ({ kind: "everything", reason });

it("tells a save soon, once, and looks for itself when things are quiet", async () => {
  const { queue, told, pass, start } = setUp([true, false]);
  queue.paths(["b", "a"]);
  queue.paths(["b"]);
  expect(queue.staleness()).toEqual({ pending: 2, since: start });
  await pass(9);
  expect(told).toEqual([]);
  await pass(1);
  expect(told).toEqual([paths("a", "b")]);
  expect(queue.staleness()).toEqual({ pending: 0, since: null });
  await pass(3_000);
  await pass(200);
  expect(told).toEqual([paths("a", "b"), everything("verify")]);
  await pass(1_000_000);
  expect(told).toHaveLength(2);
});

it("does not wait for ever while changes go on", async () => {
  const { queue, told, pass } = setUp();
  for (let count = 0; count < 15; count++) {
    queue.paths([`${count}`]);
    await pass(9);
  }
  expect(told[0]?.kind).toBe("paths");
});

it("ends a storm with a look at everything, and one more while that finds something", async () => {
  const { queue, told, pass } = setUp([true, true, false]);
  for (let count = 0; count < 100_000; count += 500)
    queue.paths(Array.from({ length: 500 }, (_, index) => `file-${count + index}`));
  expect(queue.staleness().pending).toBe("many");
  await pass(199);
  expect(told).toEqual([]);
  await pass(1);
  for (const milliseconds of [3_000, 200, 3_000, 200, 1_000_000]) await pass(milliseconds);
  expect(told).toEqual([everything("too_many"), everything("verify"), everything("verify")]);
});

it("applies one portion at a time and keeps what comes meanwhile", async () => {
  const first = Promise.withResolvers<boolean>();
  const { queue, told, pass, start } = setUp([first.promise]);
  queue.paths(["a"]);
  await pass(10);
  queue.paths(["b", "c"]);
  await pass(500);
  expect(told).toEqual([paths("a")]);
  expect(queue.staleness()).toEqual({ pending: 3, since: start });
  first.resolve(true);
  await pass(0);
  expect(queue.staleness()).toEqual({ pending: 2, since: start + 10 });
  await pass(500);
  expect(told).toEqual([paths("a"), paths("b", "c")]);
});

it("rests as long as the last portion took", async () => {
  const first = Promise.withResolvers<boolean>();
  const { queue, told, pass } = setUp([first.promise]);
  queue.paths(["a"]);
  await pass(10);
  queue.paths(["b"]);
  await pass(400);
  first.resolve(true);
  await pass(0);
  await pass(399);
  expect(told).toHaveLength(1);
  await pass(1);
  expect(told).toEqual([paths("a"), paths("b")]);
});

it("looks at everything after a failure, later each time, without losing since when", async () => {
  const { queue, told, pass, start } = setUp(["reject", "reject", "reject", true]);
  queue.paths(["a"]);
  await pass(10);
  expect(queue.staleness()).toEqual({ pending: "many", since: start });
  for (const [milliseconds, calls] of [
    [999, 1],
    [1, 2],
    [1_999, 2],
    [1, 3],
    [3_999, 3],
    [1, 4],
  ] as const) {
    await pass(milliseconds);
    expect(told).toHaveLength(calls);
  }
  expect(told.slice(1)).toEqual([everything("retry"), everything("retry"), everything("retry")]);
  expect(queue.staleness()).toEqual({ pending: 0, since: null });
});

it("polls more and more seldom while nothing changes, and often again when something does", async () => {
  const { queue, told, pass, clock } = setUp([false, false, false, true, false]);
  queue.poll();
  queue.everything("watcher_failed");
  const times: number[] = [];
  for (let step = 0; step < 320; step++) {
    const before = told.length;
    await pass(100);
    if (told.length > before) times.push(clock.now());
  }
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(gaps.slice(0, 4)).toEqual([4_200, 8_200, 16_200, 2_200]);
  expect(told.slice(1).every((changes) => changes.kind === "everything" && changes.reason === "poll")).toBe(true);
});

it("tells nothing after its end, and waits for what runs", async () => {
  const first = Promise.withResolvers<boolean>();
  const { queue, told, pass, clock } = setUp([first.promise]);
  queue.paths(["a"]);
  await pass(10);
  let isClosed = false;
  const closed = queue.close().then(() => {
    isClosed = true;
  });
  await pass(1000);
  expect(isClosed).toBe(false);
  first.resolve(true);
  await closed;
  queue.paths(["b"]);
  queue.everything("poll");
  await pass(1_000_000);
  expect(told).toHaveLength(1);
  expect(clock.pendingTimers).toBe(0);
});
