/** Bad input over standard streams: answered as such, and the next line is read. */
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { serveMcpStdio } from "../../../daemon/server/mcp/serve.ts";
import { type FaceDaemon, startFaceDaemon } from "../../support/face-daemon.ts";
import { META, untilCancelled } from "../../support/fake-memory.ts";
import { createManualClock } from "../../support/manual-clock.ts";

interface Reply {
  readonly id?: number | string | null;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string };
}

const INITIALIZE = {
  jsonrpc: "2.0",
  id: "first",
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
};
const PING = { jsonrpc: "2.0", id: "ping", method: "ping" };

let daemon: FaceDaemon;
let input: PassThrough;
let output: PassThrough;
let replies: Reply[];
let ended: Promise<void>;

beforeEach(async () => {
  daemon = await startFaceDaemon();
  [input, output] = [new PassThrough(), new PassThrough({ highWaterMark: 64 * 1024 * 1024 })];
  replies = [];
  let rest = "";
  output.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) replies.push(JSON.parse(line));
  });
  ended = serveMcpStdio(daemon.options(), { input, output });
});

afterEach(async () => {
  input.end();
  output.destroy();
  await ended;
  await daemon.close();
});

const send = (message: unknown) => input.write(`${typeof message === "string" ? message : JSON.stringify(message)}\n`);
const reply = (id: Reply["id"]) => vi.waitFor(() => replies.find((each) => each.id === id) ?? expect.fail(`no ${id}`));

async function begin(): Promise<void> {
  send(INITIALIZE);
  await reply("first");
  send({ jsonrpc: "2.0", method: "notifications/initialized" });
}

it.each<[string, string | Buffer, number]>([
  ["what is not JSON", "GET / HTTP/1.1", -32700],
  ["half of JSON", '{"jsonrpc":"2.0",', -32700],
  ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22]), -32700],
  ["65 levels", `{"jsonrpc":"2.0","id":1,"method":"ping","params":${"[".repeat(65)}${"]".repeat(65)}}`, -32700],
  ["100 000 levels", "[".repeat(100_000), -32700],
  ["a line of 3 MiB", `"${"x".repeat(3 * 1024 * 1024)}"`, -32700],
  ["a batch", "[]", -32600],
  ["a number", "1", -32600],
  ["a message of another version", '{"id":1,"method":"ping"}', -32600],
])("answers %s, and goes on", async (_name, bytes, code) => {
  await begin();
  input.write(bytes);
  input.write("\n");
  send(PING);
  expect(await reply("ping")).toMatchObject({ result: {} });
  const faults = replies.filter(({ error }) => error !== undefined);
  expect(faults.map(({ error }) => error?.code)).toEqual([code]);
});

it("reads lines that are split anywhere, hold U+2028, or end in CRLF", async () => {
  await begin();
  const call = {
    jsonrpc: "2.0",
    id: 7,
    method: "tools/call",
    params: { name: "search_code", arguments: { query: "a\u2028b" } },
  };
  const bytes = Buffer.from(`${JSON.stringify(call)}\r\n`);
  for (const byte of bytes) input.write(Buffer.from([byte]));
  expect(await reply(7)).toMatchObject({ result: { structuredContent: { nextCursor: null } } });
  expect(daemon.memory.calls[0]?.params).toMatchObject({ query: "a\u2028b" });
});

it("knows no method that does not exist, and takes no wrong parameters", async () => {
  await begin();
  send({ jsonrpc: "2.0", id: 1, method: "tools/destroy" });
  send({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: 7 } });
  send({ jsonrpc: "2.0", id: 3, method: "tools/call", params: { name: "find_uses", arguments: { symbol: ["x"] } } });
  send({ jsonrpc: "2.0", id: 4, method: "tools/call", params: { name: "__proto__", arguments: {} } });
  expect((await reply(1)).error?.code).toBe(-32601);
  expect((await reply(2)).error?.code).toBe(-32602);
  expect((await reply(3)).result).toMatchObject({ isError: true });
  expect(await reply(4)).toHaveProperty("error");
});

it.each<[string, object]>([
  ["tools/list", { cursor: 5 }],
  ["resources/read", { uri: 5 }],
  ["resources/subscribe", { uri: [] }],
  ["prompts/get", {}],
  ["completion/complete", { ref: 1 }],
])("says that it is the client's mistake when the parameters of %s do not fit", async (method, params) => {
  await begin();
  send({ jsonrpc: "2.0", id: 1, method, params });
  expect((await reply(1)).error).toMatchObject({ code: -32602, message: expect.stringContaining('"params"') });
});

