import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { costOf, reserve, reserveOf, restFor, setAside, shareOf, sliceOf } from "../../daemon/planning/budget.ts";
import { applyRunEvent, type RunEventBody, type RunState } from "../../protocol/index.ts";

const PRICE = { input: 1, cacheRead: 0.1, cacheWrite: 1.25, output: 10 };

const created: RunEventBody = {
  type: "run.created",
  sessionId: "s",
  workspace: "/w",
  prompt: "p",
  mode: "act",
  headless: true,
  autoApply: false,
  model: { provider: "replay", model: "recorded" },
  budgetUsd: 1,
  policy: {},
  continues: null,
};

const planTask = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  ...{ id, title: id, goal: id, agent: "coder", files: [], acceptance: null, dependsOn: [] },
  ...more,
});

function stateOf(...bodies: RunEventBody[]): RunState {
  return [created, ...bodies].reduce<RunState | null>((state, body, index) => {
    return applyRunEvent(state, { runId: "r", seq: index + 1, at: "2026-01-01T00:00:00.000Z", body });
  }, null) as RunState;
}

function then(state: RunState, body: RunEventBody): RunState {
  return applyRunEvent(state, { runId: "r", seq: state.seq + 1, at: "2026-01-01T00:00:00.000Z", body });
}

const proposed = (...tasks: ReturnType<typeof planTask>[]): RunEventBody => ({
  type: "plan.proposed",
  plan: { summary: "s", tasks },
});

const dispatched = (taskId: string, budgetUsd: number | null): RunEventBody => ({
  type: "task.dispatched",
  taskId,
  place: { kind: "copy", folder: "/c", startCommit: "1" },
  leases: [],
  budgetUsd,
  deadlineAt: null,
  reason: "",
});

const delegated = (taskId: string, parent: string, budgetUsd: number | null): RunEventBody => ({
  type: "task.delegated",
  ...{ taskId, parent, depth: 1, title: "t", goal: "g", agent: "coder", budgetUsd },
  contract: { returns: "r", files: [], readOnly: false },
});

const requested = (key: string, taskId: string, reservedUsd: number): RunEventBody => ({
  type: "model.requested",
  ...{ key, taskId, turn: 1, reservedUsd, inputTokens: 1, overheadTokens: 1 },
  model: { provider: "openai", model: "m" },
});

const responded = (key: string, taskId: string, costUsd: number): RunEventBody => ({
  type: "model.responded",
  ...{ key, taskId, turn: 1, costUsd, text: "", toolCalls: [], stopReason: "end", durationMs: 1, artifact: "a" },
  usage: { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1, estimated: false },
});

