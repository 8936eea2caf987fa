/** WebSockets on this machine's loopback address that carry one message a frame, as sockets that carry lines. */
import { createServer, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { BrokenReason, LineSocket } from "./lines.ts";

export interface WebSocketOptions {
  /** 0: any free one. */
  readonly port: number;
  /** Pages that may connect, such as `http://localhost:5173`; every other page is refused. Programs send no origin. */
  readonly origins: readonly string[];
  readonly maxFrameBytes: number;
  onSocket(socket: LineSocket): void;
}

export interface ListeningWebSocket {
  readonly url: string;
  /** Takes no more connections; open ones go on. Resolves when all have ended. */
  close(): Promise<void>;
}

const HEADERS_MS = 10_000;
const MAX_SOCKETS = 2048;
const CLOSE_MS = 1000;

/** Rejects with the system's error, such as EADDRINUSE. */
export async function listenWebSocket(options: WebSocketOptions): Promise<ListeningWebSocket> {
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: HEADERS_MS, maxHeaderSize: 16 * 1024 });
  server.maxConnections = MAX_SOCKETS;
  const sockets = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: options.maxFrameBytes },
  });
  server.on("request", (_request, response) => {
    response.writeHead(426, { upgrade: "websocket", connection: "close" }).end();
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  server.on("upgrade", (request, stream, head) => {
    stream.on("error", () => stream.destroy());
    if (!isAdmitted(request, portOf(server.address()), options.origins)) {
      refuse(stream);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => options.onSocket(lineSocketOf(socket, stream)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  server.on("error", () => undefined);
  return {
    url: `ws://127.0.0.1:${portOf(server.address())}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function portOf(address: ReturnType<ReturnType<typeof createServer>["address"]>): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A page that a browser shows can reach loopback too: by its own name (Origin), or by a name that leads here (Host). */
function isAdmitted({ headers, url }: IncomingMessage, port: number, origins: readonly string[]): boolean {
  const names = ["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`);
  if (headers.host === undefined || !names.includes(headers.host.toLowerCase())) return false;
  return url === "/" && (headers.origin === undefined || origins.includes(headers.origin));
}

function refuse(stream: Duplex): void {
  stream.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", () => stream.destroy());
}

function lineSocketOf(socket: WebSocket, stream: Duplex): LineSocket {
  let onLine: (line: string) => void = () => undefined;
  let onBroken: (reason: BrokenReason) => void = () => socket.terminate();
  let broken = false;
  const breakOff = (reason: BrokenReason) => {
    if (broken) return;
    broken = true;
    onBroken(reason);
  };
  const send = (line: string) => {
    if (socket.readyState === socket.OPEN) socket.send(line);
  };
  const close = (graceMs = CLOSE_MS) => {
    socket.close();
    setTimeout(() => socket.terminate(), graceMs).unref();
  };

  socket.on("message", (data, isBinary) => {
    if (broken) return;
    if (isBinary) breakOff("not_utf8");
    else onLine(String(data));
  });
  socket.on("error", (error) => {
    breakOff("code" in error && error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH" ? "too_large" : "not_utf8");
  });

  return {
    send,
    sendShared({ lines }) {
      for (const line of lines) send(line);
    },
    close: () => close(),
    onLine(listener) {
      onLine = listener;
    },
    onClose(listener) {
      if (socket.readyState === socket.CLOSED) queueMicrotask(listener);
      else socket.once("close", listener);
    },
    bufferedBytes: () => socket.bufferedAmount,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    onDrain: (listener) => void stream.on("drain", listener),
    onBroken(listener) {
      onBroken = listener;
    },
    end(lastLine, graceMs = CLOSE_MS) {
      broken = true;
      send(lastLine);
      socket.resume();
      close(graceMs);
    },
  };
}
