/** The testing agent at work: real files, real test runs, a scripted model. */
import { afterEach, expect, it } from "vitest";
import { type Engine, startEngine } from "../support/engine.ts";
import type { Reply, Script } from "../support/scripted/script.ts";

let engine: Engine;
afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const call = (tool: string, input: unknown): Reply => ({ toolCalls: [{ tool, arguments: input }] });
const GOAL = "- test the fee\n- test it well\n- leave nothing untested";
const DONE = { text: "Tests: fee.test.js covers members and others.\nNot tested: nothing" };

const FILES = {
  "package.json": '{"name":"fee","type":"module","scripts":{"test":"node --test"}}\n',
  "fee.js": "export function fee(days, isMember) {\n  if (isMember) return 0;\n  return days * 3;\n}\n",
};
const header =
  'import assert from "node:assert";\nimport { test } from "node:test";\nimport { fee } from "./fee.js";\n\n';
const WEAK = `${header}test("costs nothing", () => assert.equal(fee(0, true), 0));\n`;
const STRONG = `${WEAK}test("costs three a day", () => assert.equal(fee(2, false), 6));\n`;

const plan = (more: object = {}) => ({
  summary: "Test the fee",
  tasks: [
    {
      id: "tests",
      title: "Test fee",
      goal: "Test fee.js.",
      agent: "testing",
      files: ["fee.js"],
      dependsOn: [],
      ...more,
    },
  ],
});
const ACCEPT = { acceptance: { command: "node --test", expect: "pass" } };

function script(...turns: Reply[]): Script {
  const planned = { when: { tool: "propose_plan", turn: 0 }, reply: call("propose_plan", plan(ACCEPT)) };
  return [planned, ...turns.map((reply, turn) => ({ when: { turn, system: "testing agent" }, reply }))];
}

const run = async () => engine.ended(await engine.start(GOAL, { policy: { plan: "allow" } }));

it("is sent back for a fault that no test notices, and done when one does", async () => {
  engine = await startEngine({
    files: FILES,
    script: script(
      call("write_file", { path: "fee.test.js", content: WEAK }),
      DONE,
      call("write_file", { path: "fee.test.js", content: STRONG }),
      DONE,
    ),
  });
  const state = await run();
  expect(state).toMatchObject({ status: "done", tasks: [{ id: "tests", agent: "testing", status: "done" }] });
  const bodies = (await engine.events(state.runId)).map(({ body }) => body);
  const mutants = bodies.flatMap((body) =>
    body.type === "task.checked" && body.check === "mutants-killed" ? [body] : [],
  );
  expect(mutants.map(({ turn, ok }) => ({ turn, ok }))).toEqual([
    { turn: 2, ok: false },
    { turn: 4, ok: true },
  ]);
  const survivors = mutants[0]?.findings.map(({ path, line, message }) => `${path}:${line} ${message}`);
  expect(survivors).toContain("fee.js:3 No test fails with `/` for `*` (swap arithmetic).");
  expect(mutants[1]?.findings).toEqual([]);
  const told = engine.server.requests.at(-2);
  expect(JSON.stringify(told)).toContain("fee.js:3 No test fails");
}, 60_000);

it("is asked for the parts that its answer lacks", async () => {
  engine = await startEngine({
    files: FILES,
    script: script(call("write_file", { path: "fee.test.js", content: STRONG }), { text: "I wrote tests." }, DONE),
  });
  const state = await run();
  expect(state.status).toBe("done");
  expect(JSON.stringify(engine.server.requests.at(-1))).toContain("Your answer lacks “Tests:”");
}, 60_000);

it("fails when it cannot be brought to test what it should", async () => {
  engine = await startEngine({
    files: FILES,
    script: script(call("write_file", { path: "fee.test.js", content: WEAK }), DONE, DONE, DONE),
  });
  const state = await run();
  expect(state).toMatchObject({ status: "failed", error: { code: "verification.failed" } });
  expect(state.error?.message).toContain("mutants-killed");
}, 60_000);
