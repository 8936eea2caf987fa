/** Commands that go on while the agent works: a development server, a watcher, a long build. They end with their run. */
import { failure, type Result } from "../../../protocol/index.ts";
import type { CommandRequest, CommandResult, CommandRunner } from "../../security/sandbox/command-runner.ts";
import { plainOutput } from "./plain-output.ts";

export interface CommandLog {
  append(chunk: Uint8Array): void;
  close(): Promise<void>;
}

export interface BackgroundOptions {
  readonly runner: CommandRunner;
  /** Keeps the whole output of one command; left out: only what is in memory. */
  readonly openLog?: (id: string) => Promise<CommandLog>;
  /** Ends all of them when it aborts. */
  readonly signal: AbortSignal;
}

/** What a look at a command shows. */
export interface BackgroundState {
  readonly id: string;
  readonly line: string;
  /** “runs”, or how it ended: “exit code 0”. */
  readonly state: string;
  /** Since the last look, or the end of all of it. */
  readonly output: string;
}

export interface BackgroundCommands {
  /** Answers with the id as soon as the command has been handed to the system. */
  start(request: Omit<CommandRequest, "signal" | "onOutput" | "maxOutputBytes">): Promise<Result<string>>;
  look(id: string, what: "new" | "tail"): Result<BackgroundState>;
  /** Resolves when the command and all it started are gone. */
  stop(id: string): Promise<Result<BackgroundState>>;
  list(): readonly Pick<BackgroundState, "id" | "line" | "state">[];
  /** Ends all; afterwards none starts. */
  dispose(): Promise<void>;
}

const MAX_RUNNING = 8;
const MAX_REMEMBERED = 32;
/** Characters kept of each command: the newest. */
const KEPT = 256 * 1024;
const TAIL = 20_000;
/** The whole log of one command. */
const MAX_LOG_BYTES = 20 * 1024 * 1024;

interface Command {
  readonly id: string;
  readonly line: string;
  readonly stop: AbortController;
  /** What is kept, and how many characters came before it. */
  text: string;
  dropped: number;
  seen: number;
  state: string;
  ended: Promise<void>;
}

export function createBackgroundCommands({ runner, openLog, signal }: BackgroundOptions): BackgroundCommands {
  const commands = new Map<string, Command>();
  let count = 0;
  let closed = false;

  const running = () => [...commands.values()].filter(({ state }) => state === RUNS);
  const end = () => void dispose();
  signal.addEventListener("abort", end, { once: true });

  async function dispose(): Promise<void> {
    closed = true;
    signal.removeEventListener("abort", end);
    for (const { stop } of running()) stop.abort(new Error("the run has ended"));
    await Promise.all([...commands.values()].map(({ ended }) => ended));
  }

  return {
    dispose,
    list: () => [...commands.values()].map(({ id, line, state }) => ({ id, line, state })),
    async start(request) {
      if (closed || signal.aborted) return failure("tool.failed", "The run is ending; no command is started any more.");
      if (running().length >= MAX_RUNNING)
        return failure("tool.failed", `${MAX_RUNNING} commands run in the background already: stop one first.`);
      count += 1;
      const id = `c${count}`;
      const stop = new AbortController();
      const command: Command = {
        id,
        line: request.line,
        stop,
        text: "",
        dropped: 0,
        seen: 0,
        state: RUNS,
        ended: Promise.resolve(),
      };
      commands.set(id, command);
      forgetOldest(commands);
      const log = await openLog?.(id);
      command.ended = follow(runner, { ...request, signal: stop.signal }, command, log);
      return { ok: true, value: id };
    },
    look(id, what) {
      const command = commands.get(id);
      return command === undefined ? unknown(id, commands) : { ok: true, value: show(command, what) };
    },
    async stop(id) {
      const command = commands.get(id);
      if (command === undefined) return unknown(id, commands);
      command.stop.abort(new Error("stopped"));
      await command.ended;
      return { ok: true, value: show(command, "new") };
    },
  };
}

const RUNS = "runs";

function unknown(id: string, commands: ReadonlyMap<string, Command>): Result<never> {
  const known = [...commands.keys()].join(", ") || "none";
  return failure("tool.failed", `There is no background command ${id}; there are: ${known}.`);
}

async function follow(
  runner: CommandRunner,
  request: Omit<CommandRequest, "onOutput" | "maxOutputBytes">,
  command: Command,
  log: CommandLog | undefined,
): Promise<void> {
  const decoder = new TextDecoder();
  let logged = 0;
  try {
    const result = await runner.run({
      ...request,
      maxOutputBytes: 4096,
      onOutput(chunk) {
        keep(command, decoder.decode(chunk, { stream: true }));
        if (logged < MAX_LOG_BYTES) log?.append(chunk.subarray(0, MAX_LOG_BYTES - logged));
        logged += chunk.length;
      },
    });
    command.state = endOf(result);
  } catch (error) {
    command.state = request.signal.aborted ? "stopped" : `could not be started: ${String(error)}`;
  } finally {
    await log?.close();
  }
}

/** How a command ended, for people and models. */
export function endOf({ exitCode, signal, timedOut }: Pick<CommandResult, "exitCode" | "signal" | "timedOut">): string {
  if (timedOut) return "ended because its time was over";
  return exitCode === null ? `ended by ${signal ?? "a signal"}` : `exit code ${exitCode}`;
}

function keep(command: Command, text: string): void {
  command.text += text;
  const over = command.text.length - KEPT;
  if (over < KEPT / 4) return;
  command.text = command.text.slice(over);
  command.dropped += over;
}

function show(command: Command, what: "new" | "tail"): BackgroundState {
  const { id, line, state, text, dropped } = command;
  const start = what === "new" ? Math.max(0, command.seen - dropped) : 0;
  const lost = what === "new" ? Math.max(0, dropped - command.seen) : 0;
  command.seen = dropped + text.length;
  const wanted = text.slice(Math.max(start, text.length - TAIL));
  const cut = lost + Math.max(0, text.length - TAIL - start);
  const note = cut > 0 ? `… ${cut} characters left out …\n` : "";
  return { id, line, state, output: note + plainOutput(wanted).trimEnd() };
}

/** A run that starts hundreds of commands keeps the newest. */
function forgetOldest(commands: Map<string, Command>): void {
  for (const [id, { state }] of commands) {
    if (commands.size <= MAX_REMEMBERED) return;
    if (state !== RUNS) commands.delete(id);
  }
}
