/** The language server as a program: how it begins, and that it ends with its editor. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("../../daemon/main.ts", import.meta.url));
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "nexus-lsp-home-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function start(...words: string[]) {
  const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, HOME: home, NEXUS_HOME: home };
  const child = spawn(process.execPath, [MAIN, "lsp", ...words], { env, stdio: "pipe" });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return {
    child,
    said: () => said,
    send(message: object) {
      const body = JSON.stringify({ jsonrpc: "2.0", ...message });
      child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    },
    async code(): Promise<number | null> {
      if (child.exitCode === null) await once(child, "close");
      return child.exitCode;
    },
  };
}

const initialize = { id: 1, method: "initialize", params: { processId: null, rootUri: null, capabilities: {} } };

it("speaks the protocol only, starts no daemon for nothing, and ends with 0 after shutdown and exit", async () => {
  const server = start("--stdio");
  server.send(initialize);
  await once(server.child.stdout, "data");
  for (const message of [{ id: 2, method: "shutdown" }, { method: "exit" }]) server.send(message);
  expect(await server.code()).toBe(0);
  expect(server.said()).toMatch(/^Content-Length: \d+\r\n\r\n\{"jsonrpc":"2.0","id":1,"result":\{/);
  expect(server.said()).toMatch(/\{"jsonrpc":"2.0","id":2,"result":null\}$/);
  expect(readdirSync(home)).not.toContain("daemon.json");
});

it("ends when its editor is killed, though its stream stays open", async () => {
  const editor = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const server = start("--stdio", `--clientProcessId=${editor.pid}`);
  server.send(initialize);
  await once(server.child.stdout, "data");
  editor.kill("SIGKILL");
  expect(await server.code()).toBe(1);
});
