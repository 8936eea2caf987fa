/** Child processes: started in a group of their own, so that a cancel ends the whole tree. */
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { killMarked, MARK_VARIABLE, newMark } from "./process-tree.ts";

export interface ProcessOptions {
  /** An argument vector, or a line for the platform's shell. */
  readonly command: { readonly argv: readonly [string, ...string[]] } | { readonly shell: string };
  readonly cwd: string;
  /** The whole environment of the child: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Bytes kept of each stream: the first and the last half; more is dropped and said. Default 10 MiB. */
  readonly maxOutputBytes?: number;
  readonly onOutput?: (chunk: Buffer) => void;
  /** Hears standard output alone. */
  readonly onStdout?: (chunk: Buffer) => void;
  /** Also end what left the process group (setsid, double forks), whichever way the process ends. */
  readonly leaveNothing?: boolean;
}

export interface ProcessResult {
  /** Null when the process was ended by a signal. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Standard output and error in the order in which they came. */
  readonly output: Buffer;
  readonly truncated: boolean;
  readonly timedOut: boolean;
}

export const hostPlatform: NodeJS.Platform = process.platform;
const isWindows = hostPlatform === "win32";

/**
 * Runs a process to its end. Rejects with the signal's reason after the tree is dead when cancelled, and with the
 * system's error when it cannot be started.
 */
export function runProcess(options: ProcessOptions): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted) {
      reject(options.signal.reason);
      return;
    }
    const mark = options.leaveNothing === true ? newMark() : undefined;
    const child = start(mark === undefined ? options : { ...options, env: { ...options.env, [MARK_VARIABLE]: mark } });
    const limit = options.maxOutputBytes ?? 10 * 1024 * 1024;
    const stdout = createCapture(limit);
    const stderr = createCapture(limit);
    const output = createCapture(limit);
    let timedOut = false;
    let failure: unknown;

    const kill = () => void killTree(child);
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            kill();
          }, options.timeoutMs);
    options.signal?.addEventListener("abort", kill, { once: true });

    for (const [stream, capture] of [[child.stdout, stdout] as const, [child.stderr, stderr] as const])
      stream?.on("data", (chunk: Buffer) => {
        capture.add(chunk);
        output.add(chunk);
        options.onOutput?.(chunk);
        if (stream === child.stdout) options.onStdout?.(chunk);
      });
    child.on("error", (error) => {
      failure = error;
      if (child.pid === undefined) void finish(null, null);
    });
    // A grandchild that outlives the shell may hold the pipes open: the shell's own end starts a short grace.
    child.on("exit", (code, signal) => {
      const grace = setTimeout(() => {
        kill();
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, 500);
      child.once("close", () => {
        clearTimeout(grace);
        void finish(code, signal);
      });
    });

    async function finish(exitCode: number | null, signal: string | null): Promise<void> {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", kill);
      killTree(child);
      if (mark !== undefined) await killMarked(mark);
      if (options.signal?.aborted) reject(options.signal.reason);
      else if (failure !== undefined) reject(failure);
      else resolve(result(exitCode, signal));
    }

    function result(exitCode: number | null, signal: string | null): ProcessResult {
      const truncated = stdout.truncated() || stderr.truncated() || output.truncated();
      const bytes = { stdout: stdout.bytes(), stderr: stderr.bytes(), output: output.bytes() };
      return { exitCode: timedOut ? null : exitCode, signal, ...bytes, truncated, timedOut };
    }
  });
}

/** The signal that an exit code stands for where a shell or a sandbox tells of it as 128 and its number. */
export function signalOf(exitCode: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
}

function start(options: ProcessOptions): ChildProcess {
  const base = {
    cwd: options.cwd,
    env: { ...options.env },
    detached: !isWindows,
    windowsHide: true,
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"] as ("ignore" | "pipe")[],
  };
  const { command } = options;
  const child =
    "argv" in command
      ? spawn(command.argv[0], command.argv.slice(1), base)
      : isWindows
        ? spawn(command.shell, { ...base, shell: true })
        : spawn("/bin/sh", ["-c", command.shell], base);
  child.stdin?.on("error", () => undefined);
  if (options.input !== undefined) child.stdin?.end(options.input);
  return child;
}

/** Ends the process and everything in its group; harmless when it has ended. */
export function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (isWindows) {
    if (child.exitCode === null) spawn("taskkill", ["/pid", String(child.pid), "/t", "/f"], { windowsHide: true });
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The whole group has ended.
  }
}

/** Asks the process and everything in its group to end; Windows has no such signal. */
export function interruptTree(child: ChildProcess): void {
  if (child.pid === undefined || isWindows) return;
  try {
    process.kill(-child.pid, "SIGINT");
  } catch {
    // The whole group has ended.
  }
}

/** Keeps the first and the last half of the limit. */
function createCapture(limit: number): { add(chunk: Buffer): void; bytes(): Buffer; truncated(): boolean } {
  const head: Buffer[] = [];
  const tail: Buffer[] = [];
  const half = Math.floor(limit / 2);
  let headBytes = 0;
  let tailBytes = 0;
  let dropped = 0;
  return {
    add(chunk) {
      const room = half - headBytes;
      const first = chunk.subarray(0, Math.max(0, room));
      if (first.length > 0) head.push(Buffer.from(first));
      headBytes += first.length;
      const rest = chunk.subarray(first.length);
      if (rest.length === 0) return;
      tail.push(Buffer.from(rest));
      tailBytes += rest.length;
      while (tailBytes - (tail[0]?.length ?? 0) >= half && tail.length > 1) {
        const gone = tail.shift()?.length ?? 0;
        tailBytes -= gone;
        dropped += gone;
      }
    },
    bytes() {
      const note = dropped > 0 ? [Buffer.from(`\n… ${dropped} bytes left out …\n`)] : [];
      return Buffer.concat([...head, ...note, ...tail]);
    },
    truncated: () => dropped > 0,
  };
}
