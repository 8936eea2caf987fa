/** An HTTP proxy for one command: CONNECT and plain requests, each let through or refused by whoever starts it. */
import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Where to connect instead of the name, so that nothing is resolved twice; or why not. */
export type Admission =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly reason: string };

export interface ProxyOptions {
  /** A Unix socket's path; left out: a free port of the loopback interface. */
  readonly socket?: string;
  /** The password of the user `nexus`. */
  readonly token: string;
  readonly admit: (host: string, port: number) => Promise<Admission>;
}

export interface ProxyServer {
  /** Undefined for a Unix socket. */
  readonly port: number | undefined;
  /** Ends open connections too. */
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 128;
const IDLE_MS = 120_000;
const CONNECT_MS = 20_000;

export async function listenProxy(options: ProxyOptions): Promise<ProxyServer> {
  const open = new Set<Duplex>();
  const server = createServer({ headersTimeout: CONNECT_MS, maxHeaderSize: 16 * 1024 });
  server.maxConnections = MAX_CONNECTIONS;
  server.on("connection", (socket) => keep(open, socket));
  server.on("connect", (message, socket, head) => void tunnel(options, open, { message, socket, head }));
  server.on("request", (message, response) => void forward(options, open, message, response));
  server.on("clientError", (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    if (options.socket === undefined) server.listen(0, "127.0.0.1", resolve);
    else server.listen(options.socket, resolve);
  });
  return {
    port: portOf(server.address()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function portOf(address: string | AddressInfo | null): number | undefined {
  return address === null || typeof address === "string" ? undefined : address.port;
}

function keep(open: Set<Duplex>, socket: Socket): void {
  open.add(socket);
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.once("close", () => open.delete(socket));
}

interface Tunnel {
  readonly message: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

async function tunnel(options: ProxyOptions, open: Set<Duplex>, { message, socket, head }: Tunnel): Promise<void> {
  socket.on("error", () => socket.destroy());
  if (!isKnown(message, options.token))
    return refuse(socket, 407, "This proxy serves one command, which has its password.");
  const target = /^(?<host>[^:@/\s]+|\[[0-9a-fA-F:.]+\]):(?<port>\d{1,5})$/.exec(message.url ?? "")?.groups;
  if (target === undefined) return refuse(socket, 400, "The target must be host:port.");
  const port = Number(target["port"]);
  const admission = await admitted(options, target["host"] ?? "", port);
  if (!admission.ok) return refuse(socket, 403, admission.reason);
  const upstream = connect({ host: admission.address, port });
  keep(open, upstream);
  upstream.setTimeout(CONNECT_MS);
  upstream.once("error", (error) => refuse(socket, 502, error.message));
  upstream.once("connect", () => {
    upstream.setTimeout(IDLE_MS);
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    upstream.write(head);
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  socket.once("close", () => upstream.destroy());
  upstream.once("close", () => socket.destroy());
}

/** Headers that are between a client and its proxy. */
const OWN_HEADERS = new Set(["proxy-authorization", "proxy-connection", "connection", "keep-alive", "te", "upgrade"]);

async function forward(
  options: ProxyOptions,
  open: Set<Duplex>,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = (status: number, text: string) => void response.writeHead(status, STATUS_HEADERS).end(`${text}\n`);
  if (!isKnown(message, options.token)) return answer(407, "This proxy serves one command, which has its password.");
  const url = URL.canParse(message.url ?? "") ? new URL(message.url ?? "") : undefined;
  if (url === undefined || url.protocol !== "http:" || url.username !== "" || url.password !== "")
    return answer(400, "The target must be an http address without a name and a password.");
  const port = Number(url.port || 80);
  const admission = await admitted(options, url.hostname, port);
  if (!admission.ok) return answer(403, admission.reason);
  const headers = Object.fromEntries(Object.entries(message.headers).filter(([name]) => !OWN_HEADERS.has(name)));
  const upstream = request(
    {
      agent: false,
      host: admission.address,
      port,
      method: message.method,
      path: url.pathname + url.search,
      headers: { ...headers, host: url.host },
    },
    (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    },
  );
  upstream.on("socket", (socket) => keep(open, socket));
  upstream.on("error", (error) => (response.headersSent ? response.destroy() : answer(502, error.message)));
  message.pipe(upstream);
}

function admitted({ admit }: ProxyOptions, host: string, port: number): Promise<Admission> {
  return admit(host.replace(/^\[|\]$/g, ""), port).catch((error: unknown) => ({ ok: false, reason: String(error) }));
}

function isKnown(message: IncomingMessage, token: string): boolean {
  const given = Buffer.from(message.headers["proxy-authorization"] ?? "");
  const wanted = Buffer.from(`Basic ${Buffer.from(`nexus:${token}`).toString("base64")}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

const STATUS_HEADERS = {
  "content-type": "text/plain; charset=utf-8",
  connection: "close",
  "proxy-authenticate": "Basic",
};

function refuse(socket: Duplex, status: number, reason: string): void {
  const text = `Nexus: ${reason}\n`;
  const challenge = status === 407 ? 'Proxy-Authenticate: Basic realm="nexus"\r\n' : "";
  const length = Buffer.byteLength(text);
  socket.end(`HTTP/1.1 ${status} Refused\r\n${challenge}Content-Length: ${length}\r\nConnection: close\r\n\r\n${text}`);
}
