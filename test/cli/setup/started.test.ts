/** What `nexus setup` prints, started as an editor from a dock starts it: no PATH, no shell, some other folder. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startsOf } from "../../../daemon/cli/setup/start.ts";
import { ownProgram } from "../../../daemon/host/own-program.ts";

const main = fileURLToPath(new URL("../../../daemon/main.ts", import.meta.url));
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "nexus-started-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));

const LINES = (text: string) => `${text}\n`;
const FRAMES = (text: string) => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
const CLIENT = { name: "test", version: "1" };

const faces: [words: string[], framed: (text: string) => string, params: object, answer: RegExp][] = [
  [["lsp", "--stdio"], FRAMES, { processId: null, rootUri: null, capabilities: {} }, /"name":"Nexus"/],
  [["acp"], LINES, { protocolVersion: 1, clientCapabilities: {}, clientInfo: CLIENT }, /"protocolVersion":1/],
  [
    ["mcp", "--repo", fileURLToPath(new URL(".", import.meta.url))],
    LINES,
    { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: CLIENT },
    /"serverInfo"/,
  ],
];

it.each(faces)("%s answers its client's first message", async (words, framed, params, answer) => {
  const { command, args, env } = startsOf(await ownProgram(main), join(home, "data"))(...words);
  const child = spawn(command, [...args], { cwd: parse(home).root, env: { HOME: home, ...env } });
  try {
    let output = "";
    const answered = new Promise<string>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => {
          output += text;
          if (answer.test(output)) resolve(output);
        });
      child.on("close", (code) => reject(new Error(`it ended with ${code}: ${output}`)));
    });
    child.stdin.write(framed(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params })));
    expect(await answered).toMatch(/"id":1/);
  } finally {
    child.kill();
  }
});
