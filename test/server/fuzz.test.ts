/** Whatever bytes come: the daemon neither falls nor grows, and everybody else is served. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { LineSocket } from "../../daemon/host/lines.ts";
import { silentLog } from "../../daemon/observability/log-file.ts";
import { createApprovalFeed } from "../../daemon/server/rpc/approval-feed.ts";
import { createClients } from "../../daemon/server/rpc/clients.ts";
import { serveConnection } from "../../daemon/server/rpc/connection.ts";
import { createDispatch } from "../../daemon/server/rpc/dispatch.ts";
import { parseFrame } from "../../daemon/server/rpc/frames.ts";
import { createHandlers } from "../../daemon/server/rpc/handlers.ts";
import { DEFAULT_LIMITS } from "../../daemon/server/rpc/limits.ts";
import { createPresence } from "../../daemon/server/rpc/presence-feed.ts";
import { type RpcServer, startRpcServer } from "../../daemon/server/rpc/server.ts";
import { createWatchers } from "../../daemon/server/rpc/watchers.ts";
import { REQUESTS } from "../../protocol/index.ts";
import { fakeControl } from "../support/fake-control.ts";
import { createFakeMemory } from "../support/fake-memory.ts";
import { createFakeRunService } from "../support/fake-run-service.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { openClient, openRaw, openRawProven } from "../support/rpc-client.ts";

const TOKEN = "cd".repeat(32);
const identity = { token: TOKEN, version: "1", buildTime: 1, pid: 1 };
const control = { ...fakeControl(), status: () => ({}) as never };
const RUNS = 5000;

const HOSTILE = [
  '{"jsonrpc":"2.0","id":1,"method":"__proto__"}',
  '{"jsonrpc":"2.0","id":1,"method":"run/list","params":{"__proto__":{"limit":1},"constructor":{"prototype":{"x":1}}}}',
  '{"jsonrpc":"2.0","id":1,"id":2,"method":"run/list","method":"run/show"}',
  '{"jsonrpc":"2.0","id":1e999,"method":"run/list"}',
  '{"jsonrpc":"2.0","id":-0,"method":"run/list","params":{"limit":1e999}}',
  '{"jsonrpc":"2.0","id":9007199254740993,"method":"run/list"}',
  '{"jsonrpc":"2.0","id":1,"method":"run/list","params":"\u2028\u2029"}',
  '{"jsonrpc":"2.0","id":1,"method":"run/show","params":{"runId":"\\ud800"}}',
  '{"jsonrpc":"2.0","id":1,"method":"run/list","params":[1,2]}',
  '{"jsonrpc":"2.0","id":{},"method":"run/list"}',
  '{"jsonrpc":"2.0","id":null,"method":"run/list"}',
  '[{"jsonrpc":"2.0","id":1,"method":"run/list"}]',
  "{}",
  "null",
  "\u0000",
  `{"jsonrpc":"2.0","id":1,"method":"run/list","params":${"[".repeat(65)}${"]".repeat(65)}}`,
];

let folder: string;
let address: string;
let server: RpcServer;
const service = createFakeRunService();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nexus-fuzz-"));
  address = join(folder, "d.sock");
  const handlers = createHandlers(service, createFakeMemory(), control);
  const ports = { clock: createManualClock(), log: silentLog, limits: { requestBurst: 1e9 } };
  server = await startRpcServer({ address, identity, service, memory: createFakeMemory(), handlers, ...ports });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const dispatch = createDispatch(createHandlers(service, createFakeMemory(), control), silentLog);

/** A connection without a socket: what it is sent and what it says. */
function connectInMemory() {
  let onLine: (line: string) => void = () => undefined;
  const said: string[] = [];
  let ended = false;
  const socket: LineSocket = {
    send: (line) => void said.push(line),
    sendShared: ({ lines }) => void said.push(...lines),
    close: () => undefined,
    onLine: (listener) => {
      onLine = listener;
    },
    onClose: () => undefined,
    bufferedBytes: () => 0,
    pause: () => undefined,
    resume: () => undefined,
    onDrain: () => undefined,
    onBroken: () => undefined,
    end: (line) => {
      ended = true;
      said.push(line);
    },
  };
  const clients = createClients();
  serveConnection(socket, {
    ...{ identity, dispatch, clients, limits: DEFAULT_LIMITS, watchers: createWatchers() },
    ...{
      presence: createPresence(clients, createManualClock()),
      approvals: createApprovalFeed(service, () => undefined),
    },
    ...{ clock: createManualClock(), log: silentLog, readEvents: async () => [] },
    ...{ onRefused: () => undefined, onFailure: () => 0, onOpen: () => undefined, onClosed: () => undefined },
  });
  return { send: (line: string) => onLine(line), said, ended: () => ended };
}

const json = fc.json({ maxDepth: 4 });
const frame = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  json,
  fc.constantFrom(...HOSTILE),
  fc
    .record({
      jsonrpc: fc.constantFrom("2.0", "1.0", 2),
      id: fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.constant({})),
      method: fc.oneof(fc.constantFrom(...REQUESTS.map(({ name }) => name)), fc.string(), fc.constant("constructor")),
      params: fc.jsonValue(),
    })
    .map((value) => JSON.stringify(value)),
);

it("takes any line without a throw, and lets nobody in who has not proved himself", { timeout: 60_000 }, async () => {
  service.calls.length = 0;
  const before = process.memoryUsage().heapUsed;
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 5 }), async (lines) => {
      const connection = connectInMemory();
      for (const line of lines) {
        connection.send(line);
        expect(parseFrame(line).messages.length).toBeGreaterThan(0);
      }
      // The first line of a stranger that is no hello ends the connection.
      expect(connection.ended() || connection.said.length > 0).toBe(true);
      for (const line of connection.said) expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
    }),
    { numRuns: RUNS },
  );
  expect(service.calls).toEqual([]);
  expect(({} as Record<string, unknown>)["limit"]).toBeUndefined();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(150_000_000);
});

it.each(HOSTILE)("answers or ends, and serves others: %s", async (line) => {
  const raw = await openRawProven(address, TOKEN);
  raw.send(`${line}\n`);
  expect(await raw.next().then(Boolean)).toBe(true);
  raw.socket.destroy();
  const client = await openClient(address, TOKEN);
  await client.request("run/list", {});
  client.close();
});

it("serves users while strangers come by the thousand", { timeout: 60_000 }, async () => {
  const user = await openClient(address, TOKEN);
  for (let round = 0; round < 250; round++) {
    const strangers = await Promise.all(Array.from({ length: 4 }, () => openRaw(address)));
    for (const stranger of strangers) stranger.send('{"half');
    await user.request("run/list", {});
    for (const stranger of strangers) stranger.socket.destroy();
  }
  const late = await openClient(address, TOKEN);
  await late.request("run/list", {});
  late.close();
  user.close();
});
