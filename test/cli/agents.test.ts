import { expect, it } from "vitest";
import { agentsListCommand, agentsShowCommand } from "../../daemon/cli/agents.ts";
import { parseCommandLine } from "../../daemon/cli/parse.ts";
import { createFakeConnection, createTestContext, createTestTerminal } from "../support/cli.ts";

const NONE = { finished: 0, quality: null, meanUsd: null, meanMinutes: null, working: 0 };
const agent = (name: string, more: object = {}) => ({
  ...{ name, title: name, purpose: `Does ${name}.`, source: "built-in", path: null, figures: NONE },
  ...{
    capabilities: [{ id: "a-b", description: "Does a and b." }],
    tools: ["read_file"],
    checks: ["citations-resolve"],
  },
  ...{ canDelegateTo: ["*"], readOnly: false, writes: null, model: null, ...more },
});
const figures = { finished: 4, quality: 0.75, meanUsd: 0.02, meanMinutes: 1.5, working: 1 };
const LISTED = {
  trusted: false,
  agents: [
    agent("coder", { figures }),
    agent("painter", { source: "user", path: "/h/agents/painter.md", writes: ["art/**"], purpose: "Paints\u001b[2J." }),
  ],
  problems: [{ path: "/w/.nexus/agents/broken.md", line: 3, message: "There is no tool “launch”." }],
};

async function run(command: typeof agentsListCommand, words: string[], answers: Record<string, object>) {
  const terminal = createTestTerminal();
  const invocation = parseCommandLine([...words, "--repo", "/"]);
  if (invocation.kind !== "run") throw new Error("no command");
  const code = await command(createTestContext(terminal, [createFakeConnection(answers)]), invocation.arguments);
  return { code, out: terminal.stdout() };
}

it("lists agents with how their tasks ended, and broken files with their line", async () => {
  const { code, out } = await run(agentsListCommand, ["agents", "list"], { "agent/list": LISTED });
  expect(out).toMatch(/coder\s+built-in\s+3 of 4 done, 1 at work\s+Does coder\./);
  expect(out).toMatch(/painter\s+user\s+none yet\s+Paints/);
  expect(out).not.toContain("\u001b[2J");
  expect(out).toContain("/w/.nexus/agents/broken.md:3 is not used: There is no tool “launch”.");
  expect(out).toContain("not trusted");
  expect(code).toBe(1);
  const json = await run(agentsListCommand, ["agents", "list", "--json"], { "agent/list": LISTED });
  expect(JSON.parse(json.out)).toEqual(LISTED);
  expect((await run(agentsListCommand, ["agents", "list"], { "agent/list": { ...LISTED, problems: [] } })).code).toBe(
    0,
  );
});

it("shows one agent in words, or its card", async () => {
  const { out } = await run(agentsShowCommand, ["agents", "show", "painter"], { "agent/list": LISTED });
  expect(out).toContain("painter (painter, user: /h/agents/painter.md)");
  expect(out).toContain("a-b: Does a and b.");
  expect(out).toContain("Writes: art/**");
  const coder = await run(agentsShowCommand, ["agents", "show", "coder"], { "agent/list": LISTED });
  expect(coder.out).toContain("4 tasks ended: 3 of 4 done, 1 at work; $0.0200 and 1.5 minutes each on average");
  const card = { card: { name: "coder" } };
  const json = await run(agentsShowCommand, ["agents", "show", "coder", "--json"], { "agent/card": card });
  expect(JSON.parse(json.out)).toEqual(card.card);
  await expect(run(agentsShowCommand, ["agents", "show", "nobody"], { "agent/list": LISTED })).rejects.toMatchObject({
    value: { code: "agent.unknown" },
  });
});
