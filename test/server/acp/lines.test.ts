/** What comes over the wire and is no good: each is answered by the protocol's own error, and the connection goes on. */
import { PassThrough } from "node:stream";
import { afterEach, expect, it, vi } from "vitest";
import { systemClock } from "../../../daemon/host/clock.ts";
import type { LineLimits } from "../../../daemon/server/acp/lines.ts";
import { type AcpServer, serveAcp } from "../../../daemon/server/acp/serve.ts";
import { createLink } from "../../../daemon/server/link.ts";
import { nexusError } from "../../../protocol/index.ts";

let server: AcpServer;
let input: PassThrough;
let output: PassThrough;
let answers: { id?: unknown; error?: { code: number; message: string }; result?: unknown }[];

function open(limits: LineLimits = { maxLineBytes: 2000, maxRequests: 3 }): void {
  [input, output, answers] = [new PassThrough(), new PassThrough(), []];
  let rest = "";
  output.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) answers.push(JSON.parse(line));
  });
  const link = createLink({ connect: () => Promise.reject(nexusError("daemon.unreachable")), clock: systemClock });
  server = serveAcp(
    { input, output },
    {
      ...{ link, clock: systemClock, version: "1.2.3", newKey: () => "key", onClient: () => undefined },
      settings: () => new Promise(() => undefined),
    },
    limits,
  );
}

afterEach(async () => {
  input.end();
  await server.closed;
});

const request = (id: unknown, method: string, params: unknown = {}) =>
  `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;
const initialize = (id: number) => request(id, "initialize", { protocolVersion: 1 });

/** Sends it, and then something good: answers with what came of both. */
async function after(...sent: (string | Uint8Array)[]) {
  for (const each of sent) input.write(each);
  input.write(initialize(1));
  await vi.waitFor(() => expect(answers.some(({ result }) => result !== undefined)).toBe(true));
  return answers.filter(({ result }) => result === undefined).map(({ id, error }) => [id, error?.code]);
}

it.each([
  ["no JSON", "{oops\n", null, -32700],
  ["half a line of JSON", '{"jsonrpc":"2.0",\n', null, -32700],
  ["65 levels", `${"[".repeat(65)}${"]".repeat(65)}\n`, null, -32700],
  ["a thousand levels", `${"[".repeat(1000)}\n`, null, -32700],
  ["what is not UTF-8", Uint8Array.of(0x22, 0xff, 0xfe, 0x22, 0x0a), null, -32700],
  ["a line above the limit", `"${"x".repeat(5000)}"\n`, null, -32600],
  ["a batch", `[${request(1, "initialize").trim()}]\n`, null, -32600],
  ["a number", "42\n", null, -32600],
  ["another JSON-RPC", '{"jsonrpc":"1.0","id":7,"method":"x"}\n', 7, -32600],
  ["an id that is none", '{"jsonrpc":"2.0","id":{},"method":"x"}\n', null, -32600],
  ["a request before initialize", request(7, "session/list"), 7, -32600],
  ["params of another shape", request(7, "initialize", { protocolVersion: "one" }), 7, -32602],
] as const)("answers %s and goes on", async (_, sent, id, code) => {
  open();
  expect(await after(sent)).toEqual([[id, code]]);
});

it("reads a line that comes byte by byte, with U+2028 and U+2029 inside, and without a word for an empty one", async () => {
  open();
  const line = request(5, "initialize", { protocolVersion: 1, clientInfo: { name: "a\u2028b\u2029", version: "1" } });
  for (const byte of new TextEncoder().encode(`\n\r\n${line}`)) input.write(Uint8Array.of(byte));
  await vi.waitFor(() => expect(answers).toMatchObject([{ id: 5, result: { protocolVersion: 1 } }]));
});

it("takes no more requests at a time than it can answer, and none twice under one id", async () => {
  open();
  await after();
  const list = (id: number) => request(id, "session/new", { cwd: "/", mcpServers: [] });
  for (const id of [2, 3, 4, 5, 2]) input.write(list(id));
  await vi.waitFor(() => expect(answers).toHaveLength(3));
  expect(answers.slice(1)).toMatchObject([
    { id: 5, error: { code: -32000 } },
    { id: 2, error: { code: -32600 } },
  ]);
});

it("reads no further while the client reads nothing", async () => {
  open({ maxLineBytes: 2000, maxRequests: 3 });
  output.removeAllListeners("data").pause();
  const line = "x\n".repeat(1000);
  for (let count = 0; count < 2000; count++) input.write(line);
  await new Promise((resolve) => setImmediate(resolve));
  // Two million bad lines are waiting; their answers would be two hundred megabytes.
  await vi.waitFor(() => expect(output.writableLength).toBeGreaterThan(0));
  expect(output.writableLength + output.readableLength).toBeLessThan(6 * 1024 * 1024);
  output.destroy();
});

it("ends when the client is gone, with requests open", async () => {
  open();
  await after();
  input.write(request(9, "session/new", { cwd: "/", mcpServers: [] }));
  output.destroy();
  await server.closed;
});
