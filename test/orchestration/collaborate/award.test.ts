import { afterEach, describe, expect, it } from "vitest";
import { BUILT_IN_AGENTS } from "../../../daemon/agents/registry.ts";
import { awardTask, reportContract } from "../../../daemon/orchestration/collaborate/award.ts";
import type { RunContext } from "../../../daemon/orchestration/run-context.ts";
import type { PlanTask } from "../../../protocol/index.ts";
import { type Engine, startEngine } from "../../support/engine.ts";
import { bodies, call, GOAL, planned, task, turns } from "../team/fixture.ts";

let engine: Engine;

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const any = task("orders", {
  agent: "any",
  title: "Add a migration",
  goal: "Write a SQL schema migration for the orders table.",
  files: ["db/002_orders.sql"],
});

it("gives a task that any agent may do to the one whose card fits, and says why", async () => {
  engine = await startEngine({
    script: [
      ...planned(any, task("b")),
      ...turns(
        "orders",
        call("write_file", { path: "db/002_orders.sql", content: "create table orders (id int);\n" }),
        {
          text: "Changed: a migration.\nChecked: by reading it.\nSamples: none.\nData checks: none.\nLineage: none.",
        },
      ),
      ...turns("b", call("write_file", { path: "b.txt", content: "b\n" }), { text: "b is done." }),
    ],
  });
  const runId = await engine.start(GOAL);
  const state = await engine.until(runId, ({ tasks }) =>
    tasks.some(({ id, life }) => id === "orders" && life === "working"),
  );
  const { agent } = state.tasks.find(({ id }) => id === "orders") ?? {};
  const events = await engine.events(runId);
  const [awarded] = bodies(events, "contract.awarded");
  expect(awarded).toMatchObject({ taskId: "orders", round: 1, winner: agent });
  expect(["data", "backend"]).toContain(agent);
  expect(bodies(events, "contract.bid").map(({ bid }) => bid.bidder)).toEqual(
    BUILT_IN_AGENTS.map(({ name }) => name).sort(),
  );
  await engine.ended(runId);
  expect(bodies(await engine.events(runId), "contract.reported")).toMatchObject([
    { taskId: "orders", agent, kept: true },
  ]);
});

it("bids with what such tasks came to in earlier runs of the folder", async () => {
  const work = [
    ...planned(any),
    ...turns("orders", call("write_file", { path: "db/002_orders.sql", content: "create table orders (id int);\n" }), {
      text: "Changed: a migration.\nChecked: by reading it.\nSamples: none.\nData checks: none.\nLineage: none.",
    }),
  ];
  engine = await startEngine({ script: [...work, ...work] });
  const evidence: string[] = [];
  for (const _ of ["first", "second"]) {
    const runId = await engine.start(GOAL);
    const state = await engine.ended(runId);
    const own = state.tasks.find(({ id }) => id === "orders");
    expect(own?.status).toBe("done");
    const bid = bodies(await engine.events(runId), "contract.bid").find(({ bid: { bidder } }) => bidder === own?.agent);
    evidence.push(bid?.bid.evidence ?? "");
  }
  expect(evidence[0]).toContain("no such task before");
  expect(evidence[1]).toContain("1 of 1 such tasks done");
});

describe("a negotiation", () => {
  /** A run that waits for a person, and so stands still meanwhile. */
  async function standing() {
    engine = await startEngine({ script: planned(any, task("b")) });
    const runId = await engine.start(GOAL, { headless: false, budgetUsd: 2 });
    const state = await engine.until(runId, ({ pendingApprovals }) => pendingApprovals.length > 0);
    const wanted = state.plan?.tasks[0] as PlanTask;
    const contextNow = () => ({ runId, store: engine.store, redact: (text: string) => text }) as unknown as RunContext;
    return { runId, wanted, contextNow };
  }

  it("notes nonsense, lateness and strangers as what they are, and is decided once", async () => {
    const { runId, wanted, contextNow } = await standing();
    const bid = { bidder: "data", outcome: "bid", costUsd: 0.1, confidence: 1, evidence: "" };
    const sent = async () => [
      { bidder: "data", at: 0, sent: { ...bid, costUsd: Number.NaN } },
      { bidder: "backend", at: 5, sent: { ...bid, bidder: "backend" } },
      { bidder: "wizard", at: 0, sent: bid },
    ];
    const first = await awardTask(contextNow(), wanted, BUILT_IN_AGENTS, { sent });
    const outcomes = bodies(await engine.events(runId), "contract.bid").map(({ bid: { bidder, outcome } }) => [
      bidder,
      outcome,
    ]);
    expect(Object.fromEntries(outcomes)).toMatchObject({
      data: "invalid",
      backend: "late",
      wizard: "invalid",
      coder: "bid",
    });
    expect(["data", "backend", "wizard"]).not.toContain(first.agent);
    expect(first.budgetUsd).toBeLessThanOrEqual(2);
    await engine.restart();
    const before = (await engine.events(runId)).filter(({ body }) => body.type.startsWith("contract."));
    expect(await awardTask(contextNow(), wanted, BUILT_IN_AGENTS)).toEqual(first);
    const after = (await engine.events(runId)).filter(({ body }) => body.type.startsWith("contract."));
    expect(after).toEqual(before);
    const state = await engine.store.events.state(runId);
    expect(state?.tasks[0]).toMatchObject({ agent: first.agent, budgetUsd: first.budgetUsd });
  });

  it("goes on from a restart in its middle with the bids that were there", async () => {
    const { runId, wanted, contextNow } = await standing();
    const stopped = contextNow();
    const context = {
      ...stopped,
      store: {
        ...stopped.store,
        events: { ...stopped.store.events, append: failingAfter(3, stopped.store.events.append) },
      },
    };
    await expect(awardTask(context, wanted, BUILT_IN_AGENTS)).rejects.toThrow("crash");
    const kept = bodies(await engine.events(runId), "contract.bid");
    expect(kept).toHaveLength(2);
    await engine.restart();
    await awardTask(contextNow(), wanted, BUILT_IN_AGENTS);
    const bids = bodies(await engine.events(runId), "contract.bid");
    expect(bids.slice(0, 2)).toEqual(kept);
    expect(new Set(bids.map(({ bid }) => bid.bidder)).size).toBe(bids.length);
    expect(bodies(await engine.events(runId), "contract.awarded")).toHaveLength(1);
  });

  it("begins anew without who gave the task back, and remembers that", async () => {
    const { runId, wanted, contextNow } = await standing();
    const agents = BUILT_IN_AGENTS.filter(({ name }) => ["coder", "data", "backend"].includes(name));
    const winners: string[] = [];
    for (let round = 1; round <= 4; round++) {
      const { agent } = await awardTask(contextNow(), wanted, agents);
      winners.push(agent);
      await reportContract(contextNow(), wanted.id, { kept: false, report: "I cannot do this." });
    }
    expect(new Set(winners.slice(0, 3)).size).toBe(3);
    expect(winners[3]).toBe("coder");
    const awards = bodies(await engine.events(runId), "contract.awarded");
    expect(awards.map(({ round, winner }) => [round, winner === null])).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, true],
    ]);
  });
});

function failingAfter<Arguments extends unknown[], Value>(
  times: number,
  work: (...given: Arguments) => Promise<Value>,
) {
  let left = times;
  return (...given: Arguments): Promise<Value> => (left-- > 0 ? work(...given) : Promise.reject(new Error("crash")));
}
