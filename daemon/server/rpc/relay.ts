/**
 * A client on standard streams: shakes hands with the daemon for it, then passes frames both ways as they are. So a client in any
 * language, on any system, needs neither the socket nor the token.
 */
import type { ConnectionWish, ErrorValue, OpenConnection } from "../../../protocol/index.ts";
import { connectionOpen, errorValue, NexusError } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { LineSocket } from "../../host/lines.ts";
import { parseParams } from "./dispatch.ts";
import { errorLine, errorResponse, type Frame, parseFrame } from "./frames.ts";

export interface OpenedDaemon {
  readonly socket: LineSocket;
  readonly answer: OpenConnection;
}

export interface RelayOptions {
  readonly client: LineSocket;
  /** Resolves when the client has closed its side: nothing more will come. */
  readonly clientEnded: Promise<void>;
  /** Finds or starts the daemon. Rejects with a NexusError. */
  open(wish: ConnectionWish): Promise<OpenedDaemon>;
  readonly clock: Pick<Clock, "timer">;
}

/** Above this many unsent bytes of one side the other side is not read. */
const MAX_BUFFERED = 1024 * 1024;
/** How long a client that sends no more is answered what it has asked. */
const FAREWELL_MS = 5000;

/** Resolves at the end: `client` when the client ended it and `daemon` when the daemon did, or there is none. */
export function relay({ client, clientEnded, open, clock }: RelayOptions): Promise<"client" | "daemon"> {
  const { promise, resolve } = Promise.withResolvers<"client" | "daemon">();
  const waiting: string[] = [];
  let daemon: LineSocket | undefined;
  let opening = false;
  let unanswered = 0;
  let hasEnded = false;
  let stopWaiting: (() => void) | undefined;

  client.onLine((line) => {
    if (daemon === undefined) begin(line);
    else forward(daemon, line, parseFrame(line));
  });
  client.onBroken((reason) => {
    client.end(reason === "too_large" ? errorLine("frame.too_large") : errorLine("frame.invalid", "It is not UTF-8."));
    finish("client");
  });
  client.onDrain(() => daemon?.resume());
  client.onClose(() => finish("client"));
  void clientEnded.then(() => {
    hasEnded = true;
    finishWhenAnswered();
  });

  function begin(line: string): void {
    if (opening) {
      waiting.push(line);
      return;
    }
    opening = true;
    client.pause();
    const first = parseFrame(line);
    const asked = requestOf(first);
    if (asked?.method === "connection/open") void connect(asked.id ?? null, asked.params);
    else {
      waiting.push(line);
      void connect(asked?.id ?? null);
    }
  }

  /** With the parameters of connection/open, which is then answered. */
  async function connect(id: string | number | null, params?: unknown): Promise<void> {
    try {
      const wish = params === undefined ? {} : parseParams(connectionOpen, params);
      const opened = await open(wish);
      daemon = opened.socket;
      listen(opened.socket);
      if (params !== undefined && id !== null)
        client.send(JSON.stringify({ jsonrpc: "2.0", id, result: opened.answer }));
      for (const line of waiting.splice(0)) forward(opened.socket, line, parseFrame(line));
      client.resume();
      finishWhenAnswered();
    } catch (error) {
      client.end(JSON.stringify(errorResponse(id, errorOf(error))));
      finish("daemon");
    }
  }

  function listen(socket: LineSocket): void {
    socket.onLine((line) => {
      if (isAnswer(line)) unanswered -= 1;
      client.send(line);
      if (client.bufferedBytes() > MAX_BUFFERED) socket.pause();
      finishWhenAnswered();
    });
    socket.onDrain(() => client.resume());
    socket.onClose(() => finish("daemon"));
  }

  function forward(socket: LineSocket, line: string, frame: Frame): void {
    const asked = requestOf(frame);
    if (asked !== undefined && /^(handshake|connection)\//.test(asked.method)) {
      const error = errorValue(
        "handshake.refused",
        `The connection is open; ${asked.method.slice(0, 60)} has no place here.`,
      );
      if (asked.id !== undefined) client.send(JSON.stringify(errorResponse(asked.id ?? null, error)));
      return;
    }
    if (isAnswered(frame)) unanswered += 1;
    socket.send(line);
    if (socket.bufferedBytes() > MAX_BUFFERED) client.pause();
  }

  function finishWhenAnswered(): void {
    // While it is still opened, what waits is sent first.
    if (!hasEnded || (opening && daemon === undefined)) return;
    if (unanswered <= 0) finish("client");
    else stopWaiting ??= clock.timer(FAREWELL_MS, () => finish("client"));
  }

  function finish(by: "client" | "daemon"): void {
    stopWaiting?.();
    daemon?.close();
    client.close();
    resolve(by);
  }

  return promise;
}

function requestOf({ isBatch, messages: [message] }: Frame) {
  return !isBatch && message?.kind === "request" ? message.request : undefined;
}

/** Whether the daemon answers the frame: with one line, or not at all. */
function isAnswered({ messages }: Frame): boolean {
  return messages.some(
    (message) => message.kind === "invalid" || (message.kind === "request" && message.request.id !== undefined),
  );
}

/** Notifications and requests of the daemon have a method. */
function isAnswer(line: string): boolean {
  const value: unknown = JSON.parse(line);
  return Array.isArray(value) || (typeof value === "object" && value !== null && !("method" in value));
}

function errorOf(error: unknown): ErrorValue {
  if (error instanceof NexusError) return error.value;
  return errorValue("daemon.unreachable", error instanceof Error ? error.message : String(error));
}
