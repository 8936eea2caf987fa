/** One process of MetaGPT from its start to its end: what it says, what it asks, and when it is enough. */
import { StringDecoder } from "node:string_decoder";
import type { Clock } from "../../host/clock.ts";
import { type Companion, startCompanion } from "../../host/companion.ts";
import { type BridgeMessage, readLines } from "./bridge-lines.ts";
import type { EndReason, ProcessEnd } from "./outcome.ts";

export interface SessionLimits {
  /** Without a sign of life: output, a request, a file, an open question. */
  readonly idleMs: number;
  readonly totalMs: number;
  readonly outputBytes: number;
  /** Between two looks at what it does. */
  readonly lookMs: number;
  /** From the word to stop until it is asked as by Ctrl-C, and until it is ended. */
  readonly stopMs: readonly [interrupt: number, kill: number];
}

/** A call that is stopped has five seconds before it is left behind. */
export const LIMITS: SessionLimits = {
  idleMs: 15 * 60_000,
  totalMs: 6 * 60 * 60_000,
  outputBytes: 64 * 1024 * 1024,
  lookMs: 1000,
  stopMs: [1500, 3500],
};

export interface SessionOptions {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What it is told first. */
  readonly input: string;
  readonly limits: SessionLimits;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A question of a person; resolves with the answer. */
  ask(text: string): Promise<string>;
  onMessage(message: BridgeMessage): void;
  /** What it prints beside. */
  onText(text: string): void;
  /** Requests that it waits for: it is alive. */
  waits(): boolean;
  /** Called between looks; says why it must end, if so. */
  look(): Promise<string | undefined>;
}

export interface Session {
  /** A sign of life from elsewhere. */
  touch(): void;
  readonly ended: Promise<Omit<ProcessEnd, "savedTeam">>;
}

const MARKER = "start to serialize the project";
const KEPT_WORDS = 4000;

export function startSession(options: SessionOptions): Session {
  const { clock, limits } = options;
  const started = clock.monotonic();
  let alive = started;
  let bytes = 0;
  let questions = 0;
  let words = "";
  let serialised = false;
  let stopped: { readonly reason: EndReason; readonly detail: string } | undefined;
  let companion: Companion | undefined;
  let over = false;
  const touch = () => {
    alive = clock.monotonic();
  };

  function heard(text: string): void {
    // The marker may come in two pieces.
    const joined = words + text;
    serialised ||= joined.includes(MARKER);
    words = joined.slice(-KEPT_WORDS);
  }

  function count(chunk: Buffer): boolean {
    touch();
    bytes += chunk.length;
    if (bytes > limits.outputBytes) stop("flooded", `more than ${limits.outputBytes} bytes`);
    return bytes <= limits.outputBytes;
  }

  function stop(reason: EndReason, detail: string): void {
    if (stopped !== undefined || over) return;
    stopped = { reason, detail };
    companion?.write(`${JSON.stringify({ type: "stop" })}\n`).catch(() => undefined);
    const [interrupt, kill] = limits.stopMs;
    clock.timer(interrupt, () => !over && companion?.interrupt());
    clock.timer(kill, () => !over && companion?.kill());
  }

  async function answer(id: string, text: string): Promise<void> {
    questions++;
    try {
      const said = await options.ask(text);
      await companion?.write(`${JSON.stringify({ type: "answer", id, text: said })}\n`);
    } catch {
      // The run stops, or the process has ended.
    } finally {
      questions--;
      touch();
    }
  }

  const lines = readLines(
    (message) => {
      if (message.type === "ask") void answer(message.id, message.text);
      if (message.type === "log") heard(`${message.text}\n`);
      if (message.type === "unavailable") stop("unavailable", message.why);
      options.onMessage(message);
    },
    (text) => {
      heard(text);
      options.onText(text);
    },
  );
  const errors = new StringDecoder("utf8");

  async function watch(): Promise<void> {
    while (!over) {
      await clock.sleep(limits.lookMs);
      if (over) return;
      const problem = await options.look();
      if (problem !== undefined) stop("too_large", problem);
      const now = clock.monotonic();
      if (questions > 0 || options.waits()) touch();
      else if (now - alive > limits.idleMs) stop("idle", `no sign of life in ${limits.idleMs / 1000} s`);
      if (now - started > limits.totalMs) stop("overtime", `${limits.totalMs / 60_000} minutes`);
    }
  }

  async function run(): Promise<Omit<ProcessEnd, "savedTeam">> {
    const onAbort = () => stop("stopped", reasonOf(options.signal));
    const end = (reason: EndReason, detail: string, exitCode: number | null) => {
      over = true;
      options.signal.removeEventListener("abort", onAbort);
      return { reason, detail, exitCode, serialised, lastWords: words.trim().slice(-1500) };
    };
    if (options.signal.aborted) return end("stopped", reasonOf(options.signal), null);
    try {
      companion = await startCompanion({
        ...{ argv: options.argv, env: options.env, cwd: options.cwd },
        onStdout: (chunk) => void (count(chunk) && lines.add(chunk)),
        onStderr(chunk) {
          if (!count(chunk)) return;
          const text = errors.write(chunk);
          heard(text);
          options.onText(text);
        },
      });
    } catch (error) {
      return end("not_started", error instanceof Error ? error.message : String(error), null);
    }
    options.signal.addEventListener("abort", onAbort, { once: true });
    if (options.signal.aborted) onAbort();
    companion.write(options.input).catch(() => undefined);
    void watch();
    const exitCode = await companion.closed;
    lines.end();
    return end(stopped?.reason ?? "ended", stopped?.detail ?? "", exitCode);
  }

  return { touch, ended: run() };
}

function reasonOf({ reason }: AbortSignal): string {
  return reason instanceof Error ? reason.message : "the run stopped";
}