describe("reservations", () => {
  const tree = stateOf(
    proposed(planTask("a"), planTask("b")),
    dispatched("a", 0.6),
    dispatched("b", 0.6),
    delegated("a.1.0", "a", 0.3),
  );

  it("add up over calls side by side, and go one by one", () => {
    const both = then(then(tree, requested("1", "a", 0.2)), requested("2", "b", 0.3));
    expect(both.budget.reservedUsd).toBeCloseTo(0.5);
    const first = then(both, responded("1", "a", 0.1));
    expect(first.budget).toMatchObject({ reservedUsd: 0.3, spentUsd: 0.1 });
    const retried = then(first, {
      type: "model.failed",
      ...{ key: "2", taskId: "b", turn: 1, attempt: 1, willRetry: true },
      error: { code: "model.overloaded", message: "", hint: "" },
    });
    expect(retried.budget.reservedUsd).toBe(0.3);
    const ended = then(retried, { type: "task.finished", taskId: "b", outcome: "skipped", summary: "" });
    expect(ended.budget.reservedUsd).toBe(0);
  });

  it("count for the task, for whoever handed it over, and for the run", () => {
    const state = then(then(tree, requested("1", "a.1.0", 0.25)), responded("1", "a.1.0", 0.2));
    expect(restFor(state, "a.1.0")).toMatchObject({
      leftUsd: expect.closeTo(0.1),
      of: "task a.1.0's part of the budget",
    });
    expect(restFor(state, "a").leftUsd).toBeCloseTo(0.4);
    expect(restFor(state, "b").leftUsd).toBeCloseTo(0.6);
    expect(costOf(state, "a")).toMatchObject({ spentUsd: 0.2, ownUsd: 0 });
    const dear = then(then(state, requested("2", "b", 0.55)), responded("2", "b", 0.55));
    expect(restFor(dear, "a")).toMatchObject({ leftUsd: expect.closeTo(0.25), of: "the run's budget" });
  });

  it("never let the run, or a task with what it handed over, spend more than its limit", () => {
    const ids = ["a", "b", "a.1.0", "plan"] as const;
    const step = fc.record({
      id: fc.constantFrom(...ids),
      tokens: fc.integer({ min: 1, max: 60_000 }),
      used: fc.double({ min: 0, max: 1, noNaN: true }),
      settles: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let state = tree;
        const open: { key: string; id: string; usd: number; used: number }[] = [];
        const settle = () => {
          const call = open.shift();
          if (call !== undefined) state = then(state, responded(call.key, call.id, call.usd * call.used));
        };
        for (const [index, { id, tokens, used, settles }] of steps.entries()) {
          const key = `${index}`;
          try {
            const wanted = { inputTokens: tokens, maxOutputTokens: 8000 };
            const { reservedUsd } = reserve(restFor(state, id), PRICE, wanted);
            state = then(state, requested(key, id, reservedUsd));
            open.push({ key, id, usd: reservedUsd, used });
          } catch (error) {
            expect(error).toMatchObject({ value: { code: "budget.exceeded" } });
          }
          if (settles) settle();
          const { spentUsd, reservedUsd } = state.budget;
          expect(spentUsd + reservedUsd).toBeLessThanOrEqual(1 + 1e-9);
          for (const [task, slice] of [
            ["a", 0.6],
            ["b", 0.6],
            ["a.1.0", 0.3],
          ] as const) {
            const cost = costOf(state, task);
            expect(cost.spentUsd + cost.reservedUsd).toBeLessThanOrEqual(slice + 1e-9);
          }
        }
        while (open.length > 0) settle();
        expect(state.budget.reservedUsd).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a call that its limit cannot pay", () => {
  it("gets a shorter answer, and is refused with whose limit it is when that does not help", () => {
    const wanted = { inputTokens: 1000, maxOutputTokens: 8000 };
    expect(reserve({ leftUsd: 0.03, of: "x" }, PRICE, wanted).maxOutputTokens).toBe(2000);
    expect(() => reserve({ leftUsd: 0.005, of: "task a's part of the budget" }, PRICE, wanted)).toThrow(
      /\$0\.0050 is left of task a's part of the budget/,
    );
    expect(() => reserve({ leftUsd: 1, of: "x" }, undefined, wanted)).toThrow(/price/);
  });
});

describe("a task's part of the budget", () => {
  const estimate = (tokens: number) => ({ estimate: { tokens, usd: null, minutes: 1, basis: "model" as const } });

  it("has a cap where the plan has one, of what is left", () => {
    const state = stateOf(proposed(planTask("a", { budgetUsd: 0.2 }), planTask("b", { budgetUsd: 5 }), planTask("c")));
    expect(sliceOf(state, "a")).toBe(0.2);
    expect(sliceOf(state, "b")).toBe(1);
    expect(sliceOf(state, "c")).toBeNull();
  });

  it("is else a share by the estimates of what is not done, so that what is left over is shared again", () => {
    const four = ["a", "b", "c", "d"].map((id) => planTask(id, estimate(id === "a" ? 3000 : 1000)));
    const state = stateOf(proposed(...four));
    expect(shareOf(state, "a")).toBeCloseTo(1 / 2);
    expect(shareOf(state, "b")).toBeCloseTo(1 / 6);
    const later = then(state, { type: "task.finished", taskId: "a", outcome: "done", summary: "" });
    expect(shareOf(later, "b")).toBeCloseTo(1 / 3);
  });

  it("may be more than the share while the run has more", () => {
    const two = stateOf(proposed(planTask("a", estimate(1000)), planTask("b", estimate(9000))), dispatched("a", null));
    expect(shareOf(two, "a")).toBeCloseTo(0.1);
    const over = then(then(two, requested("1", "a", 0.6)), responded("1", "a", 0.6));
    expect(restFor(over, "a").leftUsd).toBeCloseTo(0.4);
  });

  it("that a bid locked is nobody else's, until that task ends", () => {
    const two = stateOf(proposed(planTask("a"), planTask("b")));
    const awarded: RunEventBody = {
      type: "contract.awarded",
      ...{ taskId: "a", round: 1, winner: "data", agent: "data", budgetUsd: 0.6, lockedUsd: 0.6, reason: "" },
    };
    const locked = [
      awarded,
      delegated("a.1.0", "a", 0.3),
      requested("1", "a.1.0", 0.1),
      responded("1", "a.1.0", 0.1),
    ].reduce(then, two);
    expect(setAside(locked, "b")).toBeCloseTo(0.5);
    expect(restFor(locked, "b")).toMatchObject({
      leftUsd: expect.closeTo(0.4),
      of: expect.stringContaining("set aside"),
    });
    expect(restFor(locked, "a").leftUsd).toBeCloseTo(0.5);
    expect(restFor(locked, "a.1.0").leftUsd).toBeCloseTo(0.2);
    const ended = then(locked, { type: "task.finished", taskId: "a", outcome: "done", summary: "" });
    expect(restFor(ended, "b").leftUsd).toBeCloseTo(0.9);
  });

  it("waits for money that other calls hold and may not need, and for no other", () => {
    const two = stateOf(proposed(planTask("a"), planTask("b")));
    const held = then(two, requested("1", "a", 0.995));
    const wanted = { inputTokens: 1000, maxOutputTokens: 1000 };
    expect(reserveOf(held, "b", PRICE, wanted)).toBeUndefined();
    expect(reserveOf(then(held, responded("1", "a", 0.1)), "b", PRICE, wanted)).toMatchObject({
      maxOutputTokens: 1000,
    });
    const spent = then(held, responded("1", "a", 0.995));
    expect(() => reserveOf(spent, "b", PRICE, wanted)).toThrow(/left of the run's budget/);
    expect(() => reserveOf(held, "b", undefined, wanted)).toThrow(/price/);
  });

  it("has no end where the run has none", () => {
    const unlimited = then(stateOf(proposed(planTask("a"))), { type: "budget.changed", budgetUsd: null });
    expect(sliceOf(unlimited, "a")).toBeNull();
    expect(restFor(unlimited, "a").leftUsd).toBe(Number.POSITIVE_INFINITY);
  });
});
