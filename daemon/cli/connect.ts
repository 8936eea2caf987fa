/** Finds the daemon, or starts it, and shakes hands. */
import { createHmac, randomBytes } from "node:crypto";
import type { Client, ClientCapabilities, ClientConnection } from "../../protocol/index.ts";
import { connectClient, type ErrorValue, NexusError, nexusError } from "../../protocol/index.ts";
import type { Build } from "../host/build.ts";
import { systemClock } from "../host/clock.ts";
import { type Discovery, readDiscovery, readToken } from "../host/discovery.ts";
import { createExclusively, errorCode, readText, removeFile, stat } from "../host/files.ts";
import type { LineSocket } from "../host/lines.ts";
import { type HomePaths, prepareHome } from "../host/paths.ts";
import { connectSocket } from "../host/socket.ts";
import { isProcessAlive, type SpawnedDaemon, spawnDaemon, waitForChange } from "../host/spawn-daemon.ts";

export interface ConnectOptions {
  readonly home: string;
  readonly startIfNeeded: boolean;
  readonly client: Pick<Client, "name" | "role" | "face" | "title"> & Build;
  readonly capabilities?: ClientCapabilities | undefined;
  /** The program to start: daemon/main.ts or dist/daemon/main.js. */
  readonly main: string;
  /** The environment of a daemon that is started. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long a daemon that is there may take to answer (default 5 s), and one that starts to be ready (15 s). */
  readonly busyMs?: number;
  readonly startMs?: number;
}

/** A starter that has not got its daemon ready by then has died or hangs: somebody else may try. */
const START_LOCK_MS = 10_000;
const LOOK_AGAIN_MS = 50;
const START_AGAIN_MS = 500;

/**
 * Rejects with `daemon.unreachable` when there is none (or none that answers in time), with what kept it from starting,
 * or with what it says when it refuses us. A daemon that is slow is waited for, never replaced.
 */
export async function connectToDaemon(options: ConnectOptions): Promise<ClientConnection> {
  return (await openDaemon(options)).connection;
}

export interface OpenDaemon {
  readonly connection: ClientConnection;
  /** What the connection goes over: for who passes frames on himself instead of using the connection. */
  readonly socket: LineSocket;
}

export async function openDaemon(options: ConnectOptions): Promise<OpenDaemon> {
  const opened = await connectOrStart(options);
  const { connection } = opened;
  if (!options.startIfNeeded || connection.daemon.buildTime >= options.client.buildTime) return opened;
  // An older build makes room when nobody needs it; otherwise it serves us too, since it speaks our protocol.
  const closed = new Promise<void>((resolve) => connection.onClose(resolve));
  const { stopping } = await connection.request("daemon/stop", { ifIdle: true });
  if (!stopping) return opened;
  await closed;
  return connectOrStart(options);
}

async function connectOrStart(options: ConnectOptions): Promise<OpenDaemon> {
  const paths = await prepareHome(options.home);
  const startMs = options.startMs ?? 15_000;
  const begun = systemClock.monotonic();
  let starter: Starter | undefined;
  try {
    for (;;) {
      const opened = await tryConnect(paths, options);
      if (opened !== undefined) return opened;
      if (!options.startIfNeeded) throw nexusError("daemon.unreachable", "No daemon is running.");
      starter ??= createStarter(paths, options);
      await starter.startUnlessStarting();
      if (systemClock.monotonic() - begun > startMs)
        throw nexusError(
          "daemon.unreachable",
          `It was not ready after ${startMs / 1000} s. ${await outputTail(paths)}`,
        );
      await waitForChange(paths.home, LOOK_AGAIN_MS);
    }
  } finally {
    await starter?.end();
  }
}

