import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { RunEvent, RunState } from "../../../protocol/index.ts";
import { TEAM } from "../../crash/scenarios/team.ts";
import { type Engine, startEngine } from "../../support/engine.ts";
import { bodies, createGate, isFor } from "./fixture.ts";

const EXAMPLE = join("examples", "orders");
const FIRST = ["note", "schema", "service", "page"];

let engine: Engine | undefined;

// Closing also replays the run from its log.
afterEach(async () => {
  await engine?.close();
  expect(engine?.logged ?? []).toEqual([]);
  engine = undefined;
});

function filesOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1).replaceAll(sep, "/"), readFileSync(path, "utf8")];
    }),
  );
}

/** Nobody is answered before all four have asked. */
function holdFirst(): NonNullable<Parameters<typeof startEngine>[0]["hold"]> {
  const together = createGate();
  const asked = new Set<string>();
  return (conversation) => {
    const id = FIRST.find((one) => isFor(conversation, one, 0));
    if (id === undefined) return undefined;
    asked.add(id);
    if (asked.size === FIRST.length) together.open();
    return together.passed;
  };
}

it("carries a goal of many fields to a tested change, with a team that works side by side", async () => {
  const { "goal.txt": _, ...files } = filesOf(EXAMPLE);
  const own = await startEngine({ files, script: TEAM.script(), hold: holdFirst() });
  engine = own;
  const runId = await own.start(TEAM.goal, TEAM.policy === undefined ? {} : { policy: TEAM.policy });
  const state = await own.ended(runId);
  expect(state).toMatchObject({ status: "done", error: null });
  expect(own.server.unused()).toEqual([]);
  const events = await own.events(runId);
  expectTeam(state, events);
  expect(TEAM.problemsOfLog?.(events)).toEqual([]);
  expect(own.read("src/orders.js")).toBe(files["src/orders.js"]);
  expect(own.read("openapi.yaml")).toBeUndefined();
  const git = execFileSync("git", ["status", "--porcelain"], { cwd: own.workspace, encoding: "utf8" });
  expect(git).toBe("");
  await own.service.accept({ runId }, { name: "person" });
  expect(TEAM.problemsOfFiles(own.workspace)).toEqual([]);
}, 240_000);

function expectTeam(state: RunState, events: readonly RunEvent[]): void {
  const planned = state.tasks.filter(({ parent }) => parent === undefined);
  expect(planned.length).toBeGreaterThanOrEqual(8);
  for (const own of planned) expect(own).toMatchObject({ status: "done", mergedAs: expect.any(String) });
  const firstEnd = events.findIndex(({ body }) => body.type === "task.finished");
  expect(bodies(events.slice(0, firstEnd), "task.dispatched").map(({ taskId }) => taskId)).toEqual(FIRST);
  expect(bodies(events, "task.delegated")).toContainEqual(
    expect.objectContaining({ parent: "api", agent: "research" }),
  );
  expect(bodies(events, "contract.bid").length).toBeGreaterThanOrEqual(6);
  expect(bodies(events, "contract.awarded")).toMatchObject([{ taskId: "api", winner: "backend" }]);
  expect(bodies(events, "task.reviewed").map(({ by, verdict }) => [by, verdict])).toEqual([
    ["testing", "rejected"],
    ["testing", "accepted"],
  ]);
  expect(bodies(events, "conflict.predicted")).toMatchObject([
    { tasks: ["readme", "help"], decision: "serialised", on: [{ on: "file", name: "README.md" }] },
  ]);
}

/** `npm run demo -- team` plays it: the files are TEAM.script() and TEAM.policy, written as JSON. */
it("is what the demonstration plays", () => {
  const written = (name: string) => JSON.parse(readFileSync(join("examples", name), "utf8"));
  expect(written("orders.script.json")).toEqual(JSON.parse(JSON.stringify(TEAM.script())));
  expect(written("orders.policy.json")).toEqual(TEAM.policy);
});
