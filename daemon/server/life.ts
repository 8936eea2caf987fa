/**
 * A daemon's life: check the folders, become the only writer, open the store, listen, announce, take up what was left;
 * then serve until idle, told to stop, or no longer able to trust the store.
 */
import type { Answer, CheckResult, DaemonStatus, Params } from "../../protocol/index.ts";
import { NexusError, PROTOCOL_VERSION } from "../../protocol/index.ts";
import type { Build } from "../host/build.ts";
import type { Clock } from "../host/clock.ts";
import { removeDiscovery, writeDiscovery, writeToken } from "../host/discovery.ts";
import { type HomePaths, prepareHome, prepareSocketAddress } from "../host/paths.ts";
import type { WebSocketSettings } from "../host/web-socket-settings.ts";
import type { MemoryService } from "../memory/service.ts";
import type { RunDesign } from "../metagpt/view/source.ts";
import type { Log } from "../observability/log.ts";
import type { AgentDirectory } from "../orchestration/agent-directory.ts";
import type { RunService } from "../orchestration/run-service.ts";
import type { Audit } from "../security/audit/record.ts";
import type { Trust } from "../security/trust.ts";
import type { AskedClients } from "./clients/asked.ts";
import { createRefusals } from "./refusals.ts";
import { type Clients, createClients } from "./rpc/clients.ts";
import type { DaemonControl } from "./rpc/daemon.ts";
import { createHandlers } from "./rpc/handlers.ts";
import type { RpcLimits } from "./rpc/limits.ts";
import { type RpcServer, startRpcServer } from "./rpc/server.ts";
import type { ListTools } from "./rpc/tools.ts";

/** From the signal to the exit; a run that has not come to rest by then is taken up from its last recorded step. */
const DRAIN_MS = 9000;
const FAREWELL_MS = 500;

/** What serves the requests: everything above the store. */
export interface DaemonParts {
  readonly service: RunService;
  readonly memory: MemoryService;
  readonly trust: Trust;
  readonly audit: Audit;
  readonly listTools: ListTools;
  readonly agents: AgentDirectory;
  /** What is asked of clients; left out: nothing is. */
  readonly asked?: AskedClients;
  /** Design documents of runs; left out: no run writes any. */
  readonly runDesign?: RunDesign;
  /** Others reach it by another way, so it does not end when it is idle. */
  readonly isServing?: boolean;
  check(): Promise<CheckResult[]>;
  configureModel(params: Params<"model/configure">): Answer<"model/configure">;
  close(): Promise<void>;
}

export interface LifeOptions {
  readonly home: string;
  readonly idleExitMs: number;
  readonly build: Build;
  /** Read for XDG_RUNTIME_DIR only. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes this process the data folder's only writer, or rejects with `daemon.already_running`. */
  readonly lock: (paths: HomePaths) => Promise<{ release(): Promise<void> | void }>;
  /** Called with the lock held. `onFatal`: the store can no longer be trusted. `clients`: to ask something of them. */
  readonly open: (paths: HomePaths, onFatal: (error: unknown) => void, clients: Clients) => Promise<DaemonParts>;
  readonly limits?: Partial<RpcLimits>;
  readonly webSocket?: WebSocketSettings | undefined;
}

export interface RunningDaemon {
  readonly address: string;
  /** Drains and ends; called again it changes nothing. */
  stop(reason: string): void;
  /** Ends at once without a word to the store. */
  fail(error: unknown): void;
  /** The exit code, when all is closed. */
  readonly ended: Promise<number>;
}

