import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSchedules, type Schedules } from "../../../daemon/orchestration/workflows/schedules.ts";
import { createTrust, type Trust } from "../../../daemon/security/trust.ts";
import { openStore } from "../../../daemon/store/sqlite.ts";
import type { Store } from "../../../daemon/store/store.ts";
import type { Params } from "../../../protocol/index.ts";
import { writeFiles } from "../../support/engine.ts";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";

const silent = { write: () => undefined, with: () => silent };
const HOUR = 3_600_000;
const path = ".nexus/workflows/w.yaml";

let root: string;
let workspace: string;
let store: Store;
let trust: Trust;
let clock: ManualClock;
let started: Params<"run/start">[];
let schedules: Schedules;

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "nexus-schedules-")));
  workspace = join(root, "work");
  writeFiles(workspace, { [path]: "name: w\ninputs: { n: { type: integer } }\nsteps: [{ id: a, set: {} }]\n" });
  writeFiles(join(root, "home"), {});
  store = await openStore({ home: join(root, "home"), log: silent });
  clock = createManualClock(new Date(2026, 0, 5, 6, 30).getTime());
  trust = createTrust({ rows: store.trust, audit: { record: async () => undefined }, clock, log: silent });
  await trust.decide(workspace, { trusted: true, by: "test", why: "test" });
  started = [];
  schedules = open();
});

afterEach(async () => {
  schedules.end();
  await store.close();
  rmSync(root, { recursive: true, force: true });
});

function open(): Schedules {
  let ids = 0;
  return createSchedules(
    { store, clock, trust, log: silent, newId: () => `id-${++ids}-${clock.now()}` },
    async (params) => {
      const again = started.some(({ idempotencyKey }) => idempotencyKey === params.idempotencyKey);
      if (!again) started.push(params);
      return { runId: `run-${started.length}` };
    },
  );
}

const add = (more: Partial<Params<"workflow/schedule">> = {}) =>
  schedules.add({ workspace, path, inputs: { n: 1 }, cron: "0 7 * * *", ...more });

/** What the timer set off is settled when the schedules were read once more. */
async function pass(milliseconds: number): Promise<void> {
  clock.advance(milliseconds);
  await schedules.begin();
}

describe("a schedule", () => {
  it("starts its workflow at its times, with nobody to ask, once each", async () => {
    const schedule = await add({ budgetUsd: 2 });
    expect(new Date(schedule.nextAt ?? "").getHours()).toBe(7);
    expect(started).toEqual([]);
    await pass(HOUR);
    expect(started).toHaveLength(1);
    expect(started[0]).toMatchObject({ workspace, headless: true, budgetUsd: 2, workflow: { path, inputs: { n: 1 } } });
    await pass(HOUR);
    expect(started).toHaveLength(1);
    await pass(23 * HOUR);
    expect(started).toHaveLength(2);
    expect((await schedules.list())[0]?.lastResult).toBe("started run-2");
  });

  it("runs once for all that was missed, or not at all", async () => {
    await add();
    await add({ missed: "skip" });
    schedules.end();
    clock.advance(72 * HOUR);
    schedules = open();
    await schedules.begin();
    expect(started).toHaveLength(1);
    const results = (await schedules.list()).map(({ lastResult }) => lastResult).toSorted();
    expect(results).toEqual(["skipped: its time passed while no daemon ran", "started run-1"]);
  });

  it("does not run in a folder that changed since it was trusted", async () => {
    await add();
    writeFiles(workspace, { [path]: "name: w\nsteps: [{ id: other, set: {} }]\n" });
    await pass(HOUR);
    expect(started).toEqual([]);
    expect((await schedules.list())[0]?.lastResult).toContain("changed since it was trusted");
  });

  it.each([
    ["seconds", { cron: "* * * * * *" }, "workflow.schedule_invalid"],
    ["nonsense", { cron: "a b c d e" }, "workflow.schedule_invalid"],
    ["a day that never comes", { cron: "0 0 31 2 *" }, "workflow.schedule_invalid"],
    ["inputs that do not fit", { inputs: { n: "x" } }, "workflow.inputs"],
    ["a file that is not there", { path: "none.yaml" }, "workflow.invalid"],
  ])("is refused with %s", async (_what, more, code) => {
    await expect(add(more)).rejects.toMatchObject({ value: { code } });
  });

  it("is forgotten when it is removed", async () => {
    const { scheduleId } = await add();
    expect(schedules.count).toBe(1);
    await schedules.remove(scheduleId);
    await pass(HOUR);
    expect(started).toEqual([]);
    await expect(schedules.remove(scheduleId)).rejects.toMatchObject({ value: { code: "workflow.schedule_unknown" } });
  });
});
