/**
 * One lasting link from a face (LSP, ACP, MCP) to the daemon: found or started when it is first needed, taken up again when
 * it breaks, and the runs that are watched go on from the last event that was told.
 */
import type {
  Answer,
  ClientConnection,
  NotificationName,
  NotificationParams,
  Params,
  RequestName,
  ReverseHandler,
  ReverseName,
  RunEvent,
} from "../../protocol/index.ts";
import { NexusError, nexusError } from "../../protocol/index.ts";
import type { Clock } from "../host/clock.ts";
import { createRunFeed, type RunFeed } from "./run-feed.ts";

export interface LinkOptions {
  /** Rejects with a NexusError when there is no daemon to be had. */
  connect(): Promise<ClientConnection>;
  readonly clock: Pick<Clock, "timer">;
}

export interface DaemonLink {
  /**
   * Rejects with the daemon's NexusError; with `daemon.unreachable` when the connection ends first: nobody knows then
   * whether it was done, so it is sent again only by who knows that it may be.
   */
  request<Name extends RequestName>(
    name: Name,
    params: Params<Name>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Answer<Name>>;
  /** Calls back over every connection, the present one and later ones. */
  on<Name extends NotificationName>(name: Name, listener: (params: NotificationParams<Name>) => void): () => void;
  /** Answers a request of the daemon over every connection; `connect` must declare it. */
  handle<Name extends ReverseName>(name: Name, handler: ReverseHandler<Name>): () => void;
  /**
   * Every event of the run after number `after`, once and in order, across lost connections. Several may watch one run.
   * `onEnd` is told when the run cannot be watched any more (it is unknown, say), with why.
   */
  watch(
    runId: string,
    after: number,
    onEvent: (event: RunEvent) => void,
    onEnd?: (error: NexusError) => void,
  ): () => void;
  /** Called after each connection, the first and every later one. */
  onConnected(listener: () => void): () => void;
  onLost(listener: (error: NexusError) => void): () => void;
  close(): void;
}

const RETRY_MS = [100, 250, 500, 1000, 2000, 5000] as const;
type Subscribe = (connection: ClientConnection) => () => void;

export function createLink({ connect, clock }: LinkOptions): DaemonLink {
  const subscriptions = new Map<Subscribe, (() => void) | undefined>();
  const feeds = new Map<string, RunFeed>();
  const onConnected = new Set<() => void>();
  const onLost = new Set<(error: NexusError) => void>();
  let present: ClientConnection | undefined;
  let attempt: Promise<ClientConnection> | undefined;
  let cancelRetry: () => void = () => undefined;
  let failures = 0;
  let closed = false;

  function open(): Promise<ClientConnection> {
    if (closed) return Promise.reject(nexusError("daemon.unreachable", "The connection is closed."));
    attempt ??= begin();
    return attempt;
  }

  async function begin(): Promise<ClientConnection> {
    cancelRetry();
    try {
      const connection = await connect();
      if (closed) {
        connection.close();
        throw nexusError("daemon.unreachable", "The connection is closed.");
      }
      present = connection;
      failures = 0;
      connection.onClose(() => lost(nexusError("daemon.unreachable", "The connection ended.")));
      for (const subscribe of subscriptions.keys()) subscriptions.set(subscribe, subscribe(connection));
      for (const feed of feeds.values()) feed.connected(connection);
      for (const listener of onConnected) listener();
      return connection;
    } catch (error) {
      lost(error instanceof NexusError ? error : nexusError("daemon.unreachable", String(error)));
      throw error;
    }
  }

  function lost(error: NexusError): void {
    present = undefined;
    attempt = undefined;
    if (closed) return;
    for (const listener of onLost) listener(error);
    // Only who waits for events needs a daemon at once; everybody else starts it with the next request.
    if (feeds.size > 0) retry();
  }

  function retry(): void {
    const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 5000;
    failures += 1;
    cancelRetry();
    cancelRetry = clock.timer(wait, () => void open().catch(() => undefined));
  }

  function subscribe(make: Subscribe): () => void {
    subscriptions.set(make, present === undefined ? undefined : make(present));
    return () => {
      subscriptions.get(make)?.();
      subscriptions.delete(make);
    };
  }

  return {
    async request(name, params, options) {
      const connection = present ?? (await open());
      return connection.request(name, params, options);
    },
    on: (name, listener) => subscribe((connection) => connection.on(name, listener)),
    handle: (name, handler) => subscribe((connection) => connection.handle(name, handler)),
    watch(runId, after, onEvent, onEnd) {
      const feed = feeds.get(runId) ?? createRunFeed(runId, () => feeds.delete(runId));
      feeds.set(runId, feed);
      const end = feed.add({ after, onEvent, onEnd: onEnd ?? (() => undefined) });
      if (present === undefined) void open().catch(() => undefined);
      else feed.connected(present);
      return end;
    },
    onConnected(listener) {
      onConnected.add(listener);
      return () => onConnected.delete(listener);
    },
    onLost(listener) {
      onLost.add(listener);
      return () => onLost.delete(listener);
    },
    close() {
      closed = true;
      cancelRetry();
      present?.close();
      attempt?.then((connection) => connection.close()).catch(() => undefined);
    },
  };
}
