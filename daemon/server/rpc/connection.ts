/** One client: its handshake, its requests in their limits, and what it is told. */
import type { JSONRPCRequest } from "json-rpc-2.0";
import type {
  ClientRole,
  ErrorCode,
  NotificationName,
  NotificationParams,
  RequestName,
  RunEvent,
} from "../../../protocol/index.ts";
import { errorValue } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { LineSocket, SharedLines } from "../../host/lines.ts";
import type { Log } from "../../observability/log.ts";
import { newSpanId } from "../../observability/trace.ts";
import type { Refusal } from "../refusals.ts";
import type { ApprovalFeed } from "./approval-feed.ts";
import { type Asks, createAsks } from "./asks.ts";
import type { ClientDirectory, ConnectedClient } from "./clients.ts";
import { type Dispatch, toErrorValue } from "./dispatch.ts";
import { errorLine, errorResponse } from "./frames.ts";
import { createHandshake, type DaemonIdentity, type ProvenClient } from "./handshake.ts";
import { createInbox, type Item } from "./inbox.ts";
import { createRateLimit, type RpcLimits } from "./limits.ts";
import type { Presence } from "./presence-feed.ts";
import { refusalOf } from "./roles.ts";
import { createSubscriptions } from "./subscriptions.ts";
import type { Listener } from "./topic.ts";
import { notificationLine, type Watchers } from "./watchers.ts";

/** What a handler knows of the connection that asks. */
export interface RpcContext {
  readonly connectionId: string;
  /** Who acts, for the record. */
  readonly name: string;
  /** Declared and signed in the handshake. */
  readonly role: ClientRole;
  /** The client that asks, to ask it in turn. */
  readonly client: ConnectedClient;
  /** The connection, to tell it what it has asked to be told (topic.ts). */
  readonly listener: Listener;
  readonly presence: Presence;
  readonly approvals: ApprovalFeed;
  /** Aborts when the client cancels this request (request/cancel) or the connection ends. */
  readonly signal: AbortSignal;
  /** Aborts when the connection ends. */
  readonly closed: AbortSignal;
  /** Aborts the signal of another request of this connection; false when it is not under way. */
  cancel(id: string | number): boolean;
  /** Ends an earlier watch of the same run by this connection. */
  watch(runId: string, after: number): void;
  unwatch(runId: string): void;
}

export interface ConnectionDependencies {
  readonly identity: DaemonIdentity;
  readonly dispatch: Dispatch<RpcContext>;
  /** The client is in it from its proof to its end. */
  readonly clients: ClientDirectory;
  readonly watchers: Watchers;
  readonly presence: Presence;
  readonly approvals: ApprovalFeed;
  readonly limits: RpcLimits;
  readonly clock: Clock;
  readonly log: Log;
  readonly readEvents: (runId: string, after: number) => Promise<RunEvent[]>;
  /** A request that the client's role may not make, or a wrong proof. */
  readonly onRefused: (refusal: Refusal) => void;
  /** A wrong proof; answers with how long the refusal is to be held back. */
  readonly onFailure: () => number;
  /** The client has proved itself. */
  readonly onOpen: () => void;
  readonly onClosed: () => void;
}

export interface Connection {
  readonly id: string;
  /** True from the client's proof to the end. */
  isOpen(): boolean;
  /** Unsent bytes are above what one connection may have. */
  isFull(): boolean;
  /** Nothing happens before the handshake is over. */
  notify<Name extends NotificationName>(name: Name, params: NotificationParams<Name>): void;
  tell(shared: SharedLines): void;
  /** Called whenever there is room again. */
  onDrain(listener: () => void): void;
  close(): void;
}

const FIRST_MESSAGES: readonly RequestName[] = ["handshake/hello", "handshake/prove"];

