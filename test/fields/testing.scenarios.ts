/** The testing agent at work: real files, real test runners, a scripted model. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import type { RunState } from "../../protocol/index.ts";
import { type Engine, startEngine } from "../support/engine.ts";
import type { Reply, Script } from "../support/scripted/script.ts";
import type { Scenario } from "./scenario.ts";

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

const PYTHON_FILES = {
  "package.json": "{}\n",
  "fee.js": "",
  "pytest.ini": "[pytest]\n",
  "fee.py": "def fee(days):\n    if days > 7:\n        return 20\n    return days * 3\n",
};
const PYTHON_TEST = "from fee import fee\n\ndef test_fee():\n    assert fee(7) == 21\n    assert fee(8) == 20\n";

const plan = (more: object = {}) => ({
  summary: "Test the fee",
  tasks: [
    {
      id: "tests",
      title: "Test fee",
      goal: "Test fee.js.",
      agent: "testing",
      files: ["fee.js", "fee.py"],
      dependsOn: [],
      ...more,
    },
  ],
});
const ACCEPT = { acceptance: { command: "true", expect: "pass" } };

function script(...turns: Reply[]): Script {
  const planned = { when: { tool: "propose_plan", turn: 0 }, reply: call("propose_plan", plan(ACCEPT)) };
  return [planned, ...turns.map((reply, turn) => ({ when: { turn, system: "testing agent" }, reply }))];
}

/** Runs the goal with these turns of the agent; `look` sees what came of it. */
async function play(turns: Reply[], look: (state: RunState, engine: Engine) => Promise<void>, files = FILES) {
  const engine = await startEngine({ files, script: script(...turns) });
  try {
    await look(await engine.ended(await engine.start(GOAL, { policy: { plan: "allow" } })), engine);
    assert.deepEqual(engine.logged, []);
  } finally {
    await engine.close();
  }
}

async function withoutPytest(): Promise<string | undefined> {
  const { error, status } = spawnSync("python3", ["-m", "pytest", "--version"], { stdio: "ignore" });
  return error === undefined && status === 0 ? undefined : "pytest is not installed for python3";
}

const write = (content: string, path = "fee.test.js") => call("write_file", { path, content });

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "a fault that no test notices sends the work back; when one does it is done",
    run: () =>
      play([write(WEAK), DONE, write(STRONG), DONE], async (state, engine) => {
        assert.equal(state.status, "done");
        const bodies = (await engine.events(state.runId)).map(({ body }) => body);
        const checks = bodies.flatMap((body) => (body.type === "task.checked" ? [body] : []));
        const mutants = checks.filter(({ check }) => check === "mutants-killed");
        assert.deepEqual(
          mutants.map(({ turn, ok }) => ({ turn, ok })),
          [
            { turn: 2, ok: false },
            { turn: 4, ok: true },
          ],
        );
        const survivors = mutants[0]?.findings.map(({ path, line, message }) => `${path}:${line} ${message}`);
        assert.ok(survivors?.includes("fee.js:3 No test fails with `/` for `*` (swap arithmetic)."), String(survivors));
        assert.deepEqual(mutants[1]?.findings, []);
        assert.match(JSON.stringify(engine.server.requests.at(-2)), /fee\.js:3 No test fails/);
      }),
  },
  {
    name: "an answer without its parts is asked for them",
    run: () =>
      play([write(STRONG), { text: "I wrote tests." }, DONE], async (state, engine) => {
        assert.equal(state.status, "done");
        assert.match(JSON.stringify(engine.server.requests.at(-1)), /Your answer lacks “Tests:”/);
      }),
  },
  {
    name: "tests that cannot be brought to tell anything fail the task",
    run: () =>
      play([write(WEAK), DONE, DONE, DONE], async (state) => {
        assert.equal(state.status, "failed");
        assert.equal(state.error?.code, "verification.failed");
        assert.match(state.error?.message ?? "", /mutants-killed/);
      }),
  },
  {
    name: "a test that passes without the fix it was written for is sent back",
    run: () =>
      play(
        [
          call("edit_file", { path: "fee.js", edits: [{ search: "days * 2", replace: "days * 3" }] }),
          write(WEAK),
          DONE,
          write(STRONG),
          DONE,
        ],
        async (state, engine) => {
          assert.equal(state.status, "done");
          const found = (await engine.events(state.runId)).flatMap(({ body }) =>
            body.type === "task.checked" && body.check === "fails-without-change" ? [body] : [],
          );
          assert.deepEqual(
            found.map(({ ok }) => ok),
            [false, true],
          );
          assert.match(
            found[0]?.findings[0]?.message ?? "",
            /Passes without the change too \(with fee\.js as before\)/,
          );
        },
        { ...FILES, "fee.js": FILES["fee.js"].replace("days * 3", "days * 2") },
      ),
  },
  {
    name: "tests of Python are held to the same",
    skip: withoutPytest,
    run: () =>
      play(
        [
          write("from fee import fee\n\ndef test_fee():\n    assert fee(2) == 6\n", "test_fee.py"),
          DONE,
          write(PYTHON_TEST, "test_fee.py"),
          DONE,
        ],
        async (state, engine) => {
          assert.equal(state.status, "done");
          const found = (await engine.events(state.runId)).flatMap(({ body }) =>
            body.type === "task.checked" && body.check === "mutants-killed" ? [body] : [],
          );
          assert.deepEqual(
            found.map(({ ok }) => ok),
            [false, true],
          );
          assert.equal(found[1]?.summary, "8 of 8 faults noticed");
        },
        PYTHON_FILES,
      ),
  },
];
