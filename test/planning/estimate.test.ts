import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocate } from "../../daemon/planning/allocation.ts";
import { estimatePlan, minutesTogether, widthOf } from "../../daemon/planning/estimate.ts";
import { trackRecord } from "../../daemon/planning/history.ts";
import type { Estimate, Plan, TaskOutcome } from "../../protocol/index.ts";
import { outcome, plan, soundPlan, task } from "./plans.ts";

const took = (tokens: number, minutes = 1, more: Partial<TaskOutcome> = {}) =>
  outcome({ actual: { tokens, usd: tokens / 1_000_000, minutes }, ...more });
const ground = (outcomes: TaskOutcome[] = [], concurrency = 2) => ({
  outcomes,
  concurrency,
  usdPerToken: (): number | undefined => 1 / 1_000_000,
});
const estimated = (minutes: Record<string, number>, base: Plan) =>
  base.tasks.map((one) => {
    const estimate: Estimate = { tokens: 1, usd: 0, minutes: minutes[one.id] ?? 1, basis: "default" };
    return { ...one, estimate };
  });

describe("an estimate", () => {
  it("is the median of tasks alike, with the spread of their middle half", () => {
    const outcomes = [took(100_000, 4), took(80_000, 2), took(400_000, 30), took(120_000, 6), took(90_000, 3)];
    const [first] = estimatePlan(plan(task("a", { difficulty: "medium", files: ["x.ts"] })), ground(outcomes)).tasks;
    expect(first?.estimate).toEqual({
      tokens: 100_000,
      usd: 0.1,
      minutes: 4,
      basis: "history",
      samples: 5,
      spread: { low: 0.9, high: 1.2 },
    });
  });

  it("does not count what failed, what others did, or a single one", () => {
    const outcomes = [
      took(1, 1, { outcome: "failed" }),
      took(1, 1, { agent: "backend", difficulty: "high" }),
      took(1),
      took(1),
    ];
    const [first] = estimatePlan(plan(task("a", { difficulty: "medium" })), ground(outcomes)).tasks;
    expect(first?.estimate?.basis).toBe("default");
  });

  it("is the planner's where there is no history, a milestone's shared out by difficulty", () => {
    const milestone = { id: "m", title: "M", outcome: "o" };
    const guess: Estimate = { tokens: 350_000, usd: null, minutes: 14, basis: "model" };
    const tasks = [
      task("a", { milestone: "m", difficulty: "medium" }),
      task("b", { milestone: "m", difficulty: "high" }),
    ];
    const made = estimatePlan({ ...plan(...tasks), milestones: [{ ...milestone, estimate: guess }] }, ground());
    expect(made.tasks.map(({ estimate }) => [estimate?.tokens, estimate?.basis])).toEqual([
      [100_000, "model"],
      [250_000, "model"],
    ]);
    expect(made.milestones?.[0]?.estimate).toMatchObject({ tokens: 350_000, usd: 0.35, basis: "model" });
    expect(made.estimate).toMatchObject({ tokens: 350_000, usd: 0.35 });
  });

  it("has no price where the model has none", () => {
    const made = estimatePlan(plan(task("a")), { ...ground(), usdPerToken: () => undefined });
    expect([made.estimate?.usd, made.tasks[0]?.estimate?.usd]).toEqual([null, null]);
  });

  it("adds up: tokens and money over all, minutes between the longest chain and one after the other", () => {
    fc.assert(
      fc.property(soundPlan, fc.integer({ min: 1, max: 4 }), (sound, concurrency) => {
        const made = estimatePlan(sound, ground([], concurrency));
        const all = made.tasks.flatMap(({ estimate }) => estimate ?? []);
        const sum = (of: (estimate: Estimate) => number) => all.reduce((total, one) => total + of(one), 0);
        expect(made.estimate?.tokens).toBe(sum(({ tokens }) => tokens));
        expect(made.estimate?.usd).toBeCloseTo(
          sum(({ usd }) => usd ?? 0),
          3,
        );
        const minutes = made.estimate?.minutes ?? 0;
        expect(minutes).toBeLessThanOrEqual(sum((one) => one.minutes) + 0.05);
        expect(minutes).toBeGreaterThanOrEqual(longestChain(made) - 0.05);
        expect(minutes).toBeGreaterThanOrEqual(sum((one) => one.minutes) / concurrency - 0.05);
      }),
      { numRuns: 500 },
    );
  });

  it("takes side by side what may be, and no more at a time than there are places", () => {
    const fork = plan(task("a"), task("b", { dependsOn: ["a"] }), task("c", { dependsOn: ["a"] }), task("d"));
    const minutes = { a: 2, b: 3, c: 5, d: 4 };
    expect(minutesTogether(estimated(minutes, fork), 1)).toBe(14);
    expect(minutesTogether(estimated(minutes, fork), 2)).toBe(9);
    expect(minutesTogether(estimated(minutes, fork), 3)).toBe(7);
    expect(widthOf(fork)).toBe(2);
  });
});

