import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { begunTasks, replaceWaiting, revisePlan } from "../../daemon/planning/revise.ts";
import type { Plan, PlanTask, TaskStatus } from "../../protocol/index.ts";
import { plan, progressFor, soundPlan, task } from "./plans.ts";

const AGENTS = ["coder"];
const progress = (...statuses: [string, TaskStatus][]) => new Map(statuses);
const BEFORE = plan(task("a"), task("b", { dependsOn: ["a"] }), task("c", { dependsOn: ["b"] }));

function problemsOf(wanted: Plan, ...statuses: [string, TaskStatus][]): string {
  const revised = revisePlan(BEFORE, wanted, progress(...statuses), AGENTS);
  return revised.ok ? "" : revised.problems.join("\n");
}

describe("a revision", () => {
  it("tells what is added, removed and changed, in words", () => {
    const wanted = plan(
      task("a"),
      task("b", { dependsOn: ["a"], title: "Do it well" }),
      task("d", { files: ["x.ts"] }),
    );
    const revised = revisePlan(BEFORE, wanted, progress(["a", "done"]), AGENTS);
    expect(revised).toMatchObject({
      ok: true,
      change: {
        added: ["d"],
        removed: ["c"],
        changed: [{ id: "b", field: "title", before: "Do b", after: "Do it well" }],
      },
    });
  });

  it.each<[string, RegExp]>([
    [problemsOf(plan(task("b"), task("c")), ["a", "done"]), /a is done and must stay/],
    [problemsOf(plan(task("a", { goal: "Other." }), task("b")), ["a", "working"]), /a is at work, so nothing/],
    [problemsOf(plan(task("a", { goal: "Other." })), ["a", "failed"]), /failed; what takes its place needs an id/],
    [
      problemsOf(plan(task("b", { dependsOn: ["a"] }), task("a")), ["a", "failed"]),
      /depends on "a", which was not done/,
    ],
    [problemsOf(plan(task("repair-1")), ["repair-1", "done"]), /its id was used by a task of this run/],
    [problemsOf(plan(task("x", { dependsOn: ["y"] }), task("y", { dependsOn: ["x"] }))), /cycle/],
    [problemsOf(plan(task("x", { agent: "wizard" }))), /unknown agent "wizard"/],
  ])("says what cannot be: %s", (problems, expected) => {
    expect(problems).toMatch(expected);
  });

  it("lets a failed task go, and what waited for it wait for another", () => {
    const wanted = replaceWaiting(BEFORE, [task("a2"), task("b", { dependsOn: ["a2"] })], progress(["a", "failed"]));
    const revised = revisePlan(BEFORE, wanted, progress(["a", "failed"]), AGENTS);
    expect(revised).toMatchObject({ ok: true, change: { added: ["a2"], removed: ["a", "c"] } });
  });

  it("keeps what a done task hands on, though nobody takes it any more", () => {
    const maker = task("a", { outputs: [{ name: "x", kind: "fact" }] });
    const before = plan(maker, task("b", { dependsOn: ["a"], inputs: ["x"] }));
    const revised = revisePlan(before, plan(maker, task("c")), progress(["a", "done"]), AGENTS);
    expect(revised).toMatchObject({ ok: true, plan: { tasks: [maker, task("c")] } });
  });

  it("never touches a task that began, and is sound whenever it is accepted", () => {
    const scene = fc
      .tuple(soundPlan, soundPlan)
      .chain(([before, wanted]) =>
        fc.tuple(fc.constant(before), fc.constant(wanted), progressFor(before.tasks), fc.boolean()),
      );
    let accepted = 0;
    fc.assert(
      fc.property(scene, ([before, wild, status, isReplan]) => {
        const fresh = wild.tasks.map((one) => ({ ...one, goal: "Something else." }));
        const wanted = isReplan ? replaceWaiting(before, renamed(fresh), status) : { ...wild, tasks: fresh };
        const revised = revisePlan(before, wanted, status, AGENTS);
        if (!revised.ok) return;
        accepted++;
        for (const id of begunTasks(status)) {
          const kept = revised.plan.tasks.find((one) => one.id === id);
          const own = before.tasks.find((one) => one.id === id);
          if (["done", "working"].includes(status.get(id) ?? "")) expect(kept).toEqual(own);
          else if (kept !== undefined) expect(kept).toEqual(own);
        }
        for (const { dependsOn } of revised.plan.tasks)
          expect(dependsOn.every((id) => revised.plan.tasks.some((one) => one.id === id))).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});

function renamed(tasks: readonly PlanTask[]): PlanTask[] {
  return tasks.map((one) => ({ ...one, id: `new-${one.id}`, dependsOn: one.dependsOn.map((id) => `new-${id}`) }));
}
