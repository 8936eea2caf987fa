/** `nexus acp` as a program, and its daemon killed while the model thinks: another one is started and the turn comes to its end. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { client, ndJsonStream } from "@agentclientprotocol/sdk";
import { expect, it } from "vitest";
import { initGit, writeFiles } from "../support/engine.ts";
import { createNexus } from "../support/nexus-process.ts";
import { removeFolder } from "../support/remove.ts";
import { startScriptedOpenAi } from "../support/scripted-openai.ts";

const MAIN = fileURLToPath(new URL("../../daemon/main.ts", import.meta.url));
const edits = [{ search: "old", replace: "new" }];

it("goes on after the daemon was killed, with the key that only the editor's side has", async () => {
  const repo = await realpath(await mkdtemp(join(tmpdir(), "nexus-acp-killed-")));
  writeFiles(repo, { "a.txt": "old\n" });
  initGit(repo);
  const asked = Promise.withResolvers<void>();
  const killed = Promise.withResolvers<void>();
  const server = await startScriptedOpenAi(
    [
      { when: { turn: 0 }, reply: { toolCalls: [{ tool: "edit_file", arguments: { path: "a.txt", edits } }] } },
      { when: { turn: 1 }, reply: { text: "Done." } },
    ],
    {
      hold({ messages }) {
        if (messages.length === 1) return undefined;
        asked.resolve();
        return killed.promise;
      },
    },
  );
  const own = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "test-key-0123456789", NEXUS_MODEL: "scripted" };
  const nexus = await createNexus(own);
  const { PATH = "", HOME = "", NODE_COMPILE_CACHE = "" } = process.env;
  const env = { PATH, HOME, NODE_COMPILE_CACHE, NEXUS_HOME: nexus.home, ...own };
  const program = spawn(process.execPath, [MAIN, "acp"], { env, stdio: ["pipe", "pipe", "inherit"] });
  const app = client({ name: "test" })
    .onNotification("session/update", () => undefined)
    .onRequest("session/request_permission", ({ params }) => {
      const yes = params.options.find(({ kind }) => kind.startsWith("allow"));
      return { outcome: { outcome: "selected", optionId: yes?.optionId ?? "" } };
    });
  const output = Readable.toWeb(program.stdout) as ReadableStream<Uint8Array>;
  const { agent } = app.connect(ndJsonStream(Writable.toWeb(program.stdin), output));
  await agent.request("initialize", { protocolVersion: 1 });
  const { sessionId } = await agent.request("session/new", { cwd: repo, mcpServers: [] });
  const prompt = [{ type: "text" as const, text: "Fix a.txt" }];
  const answered = agent.request("session/prompt", { sessionId, prompt });
  await asked.promise;
  const first = await nexus.daemonPid();
  process.kill(first ?? 0, "SIGKILL");
  killed.resolve();
  expect(await answered).toEqual({ stopReason: "end_turn" });
  expect(await readFile(join(repo, "a.txt"), "utf8")).toBe("new\n");
  expect(await nexus.daemonPid()).not.toBe(first);
  program.stdin.end();
  await nexus.close();
  await server.close();
  await removeFolder(repo);
});
