/** A small HTTP server on this machine's loopback address, for text that fits into memory and streams of events. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface HttpRequest {
  readonly method: string;
  /** As it was sent: path and query. */
  readonly target: string;
  /** Lower-case names; of a repeated header the values joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Instead of a body: pieces, sent as they come. */
  readonly stream?: AsyncIterable<string>;
}

export interface HttpServerOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly maxBodyBytes: number;
  /** Looked at before the body is read; what it answers with is the reply. */
  admit(request: Omit<HttpRequest, "body">): HttpReply | undefined;
  /** What it throws becomes 500 and is told to `onError`. */
  handle(request: HttpRequest): Promise<HttpReply>;
  onError(error: unknown): void;
}

export interface HttpServer {
  readonly port: number;
  /** Ends open connections too. */
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 64;
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const COMMON = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

/** Rejects with the system's error, such as EADDRINUSE. */
export async function listenHttp(options: HttpServerOptions): Promise<HttpServer> {
  const open = new Set<Socket>();
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, maxHeaderSize: 16 * 1024 });
  server.maxConnections = MAX_CONNECTIONS;
  server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  server.on("request", (message, response) => {
    serve(options, message, response).catch((error: unknown) => {
      options.onError(error);
      if (!response.headersSent) send(response, { status: 500, body: "" });
      else response.destroy();
    });
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  server.on("error", options.onError);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

async function serve(options: HttpServerOptions, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  message.on("error", () => undefined);
  response.on("error", () => undefined);
  const { method = "GET", url = "/" } = message;
  const request = { method, target: url, headers: headersOf(message), signal: gone.signal };
  const refused = options.admit(request);
  if (refused !== undefined) return send(response, refused, true);
  const body = await readBody(message, options.maxBodyBytes);
  if (body === undefined) return send(response, { status: 413, body: "The request is too large.\n" }, true);
  const reply = await options.handle({ ...request, body });
  if (reply.stream === undefined) return send(response, reply);
  response.writeHead(reply.status, { ...COMMON, ...reply.headers });
  for await (const piece of reply.stream) {
    if (gone.signal.aborted) break;
    if (!response.write(piece)) await drained(response, gone.signal);
  }
  response.end();
}

/** What is unread of a refused request is not waited for. */
function send(response: ServerResponse, { status, headers = {}, body = "" }: HttpReply, closes = false): void {
  const ending = closes ? { connection: "close" } : {};
  response.writeHead(status, { ...COMMON, "content-type": "text/plain; charset=utf-8", ...headers, ...ending });
  response.end(body);
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : value,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

async function readBody(message: IncomingMessage, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > limit) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    response.once("drain", resolve);
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
