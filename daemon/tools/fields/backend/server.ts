/** The project's own server, for as long as somebody asks it something. */
import { failure, type Result } from "../../../../protocol/index.ts";
import { systemClock } from "../../../host/clock.ts";
import { type Door, loopbackDoor } from "../../../host/door.ts";
import { machineRunner } from "../../../security/sandbox/command-runner.ts";
import { endOf } from "../../commands/background.ts";
import { plainOutput } from "../../commands/plain-output.ts";
import type { ToolContext } from "../../tool.ts";

export interface Served {
  readonly command: string;
  /** At 127.0.0.1. */
  readonly port: number;
}

const START_MS = 30_000;
const LIFE_MS = 140_000;
const LOOK_MS = 100;
const KEPT_BYTES = 64 * 1024;
const SHOWN = 3000;

/**
 * Starts the command behind the wall that commands have, waits until it listens, lets `use` ask it, and ends it with all
 * that it started. A server that ends, or does not listen in 30 s, is a value. Rejects with the signal's reason.
 */
export async function withServer(
  context: Pick<ToolContext, "root" | "linked" | "hosts" | "signal" | "commands">,
  { command, port }: Served,
  use: (door: Door) => Promise<void>,
): Promise<Result<{ readonly output: string }>> {
  const { root, linked, hosts = [], signal } = context;
  const runner = context.commands ?? machineRunner();
  if ((await runner.wall()) !== "bubblewrap" && (await isTaken(port, signal)))
    return failure(
      "tool.failed",
      `Something on this machine listens on port ${port} already; let the server take another.`,
    );
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  let printed = "";
  const { promise: opened, resolve: open } = Promise.withResolvers<Door>();
  const line = { line: command, root, linked, hosts, timeoutMs: LIFE_MS, maxOutputBytes: KEPT_BYTES, signal: both };
  const ended = runner
    .run({
      ...line,
      env: { PORT: String(port), HOST: "127.0.0.1", NO_COLOR: "1" },
      served: { port, onDoor: open },
      onOutput: (chunk) => {
        printed = (printed + Buffer.from(chunk).toString("utf8")).slice(-SHOWN * 2);
      },
    })
    .then(endOf, (error: unknown) => (both.aborted ? "stopped" : `could not be started: ${String(error)}`));
  const shown = () => plainOutput(printed).trim().slice(-SHOWN);
  try {
    const door = await listening(opened, ended, both);
    if (typeof door === "string")
      return failure("tool.failed", `The server ${door}. It printed:\n${shown() || "(nothing)"}\n`);
    await use(door);
    return { ok: true, value: { output: shown() } };
  } finally {
    stop.abort(new Error("it is no longer needed"));
    await ended;
  }
}

/** The door once something behind it listens, or what went wrong. */
async function listening(opened: Promise<Door>, ended: Promise<string>, signal: AbortSignal): Promise<Door | string> {
  const end = ended.then((how) => `ended before it listened (${how})`);
  const door = await Promise.race([opened, end]);
  if (typeof door === "string") return door;
  const until = systemClock.monotonic() + START_MS;
  while (systemClock.monotonic() < until) {
    const socket = await Promise.race([door.connect(signal).catch(() => undefined), end]);
    if (typeof socket === "string") return socket;
    if (socket !== undefined) {
      socket.destroy();
      return door;
    }
    signal.throwIfAborted();
    const waited = await Promise.race([systemClock.sleep(LOOK_MS, signal).catch(() => undefined), end]);
    if (waited !== undefined) return waited;
  }
  return `did not listen on port ${START_MS / 1000} s after its start`;
}

async function isTaken(port: number, signal: AbortSignal): Promise<boolean> {
  const socket = await loopbackDoor(port).connect(signal);
  socket?.destroy();
  return socket !== undefined;
}
