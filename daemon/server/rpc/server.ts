/** The Nexus protocol over a socket: takes connections, tells them what happens, and keeps them within their limits. */
import type { Handlers, NotificationName, NotificationParams } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { type LineSocket, listen } from "../../host/socket.ts";
import type { MemoryService } from "../../memory/service.ts";
import type { Log } from "../../observability/log.ts";
import type { RunService } from "../../orchestration/run-service.ts";
import type { Refusal } from "../refusals.ts";
import { type ClientDirectory, createClients } from "./clients.ts";
import { type Connection, type RpcContext, serveConnection } from "./connection.ts";
import { createDispatch } from "./dispatch.ts";
import { errorLine } from "./frames.ts";
import type { DaemonIdentity } from "./handshake.ts";
import { createFailureLimit, DEFAULT_LIMITS, type RpcLimits } from "./limits.ts";

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
  /** Told of clients and requests that were refused. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** A client has come or gone. */
  readonly onConnectionsChanged?: () => void;
}

export interface RpcServer {
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
  const changed = () => options.onConnectionsChanged?.();

  function accept(socket: LineSocket): void {
    if (connections.size >= limits.maxConnections && !dropStranger()) {
      socket.end(errorLine("handshake.refused", "There are too many connections."));
      return;
    }
    const connection: Connection = serveConnection(socket, {
      identity: options.identity,
      dispatch,
      clients,
      limits,
      clock,
      log,
      readEvents: async (runId, after) => (await service.events({ runId, after, limit: 200 })).events,
      onRefused: (refusal) => options.onRefused?.(refusal),
      onFailure: () => failures.failed(),
      onOpen: changed,
      onClosed() {
        connections.delete(connection);
        changed();
      },
    });
    connections.add(connection);
  }

  /** Makes room by ending the oldest connection that has not proved itself, so that strangers cannot shut users out. */
  function dropStranger(): boolean {
    const stranger = [...connections].find((connection) => !connection.isOpen());
    if (stranger === undefined) return false;
    stranger.close();
    connections.delete(stranger);
    return true;
  }

  const unsubscribe = [
    service.onEvent((event) => {
      for (const connection of connections) connection.onEvent(event);
    }),
    service.onDelta((delta) => {
      for (const connection of connections) connection.onDelta(delta);
    }),
    service.onChanged((run) => {
      for (const connection of connections) connection.onChanged(run);
    }),
    options.memory.onProgress((progress) => {
      for (const connection of connections) connection.onProgress(progress);
    }),
  ];
  const listening = await listen(options.address, accept);
  let ended: Promise<void> | undefined;

  return {
    connectionCount: () => [...connections].filter((connection) => connection.isOpen()).length,
    broadcast(name, params) {
      for (const connection of connections) connection.notify(name, params);
    },
    stopListening() {
      ended ??= listening.close();
    },
    async close() {
      for (const end of unsubscribe) end();
      for (const connection of connections) connection.close();
      ended ??= listening.close();
      await ended;
    },
  };
}
