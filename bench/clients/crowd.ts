/**
 * The clients, in a process of their own so that reading does not disturb who measures: all are connected, some watch runs and look
 * at every event, the others ask now and then. `node bench/clients/crowd.ts HOME`; its parent says what is wanted.
 */
import { createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";

export interface CrowdWanted {
  readonly clients: number;
  readonly watchers: number;
  readonly runIds: readonly string[];
  /** Of all that do not watch, together. */
  readonly requestsPerSecond: number;
}

export interface CrowdReport {
  readonly events: number;
  /** Events that did not follow the one before, or came twice. */
  readonly outOfOrder: number;
  /** The last number of each run that the slowest watcher has. */
  readonly least: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly failed: number;
}

interface Client {
  readonly socket: Socket;
  ask(method: string, params: object): Promise<void>;
}

const [home = ""] = process.argv.slice(2);
const { address } = JSON.parse(readFileSync(join(home, "daemon.json"), "utf8"));
const token = readFileSync(join(home, "daemon.token"), "utf8").trim();
const MARK = Buffer.from('"method":"run/event"');
const SEQ = Buffer.from('"seq":');
const RUN = Buffer.from('"runId":"');

let [events, outOfOrder, requests, failed] = [0, 0, 0, 0];
const positions: Map<string, number>[] = [];

process.on("message", (message: CrowdWanted | "report") => {
  if (message === "report") process.send?.(report());
  else void begin(message).then(() => process.send?.("ready"));
});

async function begin({ clients, watchers, runIds, requestsPerSecond }: CrowdWanted): Promise<void> {
  const all: Awaited<ReturnType<typeof open>>[] = [];
  for (let index = 0; index < clients; index++) all.push(await open());
  for (const watcher of all.slice(0, watchers)) {
    positions.push(watcher.positions);
    for (const runId of runIds) await watcher.ask("run/watch", { runId, after: 0 });
  }
  const others = all.slice(watchers);
  let next = 0;
  setInterval(() => {
    const client = others[next++ % others.length];
    const asked = next % 3 === 0 ? client?.ask("run/list", { limit: 20 }) : client?.ask("daemon/status", {});
    asked?.then(
      () => requests++,
      () => failed++,
    );
  }, 1000 / requestsPerSecond);
}

function report(): CrowdReport {
  const least: Record<string, number> = {};
  for (const position of positions)
    for (const [runId, seq] of position) least[runId] = Math.min(least[runId] ?? Number.POSITIVE_INFINITY, seq);
  return { events, outOfOrder, least, requests, failed };
}

/** Shakes hands; lines with events are looked at as bytes, because parsing 500 000 a second is no client's work. */
async function open(): Promise<Client & { readonly positions: Map<string, number> }> {
  const socket = connect(address);
  const positions = new Map<string, number>();
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let rest: Buffer = Buffer.alloc(0);
  let lastId = 0;
  socket.on("data", (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      take(bytes.subarray(start, end));
      start = end + 1;
    }
    rest = bytes.subarray(start);
  });
  socket.on("close", () => {
    for (const { reject } of waiting.values()) reject(new Error("the connection ended"));
  });

  function take(line: Buffer): void {
    const head = line.subarray(0, 60);
    if (head.includes(MARK)) see(line);
    else {
      const { id, result, error } = JSON.parse(line.toString("utf8"));
      if (error !== undefined) waiting.get(id)?.reject(new Error(JSON.stringify(error)));
      else waiting.get(id)?.resolve(result);
      waiting.delete(id);
    }
  }

  function see(line: Buffer): void {
    const run = line.indexOf(RUN) + RUN.length;
    const runId = line.toString("latin1", run, line.indexOf(34, run));
    let at = line.indexOf(SEQ) + SEQ.length;
    let seq = 0;
    for (let digit = line[at] ?? 0; digit >= 48 && digit <= 57; digit = line[++at] ?? 0) seq = seq * 10 + digit - 48;
    if (seq !== (positions.get(runId) ?? 0) + 1) outOfOrder++;
    positions.set(runId, seq);
    events++;
  }

  function ask(method: string, params: object): Promise<unknown> {
    const id = ++lastId;
    socket.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  }

  const nonce = randomBytes(32).toString("hex");
  const client = { name: "bench", version: "1.0.0", buildTime: 0, role: "human" };
  const hello = (await ask("handshake/hello", { protocolVersion: 1, client, nonce })) as { nonce: string };
  const proof = createHmac("sha256", token).update(`nexus/1/client:human/${nonce}/${hello.nonce}`).digest("hex");
  await ask("handshake/prove", { proof });
  return { socket, positions, ask: async (method, params) => void (await ask(method, params)) };
}
