/**
 * A Chroma server of our own, for people who chose Chroma and gave no address: the `chroma` command, or the npm binding
 * of this platform. It listens on the loopback address alone, because Chroma itself asks nobody for a token
 * (CVE-2026-45829 is of that kind): every program of this machine's users can reach it while it runs.
 */
import { randomInt } from "node:crypto";
import { failure, ok, type Result } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { makeFolder } from "../../host/files.ts";
import { httpFetch } from "../../host/http.ts";
import { findPackage } from "../../host/packages.ts";
import { runProcess } from "../../host/processes.ts";

export interface ChromaServer {
  readonly address: string;
  /** Ends a server that was started here, and leaves any other; the data stays. */
  stop(): Promise<void>;
}

export interface ChromaServerOptions {
  /** Where the server keeps its data. */
  readonly folder: string;
  /** Of the server: commandEnvironment's. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Default: any. */
  readonly port?: number;
  /** Which programs are tried, in order; default: the command, then the npm bindings. */
  readonly programs?: readonly (readonly [string, ...string[]])[];
}

const START_MS = 60_000;
const POLL_MS = 100;
const HEARTBEAT_MS = 2000;
const PORTS: readonly [number, number] = [20_000, 45_000];
/** A port may be taken, and only the server notices. */
const ATTEMPTS = 3;

const BINDINGS = ["linux-x64-gnu", "linux-arm64-gnu", "darwin-arm64", "darwin-x64", "win32-x64-msvc"].map(
  (platform) => `chromadb-js-bindings-${platform}`,
);
const RUN_BINDING = "require(process.argv[1]).cli(['chroma', ...process.argv.slice(2)])";

/** The server that already runs where Chroma runs by itself, on this machine; else one that is started as startChroma does. */
export async function findOrStartChroma(
  options: ChromaServerOptions,
  usualAddress = "http://127.0.0.1:8000",
): Promise<Result<ChromaServer>> {
  if (await isAlive(usualAddress, options.clock)) return ok({ address: usualAddress, stop: async () => undefined });
  return startChroma(options);
}

/** Rejects with the signal's reason when cancelled; every other failure is a value that says what each program said. */
export async function startChroma(options: ChromaServerOptions): Promise<Result<ChromaServer>> {
  const reasons: string[] = [];
  await makeFolder(options.folder, 0o700);
  for (const program of options.programs ?? installedPrograms())
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const started = await start(program, options);
      if (typeof started !== "string") return ok(started);
      reasons.push(`${program[0]}: ${started}`);
      if (!/address (?:already )?in use|EADDRINUSE/i.test(started)) break;
    }
  return failure("vectors.unavailable", `No Chroma server could be started. ${reasons.join(" ")}`);
}

function installedPrograms(): (readonly [string, ...string[]])[] {
  const bindings = BINDINGS.flatMap((name) => findPackage(name) ?? []);
  return [["chroma"], ...bindings.map((path) => chromaOfBinding(path))];
}

/** How a program is started from the npm binding at this path. */
export function chromaOfBinding(path: string): readonly [string, ...string[]] {
  return [process.execPath, "-e", RUN_BINDING, path];
}

/** The server once it answers, or why it does not. */
async function start(
  program: readonly [string, ...string[]],
  { folder, env, clock, signal, port = randomInt(...PORTS) }: ChromaServerOptions,
): Promise<ChromaServer | string> {
  const controller = new AbortController();
  const address = `http://127.0.0.1:${port}`;
  let ending: string | undefined;
  const running = runProcess({
    command: { argv: [...program, "run", "--path", folder, "--host", "127.0.0.1", "--port", String(port)] },
    cwd: folder,
    // In the editor's Electron `process.execPath` is only Node when it is told so.
    env: { ...env, ELECTRON_RUN_AS_NODE: "1", ANONYMIZED_TELEMETRY: "False" },
    signal: AbortSignal.any([controller.signal, signal]),
    maxOutputBytes: 64 * 1024,
    leaveNothing: true,
  }).then(
    ({ exitCode, output }) => {
      ending = `it ended with code ${exitCode}: ${output.toString("utf8").trim().slice(-300)}`;
    },
    (error: unknown) => {
      ending = error instanceof Error ? error.message : String(error);
    },
  );
  const until = clock.monotonic() + START_MS;
  while (ending === undefined && clock.monotonic() < until) {
    if (await isAlive(address, clock)) return { address, stop: () => end(controller, running) };
    await clock.sleep(POLL_MS, signal);
  }
  await end(controller, running);
  signal.throwIfAborted();
  return ending ?? `it did not answer for ${START_MS / 1000} s.`;
}

async function end(controller: AbortController, running: Promise<void>): Promise<void> {
  controller.abort();
  await running;
}

/** True when a Chroma server answers at the address. */
async function isAlive(address: string, clock: Clock): Promise<boolean> {
  const controller = new AbortController();
  const stop = clock.timer(HEARTBEAT_MS, () => controller.abort());
  try {
    const response = await httpFetch(`${address}/api/v2/heartbeat`, { signal: controller.signal });
    return response.ok && /heartbeat/.test((await response.text()).slice(0, 1000));
  } catch {
    return false;
  } finally {
    stop();
  }
}
