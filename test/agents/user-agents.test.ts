/** Agents that people wrote, in runs: used, kept, refused. */
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
const planned = { when: { tool: "propose_plan", turn: 0 }, reply: call("propose_plan", plan) };
const write = (path: string) => call("write_file", { path, content: "Good.\n" });
const files = { "README.md": "# Good\n", ".nexus/agents/praiser.md": AGENT("Be brief.") };

async function open(script: Script, more: Record<string, string> = {}) {
  engine = await startEngine({ files: { ...files, ...more }, script });
}

it("works with its own words and tools, and writes nowhere else", async () => {
  await open([
    planned,
    { when: { turn: 0, system: "Be brief." }, reply: write("NOTES.md") },
    { when: { turn: 1, last: "may write praise/** and nothing else" }, reply: write("praise/a.md") },
    { when: { turn: 2 }, reply: { text: "Praise: all of it" } },
  ]);
  const state = await engine.ended(await engine.start(GOAL, { policy: { plan: "allow" } }));
  expect(state).toMatchObject({ status: "done", tasks: [{ agent: "praiser", status: "done" }] });
  expect(state.changes?.changeSet.files.map(({ path }) => path)).toEqual(["praise/a.md"]);
  const pinned = (await engine.events(state.runId)).flatMap(({ body }) =>
    body.type === "agents.pinned" ? [body] : [],
  );
  expect(pinned).toMatchObject([{ agents: [{ name: "praiser", kind: "workspace", hash: /^[0-9a-f]{64}$/ }] }]);
  const { tools = [] } = JSON.parse(JSON.stringify(engine.server.requests.at(-1)?.body));
  expect(tools.map((tool: { function: { name: string } }) => tool.function.name)).toEqual(["read_file", "write_file"]);
});

it("stays as it was when the run began, also after a restart", async () => {
  await open([
    planned,
    { when: { turn: 0 }, reply: write("praise/a.md") },
    { when: { turn: 1 }, misbehave: { status: 401, times: 1 }, reply: { text: "Praise: all of it" } },
  ]);
  const runId = await engine.start(GOAL, { policy: { plan: "allow" } });
  expect((await engine.ended(runId)).status).toBe("failed");
  writeFiles(engine.workspace, { ".nexus/agents/praiser.md": AGENT("Be endless.") });
  await engine.restart();
  await engine.service.resume({ runId }, { name: "test" });
  const state = await engine.until(runId, ({ status }) => status === "done");
  expect(state.tasks).toMatchObject([{ agent: "praiser", status: "done" }]);
  const systems = engine.server.requests.map(({ body }) => JSON.stringify(body));
  expect(systems.some((text) => text.includes("Be brief."))).toBe(true);
  expect(systems.some((text) => text.includes("Be endless."))).toBe(false);
});

it("is not used in a folder that is not trusted", async () => {
  await open([{ when: { tool: "propose_plan" }, reply: call("propose_plan", plan), repeat: true }]);
  const state = await engine.ended(await engine.start(GOAL, { trusted: false, policy: { plan: "allow" } }));
  expect(state).toMatchObject({ status: "failed", error: { code: "plan.invalid" } });
  expect(JSON.stringify(engine.server.requests.at(-1))).toContain("unknown agent");
});

it("that is broken is told, and hurts no other", async () => {
  await open(
    [
      planned,
      { when: { turn: 0 }, reply: write("praise/a.md") },
      { when: { turn: 1 }, reply: { text: "Praise: all of it" } },
    ],
    { ".nexus/agents/broken.md": "---\npurpose: x\ntools: [launch]\n---\nGo.\n" },
  );
  const state = await engine.ended(await engine.start(GOAL, { policy: { plan: "allow" } }));
  expect(state.status).toBe("done");
  const notices = (await engine.events(state.runId)).flatMap(({ body }) =>
    body.type === "run.noticed" && body.code === "agent.broken" ? [body.message] : [],
  );
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(/broken\.md:3: There is no tool “launch”.*This agent is not used\.$/);
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
