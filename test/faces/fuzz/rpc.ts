/** The Nexus protocol over the daemon's socket. */

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import * as z from "zod/mini";
import { MAX_LINE_BYTES } from "../../../protocol/connection.ts";
import { REQUESTS } from "../../../protocol/index.ts";
import { type Channel, createChannel, createOutlet } from "./channel.ts";
import { damagedBytes } from "./damage.ts";
import type { Face, Session } from "./face.ts";
import type { Grammar } from "./messages.ts";
import type { Place } from "./place.ts";
import type { Schema } from "./schema-values.ts";

/** What takes long although nothing is wrong. */
const RARE: Readonly<Record<string, number>> = {
  ...{ "run/start": 60, "run/resume": 20, "run/fork": 20, "run/replay": 20, "memory/index": 30, "memory/learn": 200 },
  ...{ "memory/embedding": 50, "memory/forget": 50, "daemon/check": 20, "run/rewind": 20, "tools/list": 10 },
};
/** Would end what is tried, or leave the machine. */
const BARRED = /"(daemon\/stop|model\/configure|modelSettings|embedder|handshake\/hello|handshake\/prove)"/;

export function rpcGrammar({ repo, runIds }: Pick<Place, "repo" | "runIds">): Grammar {
  return {
    methods: REQUESTS.map(({ name, params }) => ({
      name,
      params: z.toJSONSchema(params, { io: "input", unrepresentable: "any" }) as Schema,
      rarity: RARE[name] ?? 1,
    })),
    cancel: { method: "request/cancel", field: "id" },
    pools(name, random) {
      if (name === "workspace") return random.pick([repo, repo, repo, `${repo}/src`, `${repo}/none`, "/nowhere"]);
      if (name === "path") return random.pick(["src/cart.ts", "src/wörter.py", "none.ts", "../out.ts", "src"]);
      if (name === "runId") return random.pick([...runIds, ...runIds, "none", ""]);
      if (name === "sessionId") return random.pick(["none", "session-1"]);
      return undefined;
    },
    isBarred: (json) => BARRED.test(json),
    maxLength: MAX_LINE_BYTES,
  };
}

export function rpcFace(place: Place): Face {
  return nexusFace("rpc", place, (isKnown) => openSocket(place, isKnown));
}

/** The Nexus protocol in lines, over whatever carries them. */
export function nexusFace(name: string, place: Place, open: Face["open"]): Face {
  return {
    name,
    grammar: rpcGrammar(place),
    // A connection may ask a thousand times at once, and then 200 times a second.
    perSession: 800,
    strangerEvery: 10,
    frame: (text) => Buffer.from(`${text.replaceAll("\n", " ")}\n`),
    damaged: damagedLines,
    open,
    close: async () => undefined,
  };
}

/** Lines that are cut, joined, endless or no text. */
export function damagedLines(frame: Buffer, random: Parameters<typeof damagedBytes>[1]): Buffer {
  return random.pick<() => Buffer>([
    () => damagedBytes(frame, random),
    () => frame.subarray(0, random.below(frame.length)),
    () => Buffer.concat([frame.subarray(0, -1), frame]),
    () => Buffer.from("\r\n\n \n\t\n"),
    () => Buffer.concat([Buffer.from("{"), Buffer.alloc(1024 * 1024 + 10, 32), frame]),
    () => Buffer.concat([Buffer.from("Content-Length: 10\r\n\r\n"), frame]),
  ])();
}

async function openSocket({ home, daemonPid }: Place, isKnown: boolean): Promise<Session> {
  const { address } = JSON.parse(readFileSync(join(home, "daemon.json"), "utf8"));
  const socket = connect(address);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  const closed = new Promise<string>((resolve) => socket.once("close", () => resolve("the connection ended")));
  let last = "";
  const outlet = createOutlet((bytes) => void socket.write(bytes));
  const channel = createChannel({ write: (text) => outlet.message(`${text}\n`), kind: "lines" });
  socket.on("data", (chunk: Buffer) => {
    last = chunk.toString("utf8").slice(-300);
    channel.receive(chunk);
  });
  if (isKnown) await shakeHands(channel, home);
  return {
    pid: daemonPid,
    ended: closed.then((why) => `${why} after ${last}`),
    faults: channel.faults,
    tally: channel.tally,
    send: outlet.input,
    probe: async () => void (await channel.ask("daemon/status", {})),
    async leave() {
      socket.destroy();
      await closed;
    },
  };
}

export async function shakeHands(channel: Channel, home: string): Promise<void> {
  const token = readFileSync(join(home, "daemon.token"), "utf8").trim();
  const nonce = "ab".repeat(32);
  const client = { name: "fuzz", version: "1.0.0", buildTime: 0, role: "human" };
  const hello = await channel.ask("handshake/hello", { protocolVersion: 1, client, nonce });
  const theirs = (hello["result"] as { nonce: string }).nonce;
  const proof = createHmac("sha256", token).update(`nexus/1/client:human/${nonce}/${theirs}`).digest("hex");
  const proven = await channel.ask("handshake/prove", { proof });
  if (proven["error"] !== undefined) throw new Error(JSON.stringify(proven));
}
