/** The whole way: `nexus mcp` as a program, the daemon that it starts, and the older official client (1.x) as the assistant's. */
import { mkdtemp, readFile, realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { initGit, writeFiles } from "../../support/engine.ts";
import { createNexus, type NexusProcess } from "../../support/nexus-process.ts";
import { removeFolder } from "../../support/remove.ts";
import type { Script } from "../../support/scripted/script.ts";
import type { ScriptedServer } from "../../support/scripted/server.ts";
import { startScriptedOpenAi } from "../../support/scripted-openai.ts";

const MAIN = fileURLToPath(new URL("../../../daemon/main.ts", import.meta.url));
const SCRIPT: Script = [
  { when: { turn: 0, tool: "edit_file" }, reply: { toolCalls: [{ tool: "read_file", arguments: { path: "a.txt" } }] } },
  {
    when: { turn: 1 },
    reply: {
      toolCalls: [{ tool: "edit_file", arguments: { path: "a.txt", edits: [{ search: "old", replace: "new" }] } }],
    },
  },
  { when: { turn: 2 }, reply: { toolCalls: [{ tool: "run_command", arguments: { command: "node -p 6*7" } }] } },
  { when: { turn: 3 }, reply: { text: "Done." } },
];

let repo: string;
let server: ScriptedServer;
let nexus: NexusProcess;
let client: Client;

beforeAll(async () => {
  repo = await realpath(await mkdtemp(join(tmpdir(), "nexus-mcp-")));
  writeFiles(repo, { "a.txt": "old\n", "src/cart.ts": "export class Cart {\n  add(): void {}\n}\n" });
  initGit(repo);
  server = await startScriptedOpenAi(SCRIPT);
  nexus = await createNexus({
    OPENAI_BASE_URL: server.url,
    OPENAI_API_KEY: "test-key-0123456789",
    NEXUS_MODEL: "scripted",
  });
});

beforeEach(() => {
  client = new Client({ name: "old-client", version: "1.32" }, { capabilities: { elicitation: {} } });
});

afterEach(() => client.close());

afterAll(async () => {
  await nexus.close();
  await server.close();
  await removeFolder(repo);
});

function environment(): Record<string, string> {
  const { PATH = "", HOME = "", NODE_COMPILE_CACHE = "" } = process.env;
  return {
    PATH,
    HOME,
    NODE_COMPILE_CACHE,
    NEXUS_HOME: nexus.home,
    NEXUS_MODEL: "scripted",
    OPENAI_BASE_URL: server.url,
    OPENAI_API_KEY: "test-key-0123456789",
  };
}

it("carries a goal from an assistant to the folder, with a person who says yes", async () => {
  const asked: string[] = [];
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    asked.push(params.message);
    return {
      action: "accept",
      content: { decision: params.message.includes("Write this change") ? "accept" : "approve" },
    };
  });
  const allow = ["runs", "approvals", "changes", "facts"].flatMap((right) => ["--allow", right]);
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [MAIN, "mcp", "--repo", repo, ...allow],
      env: environment(),
    }),
  );
  const call = async (name: string, given: Record<string, unknown>) => {
    const { structuredContent, isError, content } = await client.callTool({ name, arguments: given });
    expect(isError, JSON.stringify(content)).not.toBe(true);
    return Object(structuredContent);
  };
  expect(await call("search_code", { query: "cart" })).toMatchObject({ results: [{ path: "src/cart.ts" }] });
  const { runId } = await call("start_run", { goal: "Change old to new in a.txt" });
  const seen: number[] = [];
  for (let hasEnded = false; !hasEnded; ) {
    const page = await call("watch_run", { runId, after: seen.length, seconds: 5, limit: 10 });
    seen.push(...page.events.map(({ seq }: { seq: number }) => seq));
    hasEnded = page.hasEnded;
    const { approvals } = await call("list_approvals", {});
    for (const { approvalId } of approvals) await call("decide_approval", { approvalId });
  }
  expect(seen).toEqual(seen.map((_, index) => index + 1));
  expect(await call("show_run", { runId })).toMatchObject({
    status: "done",
    files: [{ path: "a.txt", decision: "pending" }],
  });
  expect(await call("accept_changes", { runId })).toMatchObject({ outcome: "accepted", accepted: ["a.txt"] });
  expect(await readFile(join(repo, "a.txt"), "utf8")).toBe("new\n");
  expect(await call("propose_fact", { kind: "decision", text: "New is new." })).toEqual({ outcome: "proposed" });
  expect(await call("project_facts", {})).toMatchObject({ facts: [{ status: "proposed", text: "New is new." }] });
  expect(asked).toEqual([
    expect.stringMatching(/\$ node -p 6\*7\nin .*worktrees/),
    expect.stringMatching(/modified a\.txt \(\+1 −1\)[\s\S]*Write this change into /),
  ]);
});

it("is served over HTTP to whoever can read the token's file", async () => {
  const command = nexus.start("mcp", "--http", "--repo", repo);
  let printed = "";
  command.child.stdout?.on("data", (text: string) => {
    printed += text;
  });
  await command.until("/mcp\n");
  const file = join(nexus.home, "mcp.token");
  const token = (await readFile(file, "utf8")).trim();
  if (process.platform !== "win32") expect((await stat(file)).mode & 0o077).toBe(0);
  const connectWith = (given: string) =>
    client.connect(
      new StreamableHTTPClientTransport(new URL(printed.trim()), {
        requestInit: { headers: { authorization: `Bearer ${given}` } },
      }),
    );
  await expect(connectWith("00".repeat(32))).rejects.toThrow();
  await connectWith(token);
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain("search_code");
  const { structuredContent } = await client.callTool({ name: "find_uses", arguments: { symbol: "Cart.add" } });
  expect(structuredContent).toMatchObject({ definitions: [{ path: "src/cart.ts" }] });
  await client.close();
  command.child.kill("SIGINT");
  const { code, stderr } = await command.finished;
  expect([code, stderr]).toEqual([0, expect.stringContaining("mcp.token")]);
  expect(printed + stderr).not.toContain(token);
});
