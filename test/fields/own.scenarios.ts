/** Agents that people wrote, at work: a real project, a scripted model. */
import assert from "node:assert/strict";
import type { RunEventBody } from "../../protocol/index.ts";
import { type Engine, type EngineOptions, startEngine, writeFiles } from "../support/engine.ts";
import type { Reply, Script } from "../support/scripted/script.ts";
import type { Scenario } from "./scenario.ts";
import { call } from "./task.ts";

const GOAL = "- praise the readme\n- in a file\n- briefly";
const FILE = ".nexus/agents/praiser.md";
const AGENT = (body: string, more = "") =>
  `---\npurpose: Praises.\ntools: [read_file, write_file]\nwrites: [praise/**]\n${more}answer: {Praise: what is good}\n---\n${body}\n`;
const plan = {
  summary: "Praise",
  tasks: [
    { id: "p", title: "Praise", goal: "Praise it.", agent: "praiser", files: [], acceptance: null, dependsOn: [] },
  ],
};
const planned = { when: { tool: "propose_plan", turn: 0 }, reply: call("propose_plan", plan) };
const praise: Reply = call("write_file", { path: "praise/a.md", content: "Good.\n" });
const answer: Reply = { text: "Praise: all of it" };
const praising: Script = [planned, { when: { turn: 0 }, reply: praise }, { when: { turn: 1 }, reply: answer }];

async function play(
  script: Script,
  work: (engine: Engine) => Promise<void>,
  more: Record<string, string> = {},
  models: NonNullable<EngineOptions["models"]> = {},
) {
  const files = { "README.md": "# Good\n", [FILE]: AGENT("Be brief."), ...more };
  const engine = await startEngine({ files, script, models });
  try {
    await work(engine);
  } finally {
    await engine.close();
  }
}

const begin = (engine: Engine) => engine.start(GOAL, { policy: { plan: "allow" } });
const PRAISE_1 = AGENT("Be brief.", "model: praise-1\nlimits: {budgetUsd: 0.5, deadlineMinutes: 7}\n");
const modelsIn = (bodies: readonly RunEventBody[]) =>
  bodies.flatMap((body) => (body.type === "model.requested" ? [`${body.taskId} ${body.model.model}`] : []));
const bodiesOf = async (engine: Engine, runId: string) => (await engine.events(runId)).map(({ body }) => body);

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "it works with its own words and tools, and writes nowhere else",
    run: () =>
      play(
        [
          planned,
          {
            when: { turn: 0, system: "Be brief." },
            reply: call("write_file", { path: "NOTES.md", content: "Good.\n" }),
          },
          { when: { turn: 1, last: "may write praise/** and nothing else" }, reply: praise },
          { when: { turn: 2 }, reply: answer },
        ],
        async (engine) => {
          const state = await engine.ended(await begin(engine));
          assert.equal(state.status, "done", state.error?.message);
          assert.deepEqual(
            state.changes?.changeSet.files.map(({ path }) => path),
            ["praise/a.md"],
          );
          const pinned = (await bodiesOf(engine, state.runId)).flatMap((body) =>
            body.type === "agents.pinned" ? body.agents : [],
          );
          assert.deepEqual(
            pinned.map(({ name, kind }) => ({ name, kind })),
            [{ name: "praiser", kind: "workspace" }],
          );
          const { tools = [] } = JSON.parse(JSON.stringify(engine.server.requests.at(-1)?.body));
          const names = tools.map((tool: { function: { name: string } }) => tool.function.name);
          assert.deepEqual(names, ["read_file", "write_file", "report_obstacle"]);
        },
      ),
  },
  {
    name: "it stays as it was when the run began, also after a restart",
    run: () =>
      play(
        [
          planned,
          { when: { turn: 0 }, reply: praise },
          { when: { turn: 1 }, misbehave: { status: 401, times: 1 }, reply: answer },
        ],
        async (engine) => {
          const runId = await begin(engine);
          assert.equal((await engine.ended(runId)).status, "failed");
          writeFiles(engine.workspace, { [FILE]: AGENT("Be endless.") });
          await engine.restart();
          await engine.service.resume({ runId }, { name: "suite" });
          await engine.until(runId, ({ status }) => status === "done");
          const said = JSON.stringify(engine.server.requests.map(({ body }) => body));
          assert.ok(said.includes("Be brief.") && !said.includes("Be endless."));
        },
      ),
  },
  {
    name: "one that is broken is told, and hurts no other",
    run: () =>
      play(
        praising,
        async (engine) => {
          const state = await engine.ended(await begin(engine));
          assert.equal(state.status, "done", state.error?.message);
          const notices = (await bodiesOf(engine, state.runId)).flatMap((body) =>
            body.type === "run.noticed" && body.code === "agent.broken" ? [body.message] : [],
          );
          assert.equal(notices.length, 1);
          assert.match(notices[0] ?? "", /broken\.md:3: There is no tool “launch”.*This agent is not used\.$/);
        },
        { ".nexus/agents/broken.md": "---\npurpose: x\ntools: [launch]\n---\nGo.\n" },
      ),
  },
  {
    name: "its model, its money and its time are what it gets",
    run: () =>
      play(
        praising,
        async (engine) => {
          const state = await engine.ended(await begin(engine));
          assert.equal(state.status, "done", state.error?.message);
          const bodies = await bodiesOf(engine, state.runId);
          assert.deepEqual(modelsIn(bodies), ["plan scripted", "p praise-1", "p praise-1"]);
          const dispatched = (await engine.events(state.runId)).find(({ body }) => body.type === "task.dispatched");
          assert.ok(dispatched?.body.type === "task.dispatched");
          assert.equal(dispatched.body.budgetUsd, 0.5);
          const minutes = (Date.parse(dispatched.body.deadlineAt ?? "") - Date.parse(dispatched.at)) / 60_000;
          assert.ok(minutes > 6 && minutes <= 7.5, `${minutes} minutes`);
        },
        { [FILE]: PRAISE_1 },
        { high: "praise-1" },
      ),
  },
  {
    name: "a model that nobody set up is not for a folder to choose",
    run: () =>
      play(
        praising,
        async (engine) => {
          const state = await engine.ended(await begin(engine));
          assert.equal(state.status, "done", state.error?.message);
          const bodies = await bodiesOf(engine, state.runId);
          assert.deepEqual(modelsIn(bodies), ["plan scripted", "p scripted", "p scripted"]);
          assert.ok(bodies.some((body) => body.type === "run.noticed" && body.code === "agent.model_refused"));
        },
        { [FILE]: PRAISE_1 },
      ),
  },
];
