/**
 * The client's end of a connection, over any transport that carries lines. Used by the command line, the extension and
 * tests; nothing here knows sockets or Node, so it also runs in a browser.
 *
 * Imports types and the errors of a client only, never a schema: the extension loads it before its first command.
 */
// The client alone: the package as a whole is three times as large.
import { JSONRPCClient } from "json-rpc-2.0/dist/client.js";
import { type Answering, createAnswering } from "./answering.ts";
import type { CancelSignal } from "./cancel.ts";
import type { Client, ClientCapabilities, DaemonCapabilities } from "./handshake.ts";
import type { Answer, NotificationName, NotificationParams, Params, RequestName } from "./messages.ts";
import { clientError, NexusError } from "./raised-errors.ts";

/** Carries one JSON-RPC message a line. `onLine` and `onClose` are set once, before anything is sent. */
export interface LineTransport {
  send(line: string): void;
  close(): void;
  onLine(listener: (line: string) => void): void;
  onClose(listener: () => void): void;
}

/** What a handshake needs from the machine. */
export interface HandshakeSecrets {
  readonly client: Client;
  /** Fresh random hexadecimal digits, 64 of them. */
  readonly nonce: string;
  /** HMAC-SHA-256 of the text under the daemon's token, in hexadecimal digits. */
  hmac(text: string): string;
  /** Each request named here needs a handler (`ClientConnection.handle`). */
  readonly capabilities?: ClientCapabilities | undefined;
}

export interface DaemonInfo {
  readonly version: string;
  readonly buildTime: number;
  readonly pid: number;
}

export interface ClientConnection {
  /** As the daemon names it, in presence/list for one. */
  readonly connectionId: string;
  readonly daemon: DaemonInfo;
  /** What the daemon offers; undefined for an older one. */
  readonly capabilities: DaemonCapabilities | undefined;
  /**
   * Rejects with a NexusError: the daemon's own, `daemon.unreachable` when the connection ends first, or, as soon as
   * `signal` aborts, `request.cancelled`; the daemon is then told to stop working on it.
   */
  request<Name extends RequestName>(
    name: Name,
    params: Params<Name>,
    options?: { readonly signal?: CancelSignal },
  ): Promise<Answer<Name>>;
  /** Calls back for every notification of that name; returns the function that ends it. */
  on<Name extends NotificationName>(name: Name, listener: (params: NotificationParams<Name>) => void): () => void;
  /** Answers a request of the daemon, whose name must be among the capabilities; returns the function that ends it. */
  readonly handle: Answering["handle"];
  onClose(listener: () => void): void;
  close(): void;
}

export const MAX_LINE_BYTES = 1024 * 1024;
const PROTOCOL_VERSION = 1;

/**
 * Shakes hands over a fresh transport. Rejects with `handshake.impostor` when the other side does not know the token,
 * and with what the daemon says when it refuses us.
 */
export async function connectClient(transport: LineTransport, secrets: HandshakeSecrets): Promise<ClientConnection> {
  const { client, nonce, hmac } = secrets;
  const requests = ["client/ping", ...(secrets.capabilities?.requests ?? [])];
  const peer = createPeer(transport, requests);
  peer.handle("client/ping", () => ({}));
  const who = { protocolVersion: PROTOCOL_VERSION, client, nonce, capabilities: { requests } };
  const hello = await peer.request("handshake/hello", who);
  const text = (side: string) => `nexus/${PROTOCOL_VERSION}/${side}/${nonce}/${hello.nonce}`;
  if (hello.proof !== hmac(text("daemon"))) {
    peer.close();
    throw clientError("handshake.impostor");
  }
  const signsRole = hello.signsRole === true && client.role !== undefined;
  const { connectionId } = await peer.request("handshake/prove", {
    proof: hmac(text(signsRole ? `client:${client.role}` : "client")),
  });
  const { version, buildTime, pid, capabilities } = hello;
  return { ...peer, connectionId, capabilities, daemon: { version, buildTime, pid } };
}

