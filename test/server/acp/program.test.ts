/** The whole way: `nexus acp` as a program, the daemon that it starts, and the official client as the editor. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { client, ndJsonStream } from "@agentclientprotocol/sdk";
import { afterAll, beforeAll, expect, it } from "vitest";
import { initGit, writeFiles } from "../../support/engine.ts";
import { createNexus, type NexusProcess } from "../../support/nexus-process.ts";
import { removeFolder } from "../../support/remove.ts";
import type { ScriptedServer } from "../../support/scripted/server.ts";
import { startScriptedOpenAi } from "../../support/scripted-openai.ts";

const MAIN = fileURLToPath(new URL("../../../daemon/main.ts", import.meta.url));
const edits = [{ search: "old", replace: "new" }];

let repo: string;
let server: ScriptedServer;
let nexus: NexusProcess;

const settings = () => ({
  OPENAI_BASE_URL: server.url,
  OPENAI_API_KEY: "test-key-0123456789",
  NEXUS_MODEL: "scripted",
});

beforeAll(async () => {
  repo = await realpath(await mkdtemp(join(tmpdir(), "nexus-acp-")));
  writeFiles(repo, { "a.txt": "old\n" });
  initGit(repo);
  server = await startScriptedOpenAi([
    { when: { turn: 0 }, reply: { toolCalls: [{ tool: "edit_file", arguments: { path: "a.txt", edits } }] } },
    { when: { turn: 1 }, reply: { text: "Done." } },
  ]);
  nexus = await createNexus(settings());
});

afterAll(async () => {
  await nexus.close();
  await server.close();
  await removeFolder(repo);
});

function start(): ChildProcess & { readonly stdin: Writable; readonly stdout: Readable } {
  const { PATH = "", HOME = "", NODE_COMPILE_CACHE = "" } = process.env;
  const env = { PATH, HOME, NODE_COMPILE_CACHE, NEXUS_HOME: nexus.home, ...settings() };
  return spawn(process.execPath, [MAIN, "acp"], { env, stdio: ["pipe", "pipe", "inherit"] });
}

it("carries a goal from an editor to the folder, and ends when the editor closes its end", async () => {
  const program = start();
  const titles: (string | null | undefined)[] = [];
  const app = client({ name: "test" }).onRequest("session/request_permission", ({ params }) => {
    titles.push(params.toolCall.title);
    const yes = params.options.find(({ kind }) => kind.startsWith("allow"));
    return { outcome: { outcome: "selected", optionId: yes?.optionId ?? "" } };
  });
  const output = Readable.toWeb(program.stdout) as ReadableStream<Uint8Array>;
  const { agent } = app.connect(ndJsonStream(Writable.toWeb(program.stdin), output));
  const made = await agent.request("initialize", { protocolVersion: 1, clientInfo: { name: "test", version: "1" } });
  expect(made).toMatchObject({ protocolVersion: 1, agentInfo: { name: "nexus" }, authMethods: [] });
  const { sessionId, configOptions } = await agent.request("session/new", { cwd: repo, mcpServers: [] });
  expect(configOptions).toContainEqual(expect.objectContaining({ id: "model", currentValue: "scripted" }));
  const prompt = [{ type: "text" as const, text: "Fix a.txt" }];
  expect(await agent.request("session/prompt", { sessionId, prompt })).toEqual({ stopReason: "end_turn" });
  expect(titles).toEqual(["Trust this folder?", "Change of 1 file"]);
  expect(await readFile(join(repo, "a.txt"), "utf8")).toBe("new\n");
  const listed = await nexus.run("runs", "list", "--json");
  expect(JSON.parse(listed.stdout)).toMatchObject({ runs: [{ sessionId, status: "done" }] });
  const ended = once(program, "exit");
  program.stdin.end();
  expect(await ended).toEqual([0, null]);
});
