import { afterEach, describe, expect, it } from "vitest";
import { type Engine, type EngineOptions, startEngine } from "../../support/engine.ts";
import { bodies, GOAL, planned, task, turns, writes } from "./fixture.ts";

let engine: Engine;

async function open(options: EngineOptions): Promise<Engine> {
  engine = await startEngine(options);
  return engine;
}

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const settings = { price: { input: 1, output: 2 } };
const dear = { inputTokens: 200_000, outputTokens: 10 };
const estimate = (tokens: number) => ({ estimate: { tokens, minutes: 1 } });

/** "a" is thought to be cheap and is not. */
const CHEAP_AND_DEAR = planned(task("a", estimate(1000)), task("b", { ...estimate(99_000), dependsOn: ["a"] }));
const A = turns(
  "a",
  { toolCalls: [{ tool: "write_file", arguments: { path: "a.txt", content: "a\n" } }], usage: dear },
  { text: "a is done." },
);

describe("a task that costs more than its share by estimate", () => {
  it("goes on while the run has money, and is told", async () => {
    await open({ settings, script: [...CHEAP_AND_DEAR, ...A, ...writes("b")] });
    const runId = await engine.start(GOAL, { budgetUsd: 1 });
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", tasks: [{ status: "done" }, { status: "done" }] });
    const [first] = state.tasks;
    expect(first?.budgetUsd).toBeNull();
    expect(first?.shareUsd).toBeLessThan(0.02);
    expect(first?.costUsd).toBeGreaterThan(0.2);
    const told = bodies(await engine.events(runId), "message.sent").map(({ message }) => message.text);
    expect(told[0]).toMatch(/^Your share of \$0\.\d+ by estimate is used up/);
  });

  it("ends the run when the run's own budget is too small", async () => {
    await open({ settings, script: [...CHEAP_AND_DEAR, ...A, ...writes("b")] });
    const state = await engine.ended(await engine.start(GOAL, { budgetUsd: 0.21 }));
    expect(state).toMatchObject({
      status: "out_of_budget",
      error: { code: "budget.exceeded", message: expect.stringContaining("left of the run's budget") },
    });
  });

  it("is stopped at a cap that the plan wrote, whatever the run has left", async () => {
    const capped = planned(task("a", { budgetUsd: 0.1 }), task("b", { dependsOn: ["a"] }));
    await open({ settings, script: [...capped, ...A, ...writes("b")] });
    const state = await engine.ended(await engine.start(GOAL, { budgetUsd: 5 }));
    expect(state).toMatchObject({
      status: "out_of_budget",
      error: { code: "budget.exceeded", message: expect.stringContaining("task a's part of the budget") },
      tasks: [{ status: "failed", budgetUsd: 0.1 }, { status: "waiting" }],
    });
  });
});
