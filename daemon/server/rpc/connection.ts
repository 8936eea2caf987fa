/** One client: its handshake, its requests in their limits, and what it is told. */
import type { JSONRPCRequest } from "json-rpc-2.0";
import type {
  ClientRole,
  NotificationName,
  NotificationParams,
  RequestName,
  RunEvent,
  RunSummary,
} from "../../../protocol/index.ts";
import { errorValue, NexusError } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { LineSocket } from "../../host/socket.ts";
import type { Log } from "../../observability/log.ts";
import { newSpanId } from "../../observability/trace.ts";
import type { Refusal } from "../refusals.ts";
import { type Asks, createAsks } from "./asks.ts";
import type { ClientDirectory, ConnectedClient } from "./clients.ts";
import { type Dispatch, toErrorValue } from "./dispatch.ts";
import { errorLine, errorResponse, type Frame, parseFrame } from "./frames.ts";
import { createHandshake, type DaemonIdentity, type ProvenClient } from "./handshake.ts";
import { createRateLimit, type RpcLimits } from "./limits.ts";
import { refusalOf } from "./roles.ts";
import { createWatch, type Watch } from "./watch.ts";

/** What a handler knows of the connection that asks. */
export interface RpcContext {
  readonly connectionId: string;
  /** Who acts, for the record. */
  readonly name: string;
  /** Declared and signed in the handshake. */
  readonly role: ClientRole;
  /** The client that asks, to ask it in turn. */
  readonly client: ConnectedClient;
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
  readonly limits: RpcLimits;
  readonly clock: Clock;
  readonly log: Log;
  readonly readEvents: (runId: string, after: number) => Promise<RunEvent[]>;
  /** A request that the client's role may not make, a wrong proof, or garbage. */
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
  notify<Name extends NotificationName>(name: Name, params: NotificationParams<Name>): void;
  onEvent(event: RunEvent): void;
  onDelta(delta: NotificationParams<"run/delta">): void;
  onChanged(run: RunSummary): void;
  onProgress(progress: NotificationParams<"memory/progress">): void;
  close(): void;
}

const FIRST_MESSAGES: readonly RequestName[] = ["handshake/hello", "handshake/prove"];
/** Watches of one connection; each costs memory and reads of the log. */
const MAX_WATCHES = 200;

