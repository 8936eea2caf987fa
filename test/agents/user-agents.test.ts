/** Agents that people wrote: found, and refused where nothing is trusted. At work they are in test/fields. */
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { loadUserAgents } from "../../daemon/agents/user-agents.ts";
import { type Engine, startEngine, writeFiles } from "../support/engine.ts";
import type { Reply, Script } from "../support/scripted/script.ts";

let engine: Engine;
afterEach(async () => engine.close());

const call = (tool: string, input: unknown): Reply => ({ toolCalls: [{ tool, arguments: input }] });
const GOAL = "- praise the readme\n- in a file\n- briefly";
const AGENT = (body: string) =>
  `---\npurpose: Praises.\ntools: [read_file, write_file]\nwrites: [praise/**]\nanswer: {Praise: what is good}\n---\n${body}\n`;
const plan = {
  summary: "Praise",
  tasks: [
    { id: "p", title: "Praise", goal: "Praise it.", agent: "praiser", files: [], acceptance: null, dependsOn: [] },
  ],
};
const files = { "README.md": "# Good\n", ".nexus/agents/praiser.md": AGENT("Be brief.") };

async function open(script: Script) {
  engine = await startEngine({ files, script });
}

it("is not used in a folder that is not trusted", async () => {
  await open([{ when: { tool: "propose_plan" }, reply: call("propose_plan", plan), repeat: true }]);
  const state = await engine.ended(await engine.start(GOAL, { trusted: false, policy: { plan: "allow" } }));
  expect(state).toMatchObject({ status: "failed", error: { code: "plan.invalid" } });
  expect(JSON.stringify(engine.server.requests.at(-1))).toContain("unknown agent");
});

it("is found in the user's folder and the workspace's, the user's first; links lead nowhere", async () => {
  await open([]);
  const user = join(engine.home, "agents");
  writeFiles(user, { "praiser.md": AGENT("Mine."), "coder.md": AGENT("Better."), "notes.txt": "x", "README.md": "x" });
  symlinkSync("/etc/hostname", join(engine.workspace, ".nexus/agents/link.md"));
  mkdirSync(join(engine.workspace, ".nexus/agents/folder.md"));
  const { agents, problems } = await loadUserAgents({ user, workspace: engine.workspace });
  expect(agents.map(({ name, source }) => [name, source.kind])).toEqual([["praiser", "user"]]);
  expect(problems.map(({ path, kind, message }) => [path.split("/").at(-1), kind, message.slice(0, 40)])).toEqual([
    ["coder.md", "user", "There is an agent “coder” already; choos"],
    ["folder.md", "workspace", "This is no plain file; links are not fol"],
    ["link.md", "workspace", "This is no plain file; links are not fol"],
    ["praiser.md", "workspace", "There is an agent “praiser” already; cho"],
  ]);
  expect(await loadUserAgents({ user })).toMatchObject({ agents: [{ name: "praiser" }] });
  expect(await loadUserAgents({ workspace: join(engine.home, "nowhere") })).toEqual({ agents: [], problems: [] });
});

it.each([
  ["the run's own where the settings do not know the one of a workspace's file", {}, "scripted", 1],
  ["the one of a workspace's file where the settings name it", { high: "dearest-of-all" }, "dearest-of-all", 0],
])("works with %s", async (_, models, model, notices) => {
  const agent = "---\npurpose: Praises.\nmodel: dearest-of-all\n---\nPraise.\n";
  const script: Script = [
    { when: { tool: "propose_plan" }, reply: call("propose_plan", plan) },
    { when: { firstUser: "Your task (p)" }, reply: { text: "It is good." } },
  ];
  engine = await startEngine({ files: { ".nexus/agents/praiser.md": agent }, script, models });
  const runId = await engine.start(GOAL);
  await engine.ended(runId);
  const events = (await engine.events(runId)).map(({ body }) => body);
  const asked = events.flatMap((body) => (body.type === "model.requested" ? [[body.taskId, body.model.model]] : []));
  expect(asked.at(-1)).toEqual(["p", model]);
  const told = events.filter((body) => body.type === "run.noticed" && body.code === "agent.model_refused");
  expect(told).toHaveLength(notices);
});