export function serveConnection(socket: LineSocket, dependencies: ConnectionDependencies): Connection {
  const { limits, clock, dispatch } = dependencies;
  const id = newSpanId();
  const log = dependencies.log.with({ connectionId: id });
  const handshake = createHandshake(dependencies.identity);
  const rate = createRateLimit(limits, clock);
  const inbox = createInbox(sendLine);
  const subscriptions = createSubscriptions({
    ...{ watchers: dependencies.watchers, readEvents: dependencies.readEvents, isFull, log },
    sendLine,
    sendShared: tell,
    // The client sees the end of the connection and watches again from the last number it has.
    onFailure: () => socket.close(),
    onChanged: () => dependencies.clients.changed(id),
  });
  const underWay = new Map<string | number, AbortController>();
  const ending = new AbortController();
  const drainListeners = new Set<() => void>();
  const listener: Listener = { id, closed: ending.signal, isFull, tell, onDrain };
  let client: ConnectedClient | undefined;
  let asks: Asks | undefined;
  let forget: () => void = () => undefined;
  let closed = false;
  let pending = 0;
  let resting = false;

  const cancelTimeout = clock.timer(limits.handshakeMs, () => {
    if (client === undefined) hangUp(errorLine("handshake.refused", "It did not finish the handshake in time."));
  });
  socket.onLine((line) => {
    if (closed) return;
    inbox.push(line);
    work();
  });
  socket.onBroken((reason) =>
    hangUp(reason === "too_large" ? errorLine("frame.too_large") : errorLine("frame.invalid", "It is not UTF-8.")),
  );
  socket.onDrain(() => {
    for (const each of drainListeners) each();
    subscriptions.onDrain();
    work();
  });
  socket.onClose(() => {
    closed = true;
    cancelTimeout();
    subscriptions.close();
    inbox.clear();
    ending.abort();
    drainListeners.clear();
    asks?.close();
    forget();
    dependencies.onClosed();
  });

  function isFull(): boolean {
    const share = limits.maxBufferedTotal / Math.max(1, dependencies.clients.count());
    return socket.bufferedBytes() > Math.min(limits.maxBufferedBytes, share);
  }

  /**
   * Takes what has come while the client is within its limits; the rest stays in the inbox, and then in the socket. What lets work
   * end is taken even so: a client whose requests all wait for its own answers must be heard.
   */
  function work(): void {
    while (!closed && !resting) {
      const item = inbox.peek(pending >= limits.maxPendingRequests || isFull());
      if (item === undefined) break;
      const waitMs = rate.take();
      if (waitMs > 0) rest(waitMs);
      else {
        inbox.take(item);
        receive(item);
      }
    }
    if (closed) return;
    // An answer, room in the buffer, or the end of the rest calls again.
    if (resting || inbox.isFull()) socket.pause();
    else socket.resume();
  }

  function rest(milliseconds: number): void {
    resting = true;
    clock.timer(milliseconds, () => {
      resting = false;
      work();
    });
  }

  function receive(item: Item): void {
    const { message, reply } = item;
    if (client === undefined) greet(item);
    else if (message.kind === "invalid") reply(errorResponse(message.id, message.error));
    else if (message.kind === "answer") {
      asks?.receive(message.answer);
      reply();
    } else if (FIRST_MESSAGES.some((name) => name === message.request.method)) refuseGreeting(message.request);
    else void answer(message.request, client, reply);
  }

  /** Before the proof every line but the two of the handshake ends the connection. */
  function greet({ message, isBatched, reply }: Item): void {
    if (message.kind !== "request" || isBatched) {
      const error = message.kind === "invalid" ? message.error : errorValue("handshake.refused", "It sent no hello.");
      hangUp(JSON.stringify(errorResponse(null, error)));
      return;
    }
    const { id: requestId = null, method, params } = message.request;
    try {
      if (method === "handshake/hello") reply({ jsonrpc: "2.0", id: requestId, result: handshake.hello(params) });
      else if (method === "handshake/prove") prove(requestId, params);
      else refuseGreeting(message.request);
    } catch (error) {
      hangUp(JSON.stringify(errorResponse(requestId, toErrorValue(error, log))));
    }
  }

  function refuseGreeting({ id: requestId = null, method }: JSONRPCRequest): void {
    hangUp(
      JSON.stringify(errorResponse(requestId, errorValue("handshake.refused", `It sent ${method.slice(0, 60)}.`))),
    );
  }

  function prove(requestId: string | number | null, params: unknown): void {
    const proven = handshake.prove(params);
    if (proven === undefined) {
      const delayMs = dependencies.onFailure();
      log.write("warn", "a client gave a wrong proof", { delayMs });
      dependencies.onRefused({ client: "unknown", action: "handshake/prove", reason: "It gave a wrong proof." });
      const line = JSON.stringify(errorResponse(requestId, errorValue("handshake.refused")));
      if (delayMs === 0) hangUp(line);
      else clock.timer(delayMs, () => hangUp(line));
      return;
    }
    client = connected(proven);
    cancelTimeout();
    send({ jsonrpc: "2.0", id: requestId, result: { connectionId: id } });
    forget = dependencies.clients.add(client);
    dependencies.onOpen();
  }

  function connected({ name, title, face, role, answers }: ProvenClient): ConnectedClient {
    asks = createAsks({ answers, send, clock });
    return {
      ...{ connectionId: id, name, title: title ?? null, face: face ?? "program", role: role ?? "automation" },
      ...{ since: clock.iso(), closed: ending.signal, can: (request) => answers.has(request), ask: asks.ask },
      watching: subscriptions.runs,
    };
  }

  async function answer(request: JSONRPCRequest, from: ConnectedClient, reply: Item["reply"]): Promise<void> {
    const requestId = request.id ?? undefined;
    const refusal = refusalOf(from.role, request.method);
    if (refusal !== undefined) {
      tellRefusal(refusal, request.method, from);
      reply(requestId === undefined ? undefined : errorResponse(requestId, errorValue(refusal)));
      return;
    }
    const cancelling = new AbortController();
    pending += 1;
    if (requestId !== undefined) underWay.set(requestId, cancelling);
    try {
      const response = await dispatch(request, contextOf(from, AbortSignal.any([cancelling.signal, ending.signal])));
      reply(requestId === undefined ? undefined : (response ?? undefined));
    } finally {
      pending -= 1;
      if (requestId !== undefined && underWay.get(requestId) === cancelling) underWay.delete(requestId);
      work();
    }
  }

  function tellRefusal(code: ErrorCode, action: string, { name, role }: ConnectedClient): void {
    dependencies.onRefused({ client: `${name} ${id}`, action, reason: `${errorValue(code).message} (${role})` });
  }

  function contextOf(from: ConnectedClient, signal: AbortSignal): RpcContext {
    const { watch, unwatch } = subscriptions;
    const { presence, approvals } = dependencies;
    const who = { connectionId: id, name: `${from.name} ${id}`, role: from.role, client: from, listener };
    return { ...who, presence, approvals, signal, closed: ending.signal, cancel, watch, unwatch };
  }

  function cancel(requestId: string | number): boolean {
    const controller = underWay.get(requestId);
    controller?.abort();
    return controller !== undefined;
  }

  function hangUp(lastLine: string): void {
    if (closed) return;
    closed = true;
    inbox.clear();
    log.write("warn", "a connection was ended", { client: client?.name, reason: lastLine.slice(0, 500) });
    socket.end(lastLine);
  }

  function sendLine(line: string): void {
    if (!closed) socket.send(line);
  }

  function send(message: object): void {
    sendLine(JSON.stringify(message));
  }

  function tell(shared: SharedLines): void {
    if (client !== undefined && !closed) socket.sendShared(shared);
  }

  function onDrain(listen: () => void): () => void {
    drainListeners.add(listen);
    return () => drainListeners.delete(listen);
  }

  return {
    id,
    isOpen: () => client !== undefined && !closed,
    isFull,
    notify(name, params) {
      if (client !== undefined) sendLine(notificationLine(name, params));
    },
    tell,
    onDrain,
    close: () => socket.close(),
  };
}