/** Undefined when nobody listens, or the daemon ended while we shook hands. */
async function tryConnect(paths: HomePaths, options: ConnectOptions): Promise<OpenDaemon | undefined> {
  const discovery = await readDiscovery(paths);
  if (discovery === undefined) return undefined;
  const busyMs = options.busyMs ?? 5000;
  const socket = await connectSocket(discovery.address, busyMs).catch((error: unknown) => {
    if (errorCode(error) === "ETIMEDOUT") throw busy(discovery, busyMs);
    if (errorCode(error) === undefined) throw error;
    if (errorCode(error) === "EACCES" || errorCode(error) === "EPERM")
      throw nexusError("daemon.folder_unsafe", `${discovery.address} does not let you in.`);
    return undefined;
  });
  if (socket === undefined) return undefined;

  // Read after connecting: whoever listens now has written its token before.
  const token = (await readToken(paths)) ?? "";
  const hmac = (text: string) => createHmac("sha256", token).update(text).digest("hex");
  const nonce = randomBytes(32).toString("hex");
  const { version, buildTime, ...who } = options.client;
  const client = { ...who, version, buildTime };
  let timedOut = false;
  const cancel = systemClock.timer(busyMs, () => {
    timedOut = true;
    socket.close();
  });
  try {
    const { capabilities } = options;
    return { socket, connection: await connectClient(socket, { client, nonce, hmac, capabilities }) };
  } catch (error) {
    socket.close();
    if (timedOut) throw busy(discovery, busyMs);
    // The connection ended in the middle: that daemon is going, and the next look finds the one that comes.
    if (error instanceof NexusError && error.value.code === "daemon.unreachable") return undefined;
    throw error;
  } finally {
    cancel();
  }
}

interface Starter {
  /** Starts a daemon unless this or another client has one starting. Throws why a start failed. */
  startUnlessStarting(): Promise<void>;
  end(): Promise<void>;
}

/** Of many clients at once one starts the daemon; should two, the writer lock ends the second daemon. */
function createStarter(paths: HomePaths, options: ConnectOptions): Starter {
  let daemon: SpawnedDaemon | undefined;
  let holdsLock = false;
  let startedMs = 0;
  return {
    async startUnlessStarting() {
      if (daemon !== undefined) {
        const exitCode = daemon.exitCode();
        if (exitCode === undefined) return;
        if (exitCode !== 0) throw await startFailure(paths, daemon.pid);
        // Another daemon was there first. It may be on its way out, so it is tried again after a while.
        if (systemClock.monotonic() - startedMs < START_AGAIN_MS) return;
      }
      holdsLock ||= await takeStartLock(paths);
      if (!holdsLock) return;
      startedMs = systemClock.monotonic();
      daemon = await spawnDaemon({ main: options.main, env: options.env, cwd: paths.home, outputFile: paths.output });
    },
    async end() {
      daemon?.release();
      if (holdsLock) await removeFile(paths.startLock);
    },
  };
}

async function takeStartLock(paths: HomePaths): Promise<boolean> {
  if (await createExclusively(paths.startLock, String(process.pid), 0o600)) return true;
  const stats = await stat(paths.startLock);
  const holder = Number(await readText(paths.startLock));
  const isOld = stats !== undefined && systemClock.now() - stats.mtimeMs > START_LOCK_MS;
  if (!isOld && (!(holder > 0) || isProcessAlive(holder))) return false;
  await removeFile(paths.startLock);
  return createExclusively(paths.startLock, String(process.pid), 0o600);
}

/** The daemon's last words say exactly what is wrong; main.ts writes them. */
async function startFailure(paths: HomePaths, pid: number | undefined): Promise<NexusError> {
  const lines = ((await readText(paths.output)) ?? "").trimEnd().split("\n").slice(-200).reverse();
  for (const line of lines) {
    const value = lastWords(line, pid);
    if (value !== undefined) return new NexusError(value);
  }
  return nexusError("daemon.unreachable", await outputTail(paths));
}

function lastWords(line: string, pid: number | undefined): ErrorValue | undefined {
  try {
    const words: { pid?: unknown; error?: ErrorValue } = JSON.parse(line);
    return words.pid === pid && typeof words.error?.code === "string" ? words.error : undefined;
  } catch {
    return undefined;
  }
}

async function outputTail(paths: HomePaths): Promise<string> {
  const text = ((await readText(paths.output)) ?? "").trimEnd().slice(-1000);
  return text === "" ? "It wrote nothing." : `It wrote last:\n${text}`;
}

function busy(discovery: Discovery, busyMs: number): NexusError {
  const detail = `Process ${discovery.pid} holds the data folder but did not answer within ${busyMs / 1000} s.`;
  return nexusError("daemon.unreachable", detail);
}
