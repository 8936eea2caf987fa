/** The Nexus protocol over a socket: takes connections, tells them what happens, and keeps them within their limits. */
import type { Handlers, NotificationName, NotificationParams, RunSummary } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { type LineSocket, type SharedLines, shareLines } from "../../host/lines.ts";
import { listen } from "../../host/socket.ts";
import type { WebSocketSettings } from "../../host/web-socket-settings.ts";
import type { MemoryService } from "../../memory/service.ts";
import type { Log } from "../../observability/log.ts";
import type { RunService } from "../../orchestration/run-service.ts";
import type { Refusal } from "../refusals.ts";
import { createApprovalFeed } from "./approval-feed.ts";
import { type ClientDirectory, createClients } from "./clients.ts";
import { type Connection, type RpcContext, serveConnection } from "./connection.ts";
import { createDispatch } from "./dispatch.ts";
import { errorLine } from "./frames.ts";
import type { DaemonIdentity } from "./handshake.ts";
import { createFailureLimit, DEFAULT_LIMITS, type RpcLimits } from "./limits.ts";
import { createPresence } from "./presence-feed.ts";
import { createRunChanges } from "./run-changes.ts";
import { createWatchers, notificationLine } from "./watchers.ts";
import { openWebSocket } from "./web-socket.ts";

export interface RpcServerOptions {
  readonly address: string;
  readonly identity: DaemonIdentity;
  readonly service: RunService;
  readonly memory: Pick<MemoryService, "onProgress">;
  readonly handlers: Handlers<RpcContext>;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<RpcLimits>;
  /** Holds the clients that are connected. */
  readonly clients?: ClientDirectory;
  /** Also listens for WebSockets; left out: only at the address. */
  readonly webSocket?: WebSocketSettings | undefined;
  /** Told of clients and requests that were refused. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** A client has come or gone. */
  readonly onConnectionsChanged?: () => void;
}

export interface RpcServer {
  /** Where WebSockets are taken; undefined where none are. */
  readonly webSocketUrl: string | undefined;
  /** Clients that have proved themselves. */
  connectionCount(): number;
  broadcast<Name extends NotificationName>(name: Name, params: NotificationParams<Name>): void;
  /** Takes no more connections; those that are open go on until `close`. */
  stopListening(): void;
  /** Ends every connection after what was sent to it has left; resolves when all have ended. */
  close(): Promise<void>;
}

/** Listens. Rejects with `daemon.folder_unsafe` or the system's error. */
export async function startRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  const { service, clock, log } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const connections = new Set<Connection>();
  const failures = createFailureLimit(limits, clock);
  const dispatch = createDispatch(options.handlers, log);
  const clients = options.clients ?? createClients();
  const presence = createPresence(clients, clock);
  const watchers = createWatchers();
  const approvals = createApprovalFeed(service, (error) => log.write("error", "approvals cannot be read", { error }));
  const changedWhileFull = new Map<Connection, Map<string, RunSummary>>();
  const changed = () => options.onConnectionsChanged?.();

  function accept(socket: LineSocket): void {
    if (connections.size >= limits.maxConnections && !dropStranger()) {
      socket.end(errorLine("handshake.refused", "There are too many connections."));
      return;
    }
    const connection: Connection = serveConnection(socket, {
      identity: options.identity,
      dispatch,
      ...{ clients, watchers, presence, approvals },
      limits,
      clock,
      log,
      readEvents: async (runId, after) => (await service.events({ runId, after, limit: 200 })).events,
      onRefused: (refusal) => options.onRefused?.(refusal),
      onFailure: () => failures.failed(),
      onOpen: changed,
      onClosed() {
        connections.delete(connection);
        changedWhileFull.delete(connection);
        changed();
      },
    });
    connections.add(connection);
    connection.onDrain(() => {
      const missed = changedWhileFull.get(connection);
      if (missed === undefined) return;
      changedWhileFull.delete(connection);
      for (const run of missed.values()) connection.notify("run/changed", { run });
    });
  }

  function tellChanges(runs: readonly RunSummary[]): void {
    const shared = shareLines(runs.map((run) => notificationLine("run/changed", { run })));
    tellAll(shared, (connection) => {
      const missed = changedWhileFull.get(connection) ?? new Map<string, RunSummary>();
      for (const run of runs) missed.set(run.runId, run);
      changedWhileFull.set(connection, missed);
    });
  }

  /** Makes room by ending the oldest connection that has not proved itself, so that strangers cannot shut users out. */
  function dropStranger(): boolean {
    const stranger = [...connections].find((connection) => !connection.isOpen());
    if (stranger === undefined) return false;
    stranger.close();
    connections.delete(stranger);
    return true;
  }

  function tellAll(shared: SharedLines, missed: (connection: Connection) => void): void {
    for (const connection of connections)
      if (connection.isFull()) missed(connection);
      else connection.tell(shared);
  }

  const unsubscribe = [
    service.onEvent((event, state) => {
      watchers.onEvent(event);
      approvals.onEvent(event, state);
    }),
    service.onDelta(watchers.onDelta),
    service.onChanged(createRunChanges(clock, tellChanges)),
    options.memory.onProgress((progress) => {
      const shared = shareLines([notificationLine("memory/progress", progress)]);
      // The last word must arrive; what lies between is soon told again.
      tellAll(shared, (connection) => progress.progress === null && connection.tell(shared));
    }),
  ];
  const listening = await listen(options.address, accept);
  const webSocket = options.webSocket && (await openWebSocket(options.webSocket, accept, log));
  let ended: Promise<unknown> | undefined;
  const stopListening = () => (ended ??= Promise.all([listening.close(), webSocket?.close()]));

  return {
    webSocketUrl: webSocket?.url,
    connectionCount: () => [...connections].filter((connection) => connection.isOpen()).length,
    broadcast(name, params) {
      for (const connection of connections) connection.notify(name, params);
    },
    stopListening() {
      void stopListening();
    },
    async close() {
      for (const end of unsubscribe) end();
      for (const connection of connections) connection.close();
      await stopListening();
    },
  };
}
