import { describe, expect, it } from "vitest";
import { chooseTasks, type Situation } from "../../../daemon/orchestration/team/choose.ts";
import type { Lease, Plan, PlanTask, TaskState } from "../../../protocol/index.ts";
import { task } from "./fixture.ts";

const planTask = (id: string, more: Partial<PlanTask> = {}): PlanTask => ({ ...task(id), acceptance: null, ...more });

const stateOf = (id: string, more: Partial<TaskState> = {}): TaskState => ({
  ...{ id, title: id, agent: "coder", status: "waiting", dependsOn: [], files: [], steps: 0, toolCalls: 0, costUsd: 0 },
  ...{ evidence: null, summary: "", startedAt: null, finishedAt: null },
  ...more,
});

const place = (kind: "run" | "copy") => ({ kind, folder: "/c", startCommit: "1" });

function choose(tasks: PlanTask[], more: Partial<Situation> & { states?: TaskState[] } = {}) {
  const plan: Plan = { summary: "s", tasks };
  const { states = [], ...rest } = more;
  const known = tasks.map(({ id }) => states.find((state) => state.id === id) ?? stateOf(id));
  const leases = new Map(tasks.map(({ id, files }) => [id, files.map((name): Lease => ({ on: "file", name }))]));
  const own = { working: new Set<string>(), ended: new Set<string>(), limit: 4 };
  const { start, held, allowed, skip, paused } = chooseTasks({ plan, tasks: known, leases, ...own, ...rest });
  return {
    start: start.map((one) => `${one.task.id}:${one.kind}`),
    held: held.map((one) => `${one.task.id} behind ${one.behind}`),
    allowed: allowed.map((one) => [...one.tasks, one.decision].join(" ")),
    skip: skip.map((one) => one.task.id),
    paused,
  };
}

describe("which tasks start", () => {
  it("is one alone in the run's copy, several in copies of their own, and no more than the limit", () => {
    expect(choose([planTask("a"), planTask("b", { dependsOn: ["a"] })]).start).toEqual(["a:run"]);
    expect(choose([planTask("a"), planTask("b"), planTask("c")], { limit: 2 }).start).toEqual(["a:copy", "b:copy"]);
    const working = new Set(["a"]);
    expect(choose([planTask("a"), planTask("b")], { working }).start).toEqual(["b:copy"]);
  });

  it("is none beside one that works in the run's own copy", () => {
    const states = [stateOf("a", { status: "working", place: place("run") })];
    expect(choose([planTask("a"), planTask("b")], { states, working: new Set(["a"]) }).start).toEqual([]);
    expect(choose([planTask("a"), planTask("b")], { states }).start).toEqual(["a:run"]);
  });

  it("is none after one failed in the run's own copy, until somebody resumes the run", () => {
    const states = [stateOf("a", { status: "failed", place: place("run") })];
    expect(choose([planTask("a"), planTask("b")], { states, ended: new Set(["a"]) }).start).toEqual([]);
    expect(choose([planTask("a"), planTask("b")], { states }).start).toEqual(["a:run"]);
  });

  it("goes on first with what was at work before a restart, in its own copy", () => {
    const states = [stateOf("b", { status: "working", place: place("copy") })];
    const both = [planTask("a", { files: ["x"] }), planTask("b", { files: ["x"] })];
    expect(choose(both, { states })).toMatchObject({ start: ["b:copy"], held: ["a behind b"] });
  });

  it("lets two be in one file where each has symbols of its own there, and says so", () => {
    const both = [planTask("a", { files: ["x"], symbols: ["f"] }), planTask("b", { files: ["x"], symbols: ["g"] })];
    const symbolsIn = (id: string) => (id === "a" ? ["f"] : ["g"]);
    expect(choose(both, { symbolsIn })).toMatchObject({
      start: ["a:copy", "b:copy"],
      held: [],
      allowed: ["a b allowed"],
    });
    expect(choose(both)).toMatchObject({ start: ["a:run"], held: ["b behind a"], allowed: [] });
  });

  it("leaves those out that would meet one at work or one that starts, wherever they stand", () => {
    const tasks = [planTask("a", { files: ["src/*.ts"] }), planTask("b", { files: ["src/b.ts"] }), planTask("c")];
    expect(choose(tasks)).toMatchObject({ start: ["a:copy", "c:copy"], held: ["b behind a"] });
  });

  it("leaves out what is paused, and skips what is cancelled and what needs it", () => {
    const control = (action: "pause" | "cancel") => ({ control: { action, by: "Anna", at: "", number: 1 } });
    const tasks = [planTask("a"), planTask("b"), planTask("c", { dependsOn: ["a"] })];
    expect(choose(tasks, { states: [stateOf("a", control("pause"))] })).toMatchObject({
      start: ["b:run"],
      paused: true,
    });
    expect(choose(tasks, { states: [stateOf("a", control("cancel"))] })).toMatchObject({
      start: ["b:run"],
      skip: ["a"],
    });
    expect(choose(tasks, { states: [stateOf("a", { status: "skipped" })] })).toMatchObject({ skip: ["c"] });
  });
});