it.each(["no memory", '[{"path":["answer"],"message":"no text"}]'])(
  "tells a failure inside as one: %s",
  async (text) => {
    daemon.memory.answers.map = () => {
      throw new Error(text);
    };
    await begin();
    send({ jsonrpc: "2.0", id: 1, method: "resources/read", params: { uri: "nexus://map" } });
    expect((await reply(1)).error?.code).toBe(-32603);
  },
);

it("refuses more than 256 requests at once, and answers the others", async () => {
  daemon.memory.answers.status = untilCancelled;
  await begin();
  for (let id = 1; id <= 300; id += 1)
    send({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "index_status", arguments: {} } });
  await vi.waitFor(() => expect(replies.filter(({ error }) => error?.code === -32000)).toHaveLength(44));
  for (let id = 1; id <= 256; id += 1)
    send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id } });
  send(PING);
  expect(await reply("ping")).toMatchObject({ result: {} });
});

it("answers what was asked before the input ended, and ends", async () => {
  send(INITIALIZE);
  send({ jsonrpc: "2.0", method: "notifications/initialized" });
  send({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "index_status", arguments: {} } });
  input.end();
  await ended;
  expect(replies.map(({ id }) => id)).toEqual(["first", 2]);
});

it("ends three seconds after a client that vanished, and ends what it asked for", async () => {
  const clock = createManualClock();
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const done = serveMcpStdio({ ...daemon.options(), clock }, { input: stdin, output: stdout });
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  daemon.memory.answers.status = (params, call) => {
    call.signal.addEventListener("abort", () => resolve());
    return untilCancelled(params, call);
  };
  const call = { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "index_status", arguments: {} } };
  for (const message of [INITIALIZE, call]) stdin.write(`${JSON.stringify(message)}\n`);
  await vi.waitFor(() => expect(daemon.memory.calls).toHaveLength(1));
  stdin.end();
  await vi.waitFor(() => {
    clock.advance(3001);
    expect(stdin.isPaused()).toBe(true);
  });
  await done;
  await aborted;
});

it("reads no more from a client that does not read, and gives it up after half a minute", async () => {
  daemon.memory.answers.map = () => ({ text: "x".repeat(200_000), tokens: 1, files: 1, totalFiles: 1, ...META });
  const clock = createManualClock();
  const [stdin, stdout] = [new PassThrough({ highWaterMark: 1024 }), new PassThrough({ highWaterMark: 1024 })];
  const done = serveMcpStdio({ ...daemon.options(), clock }, { input: stdin, output: stdout });
  const call = { jsonrpc: "2.0", method: "tools/call", params: { name: "repo_map", arguments: {} } };
  stdin.write(`${JSON.stringify(INITIALIZE)}\n`);
  for (let id = 1; id <= 30; id += 1) stdin.write(`${JSON.stringify({ ...call, id })}\n`);
  await vi.waitFor(() => expect(stdout.writableLength).toBeGreaterThan(4 * 1024 * 1024));
  stdin.write(`${JSON.stringify(PING)}\n`);
  await vi.waitFor(() => expect(stdin.isPaused()).toBe(true));
  stdin.end();
  clock.advance(30_001);
  clock.advance(3001);
  await done;
  expect(stdout.writable).toBe(false);
});

it("does not wait for a client that closed its end and reads nothing", async () => {
  daemon.memory.answers.map = () => ({ text: "x".repeat(200_000), tokens: 1, files: 1, totalFiles: 1, ...META });
  const clock = createManualClock();
  const [stdin, stdout] = [new PassThrough(), new PassThrough({ highWaterMark: 1024 })];
  const done = serveMcpStdio({ ...daemon.options(), clock }, { input: stdin, output: stdout });
  const call = { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "repo_map", arguments: {} } };
  for (const message of [INITIALIZE, call]) stdin.write(`${JSON.stringify(message)}\n`);
  await vi.waitFor(() => expect(stdout.writableLength).toBeGreaterThan(200_000));
  stdin.end();
  await vi.waitFor(() => expect(stdin.isPaused()).toBe(true));
  clock.advance(3001);
  await done;
  expect(stdout.writable).toBe(false);
});

it("ends when nobody reads any more", async () => {
  await begin();
  output.destroy(new Error("EPIPE"));
  await ended;
});

it("is served requests before initialize as the library does, without a crash", async () => {
  send({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  send({ jsonrpc: "2.0", id: 2, result: {} });
  expect(await reply(1)).toHaveProperty("id", 1);
  send(PING);
  await reply("ping");
});
