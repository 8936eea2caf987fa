import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PlanDraft, planOf } from "../../daemon/planning/draft.ts";
import { dependenciesOf, type Plan, planProblems } from "../../protocol/index.ts";
import { plan, task, wildPlan } from "./plans.ts";

const fact = (name: string, final?: boolean) => ({ name, kind: "fact" as const, ...(final && { final }) });

describe("what makes a plan unusable", () => {
  it.each<[string, Plan, RegExp]>([
    [
      "a cycle through inputs and outputs",
      plan(task("a", { inputs: ["y"], outputs: [fact("x")] }), task("b", { inputs: ["x"], outputs: [fact("y")] })),
      /cycle: a → b → a/,
    ],
    ["an input that nobody makes", plan(task("a", { inputs: ["schema"] })), /a: needs "schema", which no task makes/],
    ["an output for nobody", plan(task("a", { outputs: [fact("x")] })), /no task takes its output "x"; mark it final/],
    [
      "an output made twice",
      plan(task("a", { outputs: [fact("x", true)] }), task("b", { outputs: [fact("x", true)] })),
      /"x" is made twice: by a and by b/,
    ],
    ["an unknown milestone", plan(task("a", { milestone: "m" })), /milestone "m" is not in the plan/],
    [
      "two milestones of one id",
      { ...plan(task("a")), milestones: [1, 2].map((n) => ({ id: "m", title: `${n}`, outcome: "o" })) },
      /two milestones have the same id/,
    ],
    ["an unknown reviewer", plan(task("a", { review: { by: "nobody", rounds: 1 } })), /unknown reviewer "nobody"/],
    [
      "an output outside",
      plan(task("a", { outputs: [{ name: "x", kind: "file", path: "../x", final: true }] })),
      /"..\/x" is not relative/,
    ],
  ])("is %s", (_, broken, expected) => {
    expect(planProblems(broken, ["coder"]).join("\n")).toMatch(expected);
  });

  it("is not an agent that is still to be found by bidding", () => {
    expect(planProblems(plan(task("a", { agent: "any" })), ["coder"])).toEqual([]);
  });

  it("is what a naive look finds, in any plan", () => {
    fc.assert(
      fc.property(wildPlan, (wild) => {
        expect(planProblems(wild, ["coder"]).length === 0).toBe(isSound(wild));
      }),
      { numRuns: 2000 },
    );
  });
});

/** Written anew, without the code under test. */
function isSound({ tasks, milestones = [] }: Plan): boolean {
  const made = tasks.flatMap(({ outputs = [] }) => outputs.map(({ name }) => name));
  const needed = tasks.flatMap(({ inputs = [] }) => inputs);
  if (new Set(tasks.map(({ id }) => id)).size !== tasks.length || new Set(made).size !== made.length) return false;
  if (needed.some((name) => !made.includes(name))) return false;
  if (tasks.some(({ agent }) => agent === "wizard")) return false;
  if (tasks.some(({ files }) => files.some((file) => file.startsWith("/") || file.startsWith("..")))) return false;
  if (tasks.some(({ milestone }) => milestone !== undefined && !milestones.some(({ id }) => id === milestone)))
    return false;
  if (tasks.some(({ outputs = [] }) => outputs.some(({ name, final }) => final !== true && !needed.includes(name))))
    return false;
  const waits = (id: string) => {
    const own = tasks.find((other) => other.id === id);
    const makers = (own?.inputs ?? []).map((input) =>
      tasks.find(({ outputs = [] }) => outputs.some(({ name }) => name === input)),
    );
    return [...(own?.dependsOn ?? []), ...makers.flatMap((maker) => maker?.id ?? [])];
  };
  // All can be done, one after the other, exactly when there is no cycle and nothing is missing.
  const done = new Set<string>();
  for (let round = 0; round <= tasks.length; round++)
    for (const { id } of tasks) if (waits(id).every((other) => done.has(other))) done.add(id);
  return done.size === tasks.length;
}

describe("a draft", () => {
  const write = (draft: unknown) => planOf(PlanDraft.parse(draft));

  it("makes a task wait for the makers of what it needs", () => {
    const made = write(plan(task("b", { inputs: ["x"] }), task("a", { outputs: [fact("x")] })));
    expect(made.tasks[0]?.dependsOn).toEqual(["a"]);
    expect(dependenciesOf(made).get("b")).toEqual(["a"]);
  });

  it("wants for itself what the last tasks make, and only that", () => {
    const made = write(
      plan(task("a", { outputs: [fact("x")] }), task("b", { dependsOn: ["a"], outputs: [fact("y")] })),
    );
    expect(made.tasks.map(({ outputs }) => outputs?.[0]?.final)).toEqual([undefined, true]);
    expect(planProblems(made, ["coder"]).join()).toMatch(/no task takes its output "x"/);
  });

  it("calls the planner's own figures the planner's, whatever it says they rest on", () => {
    const estimate = { tokens: 5000, minutes: 3, usd: 1, basis: "history", samples: 900 };
    const made = write({ summary: "s", tasks: [{ ...task("a"), estimate }] });
    expect(made.tasks[0]?.estimate).toEqual({ tokens: 5000, minutes: 3, usd: 1, basis: "model" });
  });

  it.each([
    ["a text of 10 MB", { ...plan(task("a", { goal: "x".repeat(10_000_000) })) }],
    ["an agent's name of 10 MB", plan(task("a", { agent: "x".repeat(10_000_000) }))],
    ["a dependency of 10 MB", plan(task("a", { dependsOn: ["x".repeat(10_000_000)] }))],
    ["a hundred tasks", plan(...Array.from({ length: 100 }, (_, n) => task(`t${n}`)))],
    ["an id with a path in it", plan(task("../../etc"))],
    ["figures below nothing", { summary: "s", tasks: [{ ...task("a"), estimate: { tokens: -1, minutes: -1 } }] }],
  ])("is refused with few words: %s", (_, nonsense) => {
    const parsed = PlanDraft.safeParse(nonsense);
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues).length).toBeLessThan(2000);
  });
});
