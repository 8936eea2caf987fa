/** What the watchers of a run are told, and what it costs. */
import { expect, it, vi } from "vitest";
import { nextTurn } from "../../daemon/host/clock.ts";
import type { SharedLines } from "../../daemon/host/lines.ts";
import { createWatch } from "../../daemon/server/rpc/watch.ts";
import { createWatchers } from "../../daemon/server/rpc/watchers.ts";
import type { RunEvent } from "../../protocol/index.ts";
import { notice } from "../support/fake-run-service.ts";

const event = (seq: number, message = "m", runId = "r"): RunEvent => ({ runId, seq, at: "", body: notice(message) });
const delta = (text: string) => ({ runId: "r", taskId: "t", turn: 1, text });

/** What a watcher is told, piece by piece: numbers of events, or “delta”. */
function watcher(shared: SharedLines[] = []) {
  const told: (readonly number[] | "delta")[] = [];
  return {
    told,
    shared,
    onEvents(events: readonly RunEvent[], lines: SharedLines) {
      told.push(events.map(({ seq }) => seq));
      shared.push(lines);
    },
    onDelta: () => void told.push("delta"),
  };
}

it("tells what happens in one turn in one piece, the same for all watchers of the run", async () => {
  const watchers = createWatchers();
  const [first, second, other] = [watcher(), watcher(), watcher()];
  for (const each of [first, second]) watchers.add("r", each);
  watchers.add("s", other);
  for (const seq of [1, 2, 3]) watchers.onEvent(event(seq));
  expect(first.told).toEqual([]);
  await nextTurn();
  expect([first.told, second.told, other.told]).toEqual([[[1, 2, 3]], [[1, 2, 3]], []]);
  expect(second.shared[0]).toBe(first.shared[0]);
  expect(first.shared[0]?.bytes()).toBe(second.shared[0]?.bytes());
  expect(first.shared[0]?.lines.map((line) => JSON.parse(line).params.event.seq)).toEqual([1, 2, 3]);
});

it("keeps events and deltas in their order", async () => {
  const watchers = createWatchers();
  const one = watcher();
  watchers.add("r", one);
  watchers.onEvent(event(1));
  watchers.onDelta(delta("a"));
  watchers.onEvent(event(2));
  watchers.onEvent(event(3));
  await nextTurn();
  expect(one.told).toEqual([[1], "delta", [2, 3]]);
});

it("does not let much wait for the end of the turn, and tells who has left nothing", async () => {
  const watchers = createWatchers();
  const [one, gone] = [watcher(), watcher()];
  watchers.add("r", one);
  const leave = watchers.add("r", gone);
  watchers.onEvent(event(1, "x".repeat(70_000)));
  expect(one.told).toEqual([[1]]);
  watchers.onEvent(event(2));
  leave();
  await nextTurn();
  expect([one.told, gone.told]).toEqual([[[1], [2]], [[1]]]);
});

it("remembers what it told, from any number on, within a limit", async () => {
  const watchers = createWatchers();
  const leave = watchers.add("r", watcher());
  const numbers = (after: number) => {
    const recent = watchers.recent("r", after);
    return recent?.shared.lines.map((line) => JSON.parse(line).params.event.seq);
  };
  for (const seq of [5, 6, 7]) watchers.onEvent(event(seq));
  await nextTurn();
  watchers.onEvent(event(8));
  await nextTurn();
  expect([3, 4, 5, 6, 7, 8].map(numbers)).toEqual([undefined, [5, 6, 7], [6, 7], [7], [8], undefined]);
  for (let seq = 9; seq < 60; seq += 1) watchers.onEvent(event(seq, "x".repeat(70_000)));
  expect([8, 20].map(numbers)).toEqual([undefined, undefined]);
  expect(numbers(58)).toEqual([59]);
  // A number is missing: nothing before it is of use any more.
  watchers.onEvent(event(61, "x".repeat(70_000)));
  expect([numbers(58), numbers(60)]).toEqual([undefined, [61]]);
  leave();
  expect(numbers(60)).toBeUndefined();
});

it("reads the log for who begins, and memory for who fell behind", async () => {
  const watchers = createWatchers();
  const log = Array.from({ length: 30 }, (_, index) => event(index + 1));
  const told: number[] = [];
  const reads: number[] = [];
  let isFull = false;
  const watch = createWatch({
    after: 0,
    send: ({ seq }) => told.push(seq),
    sendShared: ({ lines }) => told.push(...lines.map((line) => JSON.parse(line).params.event.seq)),
    isCongested: () => isFull,
    recent: (after) => watchers.recent("r", after),
    async read(after) {
      reads.push(after);
      return log.slice(after, Math.min(after + 5, 10));
    },
    onFailure(error) {
      throw error;
    },
  });
  watchers.add("r", { onEvents: watch.onEvents, onDelta: () => undefined });
  await vi.waitFor(() => expect(reads).toEqual([0, 5, 10]));
  const tell = async (from: number, to: number) => {
    for (const each of log.slice(from - 1, to)) watchers.onEvent(each);
    await nextTurn();
  };
  await tell(11, 15);
  watch.onDrain();
  isFull = true;
  await tell(16, 20);
  await tell(21, 25);
  expect(told.at(-1)).toBe(15);
  isFull = false;
  watch.onDrain();
  await tell(26, 30);
  expect(told).toEqual(log.map(({ seq }) => seq));
  expect(reads).toEqual([0, 5, 10]);
});
