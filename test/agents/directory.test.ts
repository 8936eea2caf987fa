/** Who there is, as clients are told: over a real store, after real runs. */
import { afterEach, expect, it } from "vitest";
import { loadUserAgents } from "../../daemon/agents/user-agents.ts";
import { createAgentDirectory } from "../../daemon/orchestration/agent-directory.ts";
import { type Engine, startEngine } from "../support/engine.ts";

let engine: Engine;
afterEach(async () => engine.close());

function directory(isTrusted: boolean) {
  return createAgentDirectory({
    ...{ store: engine.store, version: "1.0.0", isTrusted: async () => isTrusted },
    userAgents: ({ workspace, trusted }) => loadUserAgents(trusted ? { workspace } : {}),
  });
}

it("tells of all agents, how their tasks ended, and of files that are broken", async () => {
  engine = await startEngine({
    files: {
      "README.md": "# Notes\n",
      ".nexus/agents/painter.md": "---\npurpose: Paints.\nreadOnly: true\n---\nPaint.\n",
      ".nexus/agents/broken.md": "---\npurpose: [\n---\nGo.\n",
    },
    script: [{ reply: { text: "Notes (README.md:1)." } }],
  });
  const { workspace } = engine;
  await engine.ended(await engine.start("What is this?"));
  const { trusted, agents, problems } = await directory(true).list({ workspace });
  expect(trusted).toBe(true);
  expect(agents.find(({ name }) => name === "coder")?.figures).toMatchObject({ finished: 1, quality: 1, working: 0 });
  expect(agents.find(({ name }) => name === "painter")).toMatchObject({
    ...{ source: "workspace", readOnly: true, writes: null, figures: { finished: 0, quality: null } },
    path: `${workspace}/.nexus/agents/painter.md`,
  });
  expect(problems).toMatchObject([{ path: `${workspace}/.nexus/agents/broken.md`, line: 2 }]);
  const { card } = await directory(true).card({ workspace, name: "painter" });
  expect(card).toMatchObject({ name: "painter", description: "Paints." });
});

it("tells of no agent of a folder that is not trusted, and refuses what is not there", async () => {
  engine = await startEngine({
    files: { ".nexus/agents/painter.md": "---\npurpose: Paints.\n---\nPaint.\n" },
    script: [],
  });
  const { workspace } = engine;
  const { agents } = await directory(false).list({ workspace });
  expect(agents.map(({ source }) => source)).not.toContain("workspace");
  await expect(directory(false).card({ workspace, name: "painter" })).rejects.toMatchObject({
    value: { code: "agent.unknown" },
  });
  await expect(directory(true).list({ workspace: `${workspace}/nowhere` })).rejects.toMatchObject({
    value: { code: "workspace.missing" },
  });
});

it("the rules of the folders that a task's files are in reach its agent, the nearest last", async () => {
  const plan = {
    summary: "One",
    tasks: [
      {
        ...{ id: "one", title: "Change it", goal: "Change it.", agent: "coder", files: ["web/app/page.js"] },
        ...{ acceptance: null, dependsOn: [] },
      },
    ],
  };
  engine = await startEngine({
    files: {
      "AGENTS.md": "Rule of the root.\n",
      "web/AGENTS.md": "Rule of the web.\n",
      "api/AGENTS.md": "Rule of the interface.\n",
      "web/app/page.js": "1;\n",
    },
    script: [
      { when: { tool: "propose_plan", turn: 0 }, reply: { toolCalls: [{ tool: "propose_plan", arguments: plan }] } },
      { when: { turn: 0 }, reply: { text: "Nothing to do." } },
    ],
  });
  const state = await engine.ended(
    await engine.start("- do one thing\n- do another\n- and a third", { policy: { plan: "allow" } }),
  );
  expect(state.status).toBe("done");
  const told = JSON.stringify(engine.server.requests.at(-1)?.body);
  expect(told.indexOf("Rule of the root.")).toBeGreaterThan(0);
  expect(told.indexOf("Rule of the web.")).toBeGreaterThan(told.indexOf("Rule of the root."));
  expect(told).not.toContain("Rule of the interface.");
});