function longestChain({ tasks }: Plan): number {
  const ends = new Map<string, number>();
  for (const { id, dependsOn, estimate } of tasks)
    ends.set(id, Math.max(0, ...dependsOn.map((other) => ends.get(other) ?? 0)) + (estimate?.minutes ?? 0));
  return Math.max(...ends.values());
}

describe("an allocation", () => {
  const models = { low: "small", high: "large" };
  const given = (base: Plan, more: Partial<Parameters<typeof allocate>[1]> = {}) =>
    allocate(base, { ...ground([], 4), models, runModel: "usual", begun: new Set(), ...more });
  const modelsOf = ({ tasks }: Plan) => tasks.map(({ model }) => model);
  const LEVELS = plan(task("a", { difficulty: "low" }), task("b"), task("c", { difficulty: "high" }));

  it("gives each difficulty its model, and says nothing where that is the run's own", () => {
    expect(modelsOf(given(LEVELS))).toEqual(["small", undefined, "large"]);
    expect(modelsOf(given(LEVELS, { models: {} }))).toEqual([undefined, undefined, undefined]);
  });

  it("takes a stronger one where a model failed too often, a weaker one where it is known to manage", () => {
    const failed = Array.from({ length: 5 }, () => outcome({ model: "small", difficulty: "low", outcome: "failed" }));
    expect(modelsOf(given(LEVELS, { outcomes: failed }))).toEqual([undefined, undefined, "large"]);
    const managed = Array.from({ length: 8 }, () => outcome({ model: "small", difficulty: "medium" }));
    expect(modelsOf(given(LEVELS, { outcomes: managed }))).toEqual(["small", "small", "large"]);
  });

  it("lets a planner choose among the allowed models only", () => {
    const chosen = plan(task("a", { model: "large" }), task("b", { model: "dearest-of-all" }));
    expect(modelsOf(given(chosen))).toEqual(["large", undefined]);
  });

  it("caps no task by its estimate: only what a person or the plan wrote is a limit", () => {
    const tasks = given(plan(task("a", { difficulty: "low" }), task("b", { budgetUsd: 0.5 }))).tasks;
    expect(tasks.map(({ budgetUsd }) => budgetUsd)).toEqual([undefined, 0.5]);
  });

  it("leaves what tasks that began were given", () => {
    const begun = task("a", { budgetUsd: 3, deadlineMinutes: 7, model: "gone" });
    expect(given(plan(begun, task("b")), { begun: new Set(["a"]) }).tasks[0]).toEqual(begun);
  });

  it("has a deadline for every task, longer for longer ones", () => {
    const deadlines = given(LEVELS).tasks.map(({ deadlineMinutes = 0 }) => deadlineMinutes);
    expect(deadlines[0]).toBe(30);
    expect(deadlines[2]).toBeGreaterThan(30);
  });
});

describe("a track record", () => {
  it("counts successes and costs of a kind of task", () => {
    const outcomes = [
      took(100, 1, { area: "sql" }),
      took(300, 3, { area: "sql" }),
      took(900, 9, { area: "sql", outcome: "failed" }),
      took(5, 5, { area: "sql", outcome: "skipped" }),
      took(7, 7),
    ];
    const record = trackRecord(outcomes, { agent: "coder", area: "sql" });
    expect(record).toMatchObject({ samples: 3, tokens: { median: 200 }, minutes: { median: 2 } });
    expect(record.successRate).toBeCloseTo(2 / 3);
    expect(trackRecord(outcomes, { agent: "data" })).toEqual({ samples: 0, successRate: 0 });
  });
});