export function serveConnection(socket: LineSocket, dependencies: ConnectionDependencies): Connection {
  const { limits, clock, dispatch } = dependencies;
  const id = newSpanId();
  const log = dependencies.log.with({ connectionId: id });
  const handshake = createHandshake(dependencies.identity);
  const rate = createRateLimit(limits, clock);
  const watches = new Map<string, Watch>();
  const changedWhileFull = new Map<string, RunSummary>();
  const inbox: string[] = [];
  const underWay = new Map<string | number, AbortController>();
  const ending = new AbortController();
  let client: ConnectedClient | undefined;
  let asks: Asks | undefined;
  let forget: () => void = () => undefined;
  let closed = false;
  let pending = 0;
  let resting = false;

  const cancelTimeout = clock.timer(limits.handshakeMs, () => {
    if (client === undefined) hangUp(errorLine("handshake.refused", "It did not finish the handshake in time."));
  });
  const isFull = () => socket.bufferedBytes() > limits.maxBufferedBytes;
  socket.onLine((line) => {
    inbox.push(line);
    work();
  });
  socket.onBroken((reason) =>
    hangUp(reason === "too_large" ? errorLine("frame.too_large") : errorLine("frame.invalid", "It is not UTF-8.")),
  );
  socket.onDrain(() => {
    for (const run of changedWhileFull.values()) notify("run/changed", { run });
    changedWhileFull.clear();
    for (const each of watches.values()) each.onDrain();
    work();
  });
  socket.onClose(() => {
    closed = true;
    cancelTimeout();
    for (const each of watches.values()) each.stop();
    watches.clear();
    inbox.length = 0;
    ending.abort();
    asks?.close();
    forget();
    dependencies.onClosed();
  });

  /** Takes lines from the inbox while the client is within its limits; otherwise leaves the rest in the socket. */
  function work(): void {
    while (inbox.length > 0 && !closed && !resting) {
      const waitMs = pending >= limits.maxPendingRequests || isFull() ? undefined : rate.take();
      if (waitMs !== 0) {
        socket.pause();
        // An answer, or room in the buffer, calls again.
        if (waitMs !== undefined) rest(waitMs);
        return;
      }
      receive(inbox.shift() ?? "");
    }
    if (!closed && !resting) socket.resume();
  }

  function rest(milliseconds: number): void {
    resting = true;
    clock.timer(milliseconds, () => {
      resting = false;
      work();
    });
  }

  function receive(line: string): void {
    let frame: Frame;
    try {
      frame = parseFrame(line);
    } catch (error) {
      hangUp(JSON.stringify(errorResponse(null, toErrorValue(error, log))));
      return;
    }
    if ("answer" in frame) {
      if (asks === undefined) hangUp(errorLine("handshake.refused", "It sent an answer instead."));
      else asks.receive(frame.answer);
      return;
    }
    const { request } = frame;
    if (client === undefined || FIRST_MESSAGES.some((name) => name === request.method)) greet(request);
    else void answer(request, client);
  }

  /** True when the request was refused, and answered, because of the client's role. */
  function isRefused(request: JSONRPCRequest, { name, role }: ConnectedClient): boolean {
    const code = refusalOf(role, request.method);
    if (code === undefined) return false;
    const error = errorValue(code);
    dependencies.onRefused({
      client: `${name} ${id}`,
      action: request.method,
      reason: `${error.message} (${role})`,
    });
    if (request.id !== undefined) send(errorResponse(request.id, error));
    return true;
  }

  async function answer(request: JSONRPCRequest, from: ConnectedClient): Promise<void> {
    if (isRefused(request, from)) return;
    const cancelling = new AbortController();
    const requestId = request.id ?? undefined;
    pending += 1;
    if (requestId !== undefined) underWay.set(requestId, cancelling);
    try {
      const response = await dispatch(request, contextOf(from, AbortSignal.any([cancelling.signal, ending.signal])));
      if (response !== null && requestId !== undefined) send(response);
    } finally {
      pending -= 1;
      if (requestId !== undefined && underWay.get(requestId) === cancelling) underWay.delete(requestId);
      work();
    }
  }

  function contextOf(from: ConnectedClient, signal: AbortSignal): RpcContext {
    const who = { connectionId: id, name: `${from.name} ${id}`, role: from.role, client: from };
    return { ...who, signal, closed: ending.signal, cancel, watch, unwatch };
  }

  function cancel(requestId: string | number): boolean {
    const controller = underWay.get(requestId);
    controller?.abort();
    return controller !== undefined;
  }

  function greet(request: JSONRPCRequest): void {
    const requestId = request.id ?? null;
    try {
      if (client === undefined && request.method === "handshake/hello")
        send({ jsonrpc: "2.0", id: requestId, result: handshake.hello(request.params) });
      else if (client === undefined && request.method === "handshake/prove") prove(requestId, request.params);
      else throw new NexusError(errorValue("handshake.refused", `It sent ${request.method.slice(0, 60)} instead.`));
    } catch (error) {
      hangUp(JSON.stringify(errorResponse(requestId, toErrorValue(error, log))));
    }
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
    forget = dependencies.clients.add(client);
    cancelTimeout();
    send({ jsonrpc: "2.0", id: requestId, result: { connectionId: id } });
    dependencies.onOpen();
  }

  function connected({ name, title, face, role, answers }: ProvenClient): ConnectedClient {
    asks = createAsks({ answers, send, clock });
    return {
      ...{ connectionId: id, name, title: title ?? null, face: face ?? "program", role: role ?? "automation" },
      ...{ since: clock.iso(), closed: ending.signal, can: (request) => answers.has(request), ask: asks.ask },
      watches: (runId) => watches.has(runId),
    };
  }

  function hangUp(lastLine: string): void {
    if (closed) return;
    closed = true;
    inbox.length = 0;
    log.write("warn", "a connection was ended", { client: client?.name, reason: lastLine.slice(0, 500) });
    socket.end(lastLine);
  }

  function send(message: object): void {
    if (!closed) socket.send(JSON.stringify(message));
  }

  function notify<Name extends NotificationName>(name: Name, params: NotificationParams<Name>): void {
    if (client !== undefined) send({ jsonrpc: "2.0", method: name, params });
  }

  function watch(runId: string, after: number): void {
    unwatch(runId);
    const oldest = watches.keys().next().value;
    if (watches.size >= MAX_WATCHES && oldest !== undefined) unwatch(oldest);
    watches.set(
      runId,
      createWatch({
        after,
        send: (event) => notify("run/event", { event }),
        isCongested: isFull,
        read: (from) => dependencies.readEvents(runId, from),
        onFailure(error) {
          log.write("error", "a watch ended: its events could not be read", { runId, error });
          // The client sees the end of the connection and watches again from the last number it has.
          socket.close();
        },
      }),
    );
  }

  function unwatch(runId: string): void {
    watches.get(runId)?.stop();
    watches.delete(runId);
  }

  return {
    id,
    isOpen: () => client !== undefined && !closed,
    notify,
    onEvent: (event) => watches.get(event.runId)?.onEvent(event),
    onDelta(delta) {
      if (watches.has(delta.runId) && !isFull()) notify("run/delta", delta);
    },
    onChanged(run) {
      if (isFull()) changedWhileFull.set(run.runId, run);
      else notify("run/changed", { run });
    },
    onProgress(progress) {
      // The last word must arrive; what lies between is soon told again.
      if (progress.progress === null || !isFull()) notify("memory/progress", progress);
    },
    close: () => socket.close(),
  };
}