/** Splits a stream of text into lines at `\n` only (JSON may hold U+2028), refusing lines above the limit. */
export function createLineSplitter(
  onLine: (line: string) => void,
  onTooLong: () => void,
  maxLineLength = MAX_LINE_BYTES,
): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", start)) {
      const line = rest + chunk.slice(start, end);
      rest = "";
      start = end + 1;
      if (line.length > maxLineLength) onTooLong();
      else if (line.trim() !== "") onLine(line);
    }
    rest += chunk.slice(start);
    if (rest.length > maxLineLength) {
      rest = "";
      onTooLong();
    }
  };
}

function createPeer(
  transport: LineTransport,
  declared: readonly string[],
): Omit<ClientConnection, "connectionId" | "daemon" | "capabilities"> {
  let lastId = 0;
  const createId = () => {
    lastId += 1;
    return lastId;
  };
  const rpc = new JSONRPCClient((payload: unknown) => transport.send(JSON.stringify(payload)), createId);
  const answering = createAnswering((message) => transport.send(JSON.stringify(message)), declared);
  const listeners = new Map<string, Set<(params: never) => void>>();
  const closeListeners = new Set<() => void>();
  let closed = false;

  transport.onLine((line) => {
    const message: { id?: unknown; method?: unknown; params?: unknown } = JSON.parse(line);
    if (typeof message.method !== "string") rpc.receive(JSON.parse(line));
    else if (typeof message.id === "string" || typeof message.id === "number")
      answering.receive(message.id, message.method, message.params);
    else notify(message.method, message.params);
  });
  transport.onClose(() => {
    closed = true;
    answering.close();
    rpc.rejectAllPendingRequests("the connection ended");
    for (const listener of closeListeners) listener();
  });

  function notify(name: string, params: unknown): void {
    if (name === "request/cancelled" && typeof params === "object" && params !== null && "id" in params)
      answering.cancelled(params.id);
    for (const listener of listeners.get(name) ?? []) listener(params as never);
  }

  /** Sends at once: the id is known when this returns. */
  function send<Name extends RequestName>(name: Name, params: Params<Name>): Promise<Answer<Name>> {
    return Promise.resolve(rpc.request(name, params, undefined)).catch((error: unknown) => {
      throw toNexusError(error);
    });
  }

  function cancellable<Value>(answer: Promise<Value>, id: number, signal: CancelSignal): Promise<Value> {
    return new Promise((resolve, reject) => {
      const cancel = () => {
        reject(clientError("request.cancelled"));
        if (!closed) send("request/cancel", { id }).catch(() => undefined);
      };
      signal.addEventListener("abort", cancel, { once: true });
      answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", cancel));
    });
  }

  return {
    async request(name, params, { signal } = {}) {
      if (closed) throw clientError("daemon.unreachable", "The connection is closed.");
      if (signal?.aborted) throw clientError("request.cancelled");
      const answer = send(name, params);
      return signal === undefined ? answer : cancellable(answer, lastId, signal);
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      return () => set.delete(listener);
    },
    handle: answering.handle,
    onClose(listener) {
      if (closed) listener();
      else closeListeners.add(listener);
    },
    close: () => transport.close(),
  };
}

/** The daemon puts its error value into the JSON-RPC error's `data`. */
function toNexusError(error: unknown): NexusError {
  const data = typeof error === "object" && error !== null && "data" in error ? error.data : undefined;
  const isValue = typeof data === "object" && data !== null && "code" in data && "message" in data && "hint" in data;
  if (isValue) {
    const action = "action" in data && typeof data.action === "string" ? { action: data.action } : {};
    return new NexusError({
      code: String(data.code),
      message: String(data.message),
      hint: String(data.hint),
      ...action,
    });
  }
  return clientError("daemon.unreachable", error instanceof Error ? error.message : String(error));
}
