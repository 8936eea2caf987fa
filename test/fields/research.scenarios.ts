/** The research agent at work: real files, a scripted model. */
import assert from "node:assert/strict";
import type { RunState } from "../../protocol/index.ts";
import { type Engine, startEngine } from "../support/engine.ts";
import type { Reply } from "../support/scripted/script.ts";
import type { Scenario } from "./scenario.ts";
import { call } from "./task.ts";

const GOAL = "- find out how fees work\n- write it down\n- cite everything";
const FILES = {
  "fee.js": "// Members pay nothing.\nexport const fee = (days, isMember) => (isMember ? 0 : days * 3);\n",
};
const plan = {
  summary: "Research",
  tasks: [
    {
      ...{ id: "note", title: "Fees", goal: "Find out how fees work.", agent: "research", files: ["docs/fees.md"] },
      ...{ acceptance: null, dependsOn: [] },
    },
  ],
};
const NOTE = "# Fees\n\n“Members pay nothing” [fee.js:1]. Others pay `days * 3` [fee.js:2].\n";
const ANSWER = "Findings: `days * 3` is what others pay [fee.js:2].\nOpen: nothing";

/** Runs the goal with these turns of the agent; `look` sees what came of it. */
async function play(turns: Reply[], look: (state: RunState, engine: Engine) => Promise<void>) {
  const planned = { when: { tool: "propose_plan", turn: 0 }, reply: call("propose_plan", plan) };
  const own = turns.map((reply, turn) => ({ when: { turn, system: "research agent" }, reply }));
  const engine = await startEngine({ files: FILES, script: [planned, ...own] });
  try {
    const state = await engine.ended(await engine.start(GOAL, { policy: { plan: "allow" } }));
    assert.equal(state.status, "done", state.error?.message);
    await look(state, engine);
    assert.deepEqual(engine.logged, []);
  } finally {
    await engine.close();
  }
}

const lastRequest = (engine: Engine) => JSON.stringify(engine.server.requests.at(-1));

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "a citation that does not hold is sent back, with the line that would",
    run: () =>
      play(
        [
          call("write_file", { path: "docs/fees.md", content: NOTE }),
          { text: ANSWER.replace("fee.js:2", "fee.js:9") },
          { text: ANSWER.replace("`days * 3`", "`days * 4`") },
          { text: ANSWER },
        ],
        async ({ runId }, engine) => {
          const bodies = (await engine.events(runId)).map(({ body }) => body);
          const checks = bodies.flatMap((body) => (body.type === "task.checked" ? [body] : []));
          assert.deepEqual(
            checks.map(({ check, ok, summary }) => `${check} ${ok}: ${summary}`),
            [
              "citations-resolve false: 2 of 3 citations hold",
              "citations-resolve false: 2 of 3 citations hold",
              "citations-resolve true: 3 of 3 citations hold",
            ],
          );
          assert.deepEqual(
            checks.flatMap(({ findings }) => findings.map(({ message }) => message)),
            [
              "[fee.js:9]: fee.js has 2 lines, so no line 9.",
              "[fee.js:2]: “days * 4” does not stand in fee.js at line 2, nor anywhere else in the file.",
            ],
          );
        },
      ),
  },
  {
    name: "it cannot change code, whatever it wants",
    run: () =>
      play(
        [call("write_file", { path: "fee.js", content: "export const fee = () => 0;\n" }), { text: ANSWER }],
        async (state, engine) => {
          assert.equal(state.changes, null);
          assert.ok(lastRequest(engine).includes("may write **/*.md, **/*.txt and nothing else"));
        },
      ),
  },
  {
    name: "a page that it did not fetch may not be cited",
    run: () =>
      play([{ text: `${ANSWER}\nMore: https://docs.example.org/fees` }, { text: ANSWER }], async (_state, engine) =>
        assert.ok(lastRequest(engine).includes("https://docs.example.org/fees was not fetched in this run")),
      ),
  },
];
