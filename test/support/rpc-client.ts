/** Clients for tests: a well-behaved one, and raw sockets that send what they are told. */
import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connectSocket } from "../../daemon/host/socket.ts";
import {
  type Client,
  type ClientCapabilities,
  type ClientConnection,
  type ClientRole,
  connectClient,
  type LineTransport,
} from "../../protocol/index.ts";

export async function openClient(
  address: string,
  token: string,
  name = "test",
  role: ClientRole = "human",
  capabilities: ClientCapabilities = {},
): Promise<ClientConnection> {
  return shakeHands(await connectSocket(address, 5000), token, { name, role }, capabilities);
}

export function shakeHands(
  transport: LineTransport,
  token: string,
  client: Pick<Client, "name" | "role" | "face" | "title">,
  capabilities?: ClientCapabilities,
): Promise<ClientConnection> {
  const hmac = (text: string) => createHmac("sha256", token).update(text).digest("hex");
  const nonce = randomBytes(32).toString("hex");
  return connectClient(transport, {
    client: { version: "1.0.0", buildTime: 1, ...client },
    nonce,
    hmac,
    capabilities,
  });
}

export interface Reply {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly [name: string]: unknown };
  readonly result?: { readonly [name: string]: unknown };
  readonly error?: { readonly code: number; readonly data?: { readonly code: string; readonly message: string } };
}

export interface RawClient {
  readonly socket: Socket;
  send(message: unknown): void;
  /** The next line that has not been read, as JSON. Rejects when the connection ends first. */
  next(): Promise<Reply>;
  /** Resolves when the other side has ended the connection. */
  readonly closed: Promise<void>;
}

export async function openRaw(address: string): Promise<RawClient> {
  const socket = connect(address);
  await once(socket, "connect");
  let rest = "";
  const lines: string[] = [];
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  socket.on("error", () => undefined);
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) {
      const waiter = waiting.shift();
      if (waiter === undefined) lines.push(line);
      else waiter.resolve(line);
    }
  });
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  void closed.then(() => {
    for (const { reject } of waiting) reject(new Error("the connection ended"));
  });
  return {
    socket,
    closed,
    send: (message) => void socket.write(typeof message === "string" ? message : `${JSON.stringify(message)}\n`),
    async next() {
      const line = lines.shift() ?? (await new Promise<string>((resolve, reject) => waiting.push({ resolve, reject })));
      return JSON.parse(line);
    },
  };
}

/** A raw client that has shaken hands. */
export async function openRawProven(address: string, token: string): Promise<RawClient> {
  const raw = await openRaw(address);
  const nonce = "ab".repeat(32);
  raw.send({ jsonrpc: "2.0", id: 1, method: "handshake/hello", params: helloParams(nonce) });
  const hello = await raw.next();
  const proof = proofOf(token, nonce, String(hello.result?.["nonce"]));
  raw.send({ jsonrpc: "2.0", id: 2, method: "handshake/prove", params: { proof } });
  await raw.next();
  return raw;
}

export function request(id: number, method: string, params: unknown = {}) {
  return { jsonrpc: "2.0", id, method, params };
}

export function helloParams(nonce = "ab".repeat(32)) {
  return { protocolVersion: 1, client: { name: "raw", version: "1.0.0", buildTime: 1 }, nonce };
}

export function proofOf(token: string, clientNonce: string, daemonNonce: string, side = "client"): string {
  return createHmac("sha256", token).update(`nexus/1/${side}/${clientNonce}/${daemonNonce}`).digest("hex");
}
