import { expect, it } from "vitest";
import { DeltaQueue } from "../../../extension/panel/delta-queue.ts";

it("joins neighbours of the same turn and keeps the order of others", () => {
  const queue = new DeltaQueue();
  queue.add({ taskId: "a", turn: 1, text: "x" });
  queue.add({ taskId: "a", turn: 1, text: "y" });
  queue.add({ taskId: "b", turn: 1, text: "z" });
  queue.add({ taskId: "a", turn: 1, text: "w" });
  expect(queue.take()).toEqual([
    { taskId: "a", turn: 1, text: "xy" },
    { taskId: "b", turn: 1, text: "z" },
    { taskId: "a", turn: 1, text: "w" },
  ]);
  expect(queue.take()).toEqual([]);
});
