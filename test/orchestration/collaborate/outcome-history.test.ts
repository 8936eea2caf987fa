import { expect, it } from "vitest";
import { runHistory } from "../../../daemon/orchestration/collaborate/outcome-history.ts";
import type { RunContext } from "../../../daemon/orchestration/run-context.ts";
import type { PlanTask, TaskOutcome } from "../../../protocol/index.ts";

const actual = { tokens: 1000, usd: 0.2, minutes: 1, modelCalls: 1, toolCalls: 1 } as unknown as TaskOutcome["actual"];
const outcome = (more: Partial<TaskOutcome>): TaskOutcome => ({
  ...{ runId: "earlier", taskId: "t", workspace: "/w", agent: "data", model: "m", difficulty: null, area: "sql" },
  ...{ files: 1, outcome: "done", estimate: null, actual, at: "2026-01-01T00:00:00.000Z" },
  ...more,
});
const task = { id: "t", files: ["db/1.sql", "db/2.SQL", "notes.md"] } as unknown as PlanTask;

async function of(agent: string, outcomes: TaskOutcome[], events: Record<string, unknown> = {}) {
  const state = { workspace: "/w", createdAt: "2026-02-01T00:00:00.000Z", tasks: [{ id: "t" }] };
  const store = {
    outcomes: { recent: async () => outcomes },
    events: { state: async () => state, find: async (_runId: string, key: string) => events[key] },
  };
  return (await runHistory({ runId: "r", store } as unknown as RunContext)).outcomesOf(agent, task);
}

it("counts what such tasks of an agent came to, and what they cost", async () => {
  const outcomes = [
    outcome({}),
    outcome({ outcome: "failed" }),
    outcome({ outcome: "skipped" }),
    outcome({ area: "md" }),
  ];
  expect(await of("data", outcomes)).toEqual({ done: 1, failed: 1, broken: 0, meanUsd: 0.2 });
  expect(await of("data", [outcome({ area: "ts" })])).toMatchObject({ done: 1 });
  expect(await of("backend", outcomes)).toEqual({ done: 0, failed: 0, broken: 0, meanUsd: null });
});

it("looks at nothing that ended after the run began, so that a replay bids the same", async () => {
  expect(await of("data", [outcome({ at: "2026-02-01T00:00:00.001Z" })])).toMatchObject({ done: 0 });
});

it("remembers what was given back in this run", async () => {
  const body = { type: "contract.reported", taskId: "t", agent: "data", kept: false, costUsd: 0, report: "" };
  expect(await of("data", [], { "contract/t/1/reported": { body } })).toMatchObject({ broken: 1 });
});
