import { describe, expect, it } from "vitest";
import { nextTask, type Plan, type PlanTask, planProblems } from "../../protocol/index.ts";

function task(id: string, dependsOn: string[] = [], more: Partial<PlanTask> = {}): PlanTask {
  return { id, title: id, goal: id, agent: "coder", files: [], acceptance: null, dependsOn, ...more };
}

function plan(...tasks: PlanTask[]): Plan {
  return { summary: "a plan", tasks };
}

describe("planProblems", () => {
  it.each<[string, Plan, RegExp]>([
    ["a cycle", plan(task("a", ["b"]), task("b", ["c"]), task("c", ["a"])), /cycle: a → b → c → a/],
    ["a task that waits for itself", plan(task("a", ["a"])), /cycle: a → a/],
    ["an unknown dependency", plan(task("a", ["z"])), /depends on "z"/],
    ["an unknown agent", plan(task("a", [], { agent: "wizard" })), /unknown agent "wizard" \(known: coder\)/],
    ["two tasks of one id", plan(task("a"), task("a")), /same id/],
    ["a file outside", plan(task("a", [], { files: ["../secret"] })), /not relative/],
    ["an absolute file", plan(task("a", [], { files: ["/etc/passwd"] })), /not relative/],
    ["a drive", plan(task("a", [], { files: ["C:\\x"] })), /not relative/],
  ])("finds %s", (_, broken, expected) => {
    expect(planProblems(broken, ["coder"]).join("\n")).toMatch(expected);
  });

  it("finds nothing wrong with a diamond", () => {
    const diamond = plan(task("a"), task("b", ["a"]), task("c", ["a"]), task("d", ["b", "c"]));
    expect(planProblems(diamond, ["coder"])).toEqual([]);
  });
});

describe("nextTask", () => {
  it("follows dependencies, not the order of the list", () => {
    const reversed = plan(task("last", ["first"]), task("first"));
    expect(nextTask(reversed, new Set(), new Set())?.id).toBe("first");
    expect(nextTask(reversed, new Set(["first"]), new Set(["first"]))?.id).toBe("last");
    expect(nextTask(reversed, new Set(["first", "last"]), new Set(["first", "last"]))).toBeUndefined();
  });

  it("offers nothing that waits for a failed task", () => {
    const chain = plan(task("a"), task("b", ["a"]));
    expect(nextTask(chain, new Set(), new Set(["a"]))).toBeUndefined();
  });
});