/** Resolves when the daemon answers clients. Rejects, leaving nothing behind, when it cannot. */
export async function startDaemon(options: LifeOptions): Promise<RunningDaemon> {
  const { log, clock } = options;
  const paths = await prepareHome(options.home);
  const lock = await options.lock(paths);
  const startedAt = clock.iso();
  const startedMs = clock.monotonic();
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const clients = createClients();
  let parts: DaemonParts | undefined;
  let server: RpcServer | undefined;
  let stopping = false;
  let lastActivity = clock.monotonic();

  try {
    parts = await options.open(paths, fail, clients);
    const address = await prepareSocketAddress(options.home, options.env);
    const token = await writeToken(paths);
    const { version, buildTime } = options.build;
    server = await startRpcServer({
      address,
      identity: { token, version, buildTime, pid: process.pid },
      service: parts.service,
      memory: parts.memory,
      handlers: createHandlers(parts.service, parts.memory, control(parts), parts.asked),
      clock,
      log,
      ...{ clients, webSocket: options.webSocket },
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      onRefused: createRefusals({ audit: parts.audit, clock, log }),
      onConnectionsChanged: touch,
    });
    const about = { pid: process.pid, address, version, buildTime, protocolVersion: PROTOCOL_VERSION, startedAt };
    const { webSocketUrl } = server;
    await writeDiscovery(paths, { ...about, ...(webSocketUrl === undefined ? {} : { webSocketUrl }) });
    log.write("info", "the daemon serves", about);
    parts.service.onEvent(touch);
    watchIdle();
    parts.service.recover().catch(fail);
    return { address, stop, fail, ended };
  } catch (error) {
    await server?.close();
    await parts?.close();
    await lock.release();
    throw error;
  }

  function touch(): void {
    lastActivity = clock.monotonic();
  }

  function isBusy(): boolean {
    return (
      parts?.isServing === true ||
      server?.webSocketUrl !== undefined ||
      (server?.connectionCount() ?? 0) > 0 ||
      (parts?.service.activeRuns ?? 0) > 0 ||
      parts?.service.workflows.hasSchedules === true ||
      parts?.memory.busy === true
    );
  }

  function idleRemaining(): number {
    if (isBusy()) touch();
    return Math.max(0, options.idleExitMs - (clock.monotonic() - lastActivity));
  }

  function watchIdle(): void {
    const remaining = idleRemaining();
    if (remaining === 0) stop("idle");
    // Rounded up: a timer that fires early would look again at once, many times.
    else clock.timer(Math.ceil(remaining) + 1, watchIdle);
  }

  function stop(reason: string): void {
    if (stopping) return;
    stopping = true;
    log.write("info", "the daemon drains", { reason });
    void drain(reason).then(
      () => finish(0),
      (error: unknown) => finish(isStoreFailure(error) ? 1 : 0, error),
    );
  }

  function fail(error: unknown): void {
    const wasStopping = stopping;
    stopping = true;
    log.write("error", "the daemon cannot go on", { error });
    if (!wasStopping) void finish(1);
  }

  async function drain(reason: string): Promise<void> {
    server?.stopListening();
    server?.broadcast("daemon/draining", { reason });
    await atMost(DRAIN_MS, parts?.service.drain(reason));
  }

  async function finish(exitCode: number, error?: unknown): Promise<void> {
    if (error !== undefined) log.write("error", "draining failed", { error });
    const steps = [
      () => removeDiscovery(paths, process.pid),
      () => atMost(FAREWELL_MS, server?.close()),
      () => parts?.close(),
      () => lock.release(),
    ];
    for (const step of steps)
      try {
        await step();
      } catch (failure) {
        log.write("error", "the daemon could not close cleanly", { error: failure });
      }
    log.write("info", "the daemon ends", { exitCode });
    end(exitCode);
  }

  async function atMost(milliseconds: number, work: Promise<void> | undefined): Promise<void> {
    let cancel: () => void = () => undefined;
    const tooLong = new Promise<void>((resolve) => {
      cancel = clock.timer(milliseconds, resolve);
    });
    await Promise.race([work, tooLong]).finally(() => cancel());
  }

  function control({ check, configureModel, trust, listTools, agents, runDesign }: DaemonParts): DaemonControl {
    return {
      status,
      stop({ ifIdle, by }) {
        const others = (server?.connectionCount() ?? 0) - 1;
        if (ifIdle && (others > 0 || (parts?.service.activeRuns ?? 0) > 0)) return false;
        // The answer leaves first.
        clock.timer(1, () => stop(`stopped by ${by}`));
        return true;
      },
      check,
      configureModel,
      trust,
      home: options.home,
      listTools,
      agents,
      runDesign,
    };
  }

  function status(): DaemonStatus {
    return {
      pid: process.pid,
      ...options.build,
      protocolVersion: PROTOCOL_VERSION,
      home: options.home,
      startedAt,
      uptimeMs: clock.monotonic() - startedMs,
      rssBytes: process.memoryUsage.rss(),
      connections: server?.connectionCount() ?? 0,
      activeRuns: parts?.service.activeRuns ?? 0,
      ...(parts === undefined ? {} : { scheduling: parts.service.scheduling() }),
      draining: stopping,
      idleExitMs: isBusy() ? null : idleRemaining(),
    };
  }
}

/** Errors after which nothing may be acknowledged any more. */
export function isStoreFailure(error: unknown): boolean {
  return error instanceof NexusError && ["store.failed", "store.fenced"].includes(error.value.code);
}
