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

it("keeps what calls print apart from the answer and from each other", () => {
  const queue = new DeltaQueue();
  const place = { taskId: "a", turn: 1 };
  queue.add({ ...place, text: "answer" });
  queue.add({ ...place, text: "x", call: 0 });
  queue.add({ ...place, text: "y", call: 0 });
  queue.add({ ...place, text: "z", call: 1 });
  expect(queue.take()).toEqual([
    { ...place, text: "answer" },
    { ...place, text: "xy", call: 0 },
    { ...place, text: "z", call: 1 },
  ]);
});
