import { expect, it } from "vitest";
import { parseCommandLine } from "../../daemon/cli/parse.ts";
import { serversListCommand, serverTestCommand, toolsListCommand } from "../../daemon/cli/tools-list.ts";
import { createFakeConnection, createTestContext, createTestTerminal } from "../support/cli.ts";

const LISTED = {
  trusted: false,
  tools: [
    { name: "read_file", description: "Reads.", source: "built in", effect: "pure", hidden: null },
    { name: "run_command", description: "Runs.", source: "built in", effect: "unknown", hidden: "No. (rule r)" },
    { name: "mcp__git__log", description: "Log\u001b[2J.", source: "MCP server git", effect: "unknown", hidden: null },
  ],
  servers: [
    {
      name: "git",
      source: "user",
      state: "ready",
      problem: null,
      target: '["npx","git"]',
      tools: 1,
      refused: ["x: bad"],
    },
    { name: "dead", source: "workspace", state: "failed", problem: "it ended", target: "", tools: 0, refused: [] },
  ],
  problems: [{ name: "probe", problem: "its command is empty" }],
};

async function run(command: typeof toolsListCommand, line: string, answer: object = LISTED) {
  const terminal = createTestTerminal();
  const connection = createFakeConnection({ "tools/list": answer });
  const invocation = parseCommandLine(`${line} --repo /`.split(" "));
  if (invocation.kind !== "run") throw new Error("no command");
  const code = await command(createTestContext(terminal, [connection]), invocation.arguments);
  return { code, out: terminal.stdout() };
}

it("lists tools with their source and why one is hidden, and what is off", async () => {
  const { out } = await run(toolsListCommand, "tools list");
  expect(out).toMatch(/read_file\s+built in\s+pure\s+offered/);
  expect(out).toMatch(/run_command\s+built in\s+unknown\s+hidden: No\. \(rule r\)/);
  expect(out).toContain("plug-in probe is left out: its command is empty");
  expect(out).toContain("dead  failed  it ended");
  expect(out).not.toContain("npx");
  expect(out).toContain("not trusted");
  expect(JSON.parse((await run(toolsListCommand, "tools list --json")).out)).toEqual(LISTED);
});

it("lists servers with their whole command", async () => {
  const { out } = await run(serversListCommand, "mcp-servers list");
  expect(out).toContain('git  ready  1 tool, 1 left out\n  user: ["npx","git"]');
  const json = JSON.parse((await run(serversListCommand, "mcp-servers list --json")).out);
  expect(json.servers).toHaveLength(2);
  const none = await run(serversListCommand, "mcp-servers list", { ...LISTED, trusted: true, servers: [] });
  expect(none.out).toBe("No MCP server is configured. See docs/mcp-servers.md.\n");
});

it("tests one server: what it offers, or that it does not run", async () => {
  const good = await run(serverTestCommand, "mcp-servers test git");
  expect(good.code).toBe(0);
  expect(good.out).toContain("left out x: bad");
  expect(good.out).toContain("mcp__git__log");
  expect(good.out).not.toContain("\u001b");
  expect((await run(serverTestCommand, "mcp-servers test dead")).code).toBe(1);
  const json = JSON.parse((await run(serverTestCommand, "mcp-servers test git --json")).out);
  expect(json.tools).toHaveLength(1);
  await expect(run(serverTestCommand, "mcp-servers test none")).rejects.toMatchObject({
    value: { code: "usage.invalid" },
  });
});
