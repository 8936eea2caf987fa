/** A run that follows the adapter's workflow, from the model's server to the change set, with restarts and money. */
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../daemon/host/clock.ts";
import { LIMITS } from "../../../daemon/metagpt/adapter/session.ts";
import { withInstalled } from "../../../daemon/metagpt/adapter/with-installed.ts";
import { INSTALLED_WORKFLOW } from "../../../daemon/metagpt/adapter/workflow.ts";
import { roles } from "../../../daemon/metagpt/roles/design-work.ts";
import { parseWorkflow } from "../../../daemon/orchestration/workflows/parse.ts";
import { type Engine, startEngine } from "../../support/engine.ts";
import { fakePython } from "../../support/metagpt/installed.ts";

let engine: Engine | undefined;

afterEach(async () => {
  expect(engine?.logged ?? []).toEqual([]);
  await engine?.close();
  engine = undefined;
});

const path = ".nexus/workflows/metagpt.yaml";
const policy = { rules: [{ effect: "allow" as const, match: { kind: "foreign" as const, name: "metagpt" } }] };

async function open(): Promise<Engine> {
  const python = fakePython("classic");
  engine = await startEngine({
    files: { "README.md": "# A\n", [path]: INSTALLED_WORKFLOW },
    script: [{ repeat: true, reply: { text: "Well thought.", usage: { inputTokens: 100, outputTokens: 10 } } }],
    settings: { price: { input: 1, output: 1 } },
    design: async () =>
      withInstalled(roles, {
        ...{ home: engine?.home ?? "", python, clock: systemClock, env: { PATH: process.env["PATH"] } },
        sandbox: async () => ({ kind: "none", reason: "this test has none" }),
        onError: (error) => engine?.logged.push(String(error)),
        limits: { ...LIMITS, lookMs: 20, stopMs: [400, 1500] },
      }),
  });
  return engine;
}

describe.skipIf(process.platform === "win32")("a run of the installed MetaGPT", () => {
  it("is a workflow that parses", () => {
    expect(parseWorkflow(INSTALLED_WORKFLOW)).toMatchObject({ ok: true });
  });

  it("costs what its calls cost, and offers its project as a change", async () => {
    const { start, ended, read, events } = await open();
    const workflow = { path, inputs: { idea: "Make a to-do list", project: "todo" } };
    const state = await ended(await start("MetaGPT", { workflow, policy }));
    expect(state).toMatchObject({ status: "done", stats: { modelCalls: 3 } });
    expect(state.budget.spentUsd).toBeCloseTo((3 * 110) / 1_000_000, 9);
    expect(JSON.parse(state.answer ?? "")).toMatchObject({ folder: "todo", leftOut: [] });
    expect(state.changes?.changeSet.files.map((file) => file.path)).toContain("todo/docs/prd/20260102030405.json");
    expect(read("todo/docs/requirement.txt")).toBeUndefined();
    const written = (await events(state.runId)).flatMap(({ body }) => (body.type === "document.written" ? [body] : []));
    expect(written.map(({ path, kind }) => [path, kind])).toEqual([
      ["todo/docs/prd/20260102030405.json", "prd"],
      ["todo/docs/requirement.txt", "requirement"],
      ["todo/docs/system_design/20260102030405.json", "system_design"],
      ["todo/docs/task/20260102030405.json", "task"],
    ]);
    expect(written[2]?.derivedFrom).toMatchObject([{ path: "todo/docs/prd/20260102030405.json" }]);
    expect(state.taint).toMatchObject({ untrustedInput: true });
  });

  it("is denied where nobody can be asked and no rule allows it", async () => {
    const { start, ended } = await open();
    const state = await ended(await start("MetaGPT", { workflow: { path, inputs: { idea: "Make it" } } }));
    expect(state).toMatchObject({ status: "failed", stats: { modelCalls: 0 } });
    expect(state.summary).toContain("rule foreign-tool");
  });

  it("ends when its money is spent, within one call", async () => {
    const { start, ended } = await open();
    const workflow = { path, inputs: { idea: "[spend] Make it", project: "todo" } };
    const runId = await start("MetaGPT", { workflow, policy, budgetUsd: 0.0018 });
    const state = await ended(runId);
    expect(state).toMatchObject({ status: "out_of_budget", error: { code: "budget.exceeded" } });
    expect(state.budget.spentUsd).toBeLessThanOrEqual(0.0018);
    expect(state.stats.modelCalls).toBeGreaterThan(3);
  });

  it("goes on after a restart of the daemon from what MetaGPT saved", async () => {
    const opened = await open();
    const workflow = { path, inputs: { idea: "[stop-here] Make it", project: "todo" } };
    const waiting = Promise.withResolvers<void>();
    const unsubscribe = opened.service.onDelta(
      ({ text }) => text.includes("waiting to be stopped") && waiting.resolve(),
    );
    const runId = await opened.start("MetaGPT", { workflow, policy });
    await waiting.promise;
    unsubscribe();
    await opened.restart();
    const state = await opened.ended(runId);
    expect(state).toMatchObject({ status: "done" });
    expect(state.changes?.changeSet.files.map((file) => file.path)).toContain("todo/todo/main.py");
    // The first answer was paid for once: what is asked again word for word is answered from the log.
    expect(opened.server.requests.length).toBe(3);
  });
});
