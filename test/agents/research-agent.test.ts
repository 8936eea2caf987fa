/** The research agent at work: real files, a scripted model. */
import { afterEach, expect, it } from "vitest";
import { type Engine, startEngine } from "../support/engine.ts";
import type { Reply } from "../support/scripted/script.ts";

let engine: Engine;
afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const call = (tool: string, input: unknown): Reply => ({ toolCalls: [{ tool, arguments: input }] });
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

async function run(...turns: Reply[]) {
  engine = await startEngine({
    files: FILES,
    script: [
      { when: { tool: "propose_plan", turn: 0 }, reply: call("propose_plan", plan) },
      ...turns.map((reply, turn) => ({ when: { turn, system: "research agent" }, reply })),
    ],
  });
  return engine.ended(await engine.start(GOAL, { policy: { plan: "allow" } }));
}

const NOTE = "# Fees\n\n“Members pay nothing” [fee.js:1]. Others pay `days * 3` [fee.js:2].\n";
const ANSWER = "Findings: `days * 3` is what others pay [fee.js:2].\nOpen: nothing";

it("is sent back for a citation that does not hold, with the line that would", async () => {
  const wrong = ANSWER.replace("fee.js:2", "fee.js:9");
  const state = await run(
    call("write_file", { path: "docs/fees.md", content: NOTE }),
    { text: wrong },
    { text: ANSWER.replace("`days * 3`", "`days * 4`") },
    { text: ANSWER },
  );
  expect(state).toMatchObject({ status: "done", tasks: [{ agent: "research", status: "done" }] });
  const checks = (await engine.events(state.runId)).flatMap(({ body }) => (body.type === "task.checked" ? [body] : []));
  expect(checks.map(({ check, ok, summary }) => ({ check, ok, summary }))).toEqual([
    { check: "citations-resolve", ok: false, summary: "2 of 3 citations hold" },
    { check: "citations-resolve", ok: false, summary: "2 of 3 citations hold" },
    { check: "citations-resolve", ok: true, summary: "3 of 3 citations hold" },
  ]);
  expect(checks[0]?.findings[0]?.message).toBe("[fee.js:9]: fee.js has 2 lines, so no line 9.");
  expect(checks[1]?.findings[0]?.message).toBe(
    "[fee.js:2]: “days * 4” does not stand in fee.js at line 2, nor anywhere else in the file.",
  );
});

it("cannot change code, whatever it wants", async () => {
  const state = await run(call("write_file", { path: "fee.js", content: "export const fee = () => 0;\n" }), {
    text: ANSWER,
  });
  expect(state.status).toBe("done");
  expect(state.changes).toBeNull();
  expect(JSON.stringify(engine.server.requests.at(-1))).toContain("may write **/*.md, **/*.txt and nothing else");
});

it("may not cite a page that it did not fetch", async () => {
  const state = await run({ text: `${ANSWER}\nMore: https://docs.example.org/fees` }, { text: ANSWER });
  expect(state.status).toBe("done");
  expect(JSON.stringify(engine.server.requests.at(-1))).toContain(
    "https://docs.example.org/fees was not fetched in this run",
  );
});
