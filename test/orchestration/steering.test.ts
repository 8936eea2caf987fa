import { describe, expect, it } from "vitest";
import { requireOpenTask, steeringFor } from "../../daemon/orchestration/steering.ts";
import type { RunState, TaskState } from "../../protocol/index.ts";

const task = (id: string, more: Partial<TaskState> = {}): TaskState => ({
  ...{ id, title: id, agent: "coder", status: "working", dependsOn: [], files: [], steps: 0, toolCalls: 0, costUsd: 0 },
  ...{ evidence: null, summary: "", startedAt: null, finishedAt: null, life: "working" as const },
  ...more,
});
const prompts = (forTask?: string): RunState["pendingPrompts"] => [
  { promptId: "p", text: "Stop.", delivery: "steer", ...(forTask === undefined ? {} : { forTask }) },
  { promptId: "q", text: "Later.", delivery: "queue" },
];

describe("what a person says into a run", () => {
  const readers = (tasks: TaskState[], forTask?: string) =>
    tasks
      .filter(({ id }) => steeringFor({ tasks, pendingPrompts: prompts(forTask) }, id).length > 0)
      .map(({ id }) => id);

  it("is read by the task that it names and no other, until that one has ended", () => {
    const [a, b] = [task("a"), task("b")];
    expect(readers([a, b], "b")).toEqual(["b"]);
    expect(readers([a, task("b", { status: "done" })], "b")).toEqual(["a"]);
  });

  it("is else for the first task of the plan of which an agent is at work, or for what that one handed on", () => {
    const child = task("a.1.0", { parent: "a" });
    expect(readers([task("a"), task("b")])).toEqual(["a"]);
    expect(readers([task("a", { life: "waiting" }), task("b"), child])).toEqual(["a", "a.1.0"]);
    expect(readers([task("a", { life: "paused" }), task("b")])).toEqual(["b"]);
    expect(readers([task("a", { life: "waiting" }), task("b", { life: "paused" })])).toEqual(["a"]);
    expect(readers([task("a", { status: "done" }), task("b")])).toEqual(["b"]);
  });

  it("cannot name a task that there is not, or that has ended", () => {
    const tasks = [task("a", { status: "skipped" })];
    expect(() => requireOpenTask({ tasks }, "x")).toThrow(
      expect.objectContaining({ value: expect.objectContaining({ code: "task.unknown" }) }),
    );
    expect(() => requireOpenTask({ tasks }, "a")).toThrow(
      expect.objectContaining({ value: expect.objectContaining({ code: "task.ended" }) }),
    );
  });
});
