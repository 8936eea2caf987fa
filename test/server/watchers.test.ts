/** What the watchers of a run are told, and what it costs. */
import { expect, it } from "vitest";
import { nextTurn } from "../../daemon/host/clock.ts";
import type { SharedLines } from "../../daemon/host/lines.ts";
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
