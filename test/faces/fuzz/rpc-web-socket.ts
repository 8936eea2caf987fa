/** The Nexus protocol over WebSockets, one message a frame. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WebSocket } from "ws";
import { createChannel, createOutlet } from "./channel.ts";
import { damagedBytes } from "./damage.ts";
import type { Face, Session } from "./face.ts";
import type { Place } from "./place.ts";
import type { Random } from "./random.ts";
import { nexusFace, shakeHands } from "./rpc.ts";

export function rpcWebSocketFace(place: Place): Face {
  const face = nexusFace("rpc-ws", place, (isKnown) => openWebSocket(place, isKnown));
  return { ...face, frame: (text) => webSocketFrame(Buffer.from(text), TEXT), damaged: damagedFrame };
}

const [CONTINUED, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10];
const FIN = 0x80;
const MASKED = 0x80;

/** As a client sends it: masked, here with zeros. */
function webSocketFrame(payload: Buffer, opcode: number, first = FIN | opcode): Buffer {
  const { length } = payload;
  const mask = Buffer.alloc(4);
  if (length < 126) return Buffer.concat([Buffer.from([first, MASKED | length]), mask, payload]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = MASKED | (length < 65_536 ? 126 : 127);
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, mask, payload]);
}

/** Frames that are cut, unmasked, of another kind, in parts, compressed, empty, or longer than they say. */
function damagedFrame(frame: Buffer, random: Random): Buffer {
  const payload = frame.subarray(frame.length < 132 ? 6 : frame.length < 65_544 ? 8 : 14);
  const half = random.below(payload.length + 1);
  return random.pick<() => Buffer>([
    () => damagedBytes(frame, random),
    () => frame.subarray(0, random.below(frame.length)),
    () => webSocketFrame(damagedBytes(payload, random), TEXT),
    () => webSocketFrame(payload, BINARY),
    () => webSocketFrame(payload, random.pick([3, 7, 11, 15])),
    () => webSocketFrame(payload, CLOSE),
    () => webSocketFrame(payload.subarray(0, random.pick([0, 60, 125, 200])), random.pick([PING, PONG])),
    () => webSocketFrame(payload, CONTINUED),
    () => webSocketFrame(payload, TEXT, FIN | 0x40 | TEXT),
    () => webSocketFrame(payload, TEXT, TEXT),
    () =>
      Buffer.concat([
        webSocketFrame(payload.subarray(0, half), TEXT, TEXT),
        webSocketFrame(Buffer.alloc(0), PING),
        webSocketFrame(payload.subarray(half), CONTINUED),
      ]),
    () => webSocketFrame(Buffer.alloc(0), TEXT),
    () => webSocketFrame(Buffer.alloc(1024 * 1024 + 10, 32), TEXT),
    () => Buffer.concat([Buffer.from([FIN | TEXT, MASKED | 127]), Buffer.alloc(8, 0xff), payload]),
    () => Buffer.from([FIN | TEXT, payload.length & 0x7f, ...payload]),
  ])();
}

async function openWebSocket({ home, daemonPid }: Place, isKnown: boolean): Promise<Session> {
  const { webSocketUrl } = JSON.parse(readFileSync(join(home, "daemon.json"), "utf8"));
  const socket = new WebSocket(webSocketUrl, { perMessageDeflate: false });
  let why = "";
  socket.on("error", (error) => {
    why = String(error);
  });
  const [[response]] = await Promise.all([once(socket, "upgrade"), once(socket, "open")]);
  const ended = new Promise<string>((resolve) =>
    socket.once("close", (code, reason) => resolve(`the connection ended with ${code} ${reason} ${why}`)),
  );
  // Below the library, which would send no wrong frame.
  const outlet = createOutlet((bytes) => void response.socket.write(bytes));
  const write = (text: string) => outlet.message(webSocketFrame(Buffer.from(text), TEXT));
  const channel = createChannel({ write, kind: "lines" });
  socket.on("message", (data: Buffer) => channel.receive(Buffer.concat([data, Buffer.from("\n")])));
  if (isKnown) await shakeHands(channel, home);
  return {
    ...{ pid: daemonPid, ended, faults: channel.faults, tally: channel.tally },
    send: outlet.input,
    probe: async () => void (await channel.ask("daemon/status", {})),
    async leave() {
      socket.terminate();
      await ended;
    },
  };
}
