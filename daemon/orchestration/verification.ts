/** Evidence: a command that ran, and whether it came out as expected. */
import type { Acceptance, Evidence } from "../../protocol/index.ts";
import { systemClock } from "../host/clock.ts";
import { errorCode } from "../host/files.ts";
import { type CommandRunner, machineRunner } from "../security/sandbox/command-runner.ts";

export interface CheckOptions {
  readonly command: string;
  readonly expect: Acceptance["expect"];
  /** Absolute folder to run in. */
  readonly root: string;
  /** Links in the folder that lead out of it, such as node_modules. */
  readonly linked?: readonly string[];
  /** Left out: behind the wall that this machine has, with nothing hidden but keys. */
  readonly runner?: CommandRunner;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Keeps the whole output (at most 5 MB) and answers with its hash. */
  readonly artifact: (bytes: Uint8Array) => Promise<string>;
}

const MAX_OUTPUT_BYTES = 5 * 1024 * 1024;
const TAIL_CHARACTERS = 4000;

/**
 * Runs a command and says whether it came out as expected. A command that is killed or runs out of time satisfies
 * nothing, and neither does one that the shell cannot find or start (127, 126): a test that does not exist has not failed.
 * Rejects with the signal's reason when cancelled.
 */
export async function runCheck(options: CheckOptions): Promise<Evidence> {
  const { command, expect, root, signal, timeoutMs } = options;
  const startedAt = systemClock.monotonic();
  const { exitCode, output } = await runCommand(options).catch((error: unknown) => {
    if (signal.aborted || errorCode(error) === undefined) throw error;
    return { exitCode: null, output: Buffer.from(`The command could not be started in ${root}: ${String(error)}\n`) };
  });
  return {
    command,
    exitCode,
    expected: expect,
    satisfied: expect === "pass" ? exitCode === 0 : exitCode !== null && ![0, 126, 127].includes(exitCode),
    durationMs: Math.min(systemClock.monotonic() - startedAt, timeoutMs + 60_000),
    outputTail: tailOf(output),
    outputArtifact: await options.artifact(output),
  };
}

async function runCommand(options: CheckOptions): Promise<{ exitCode: number | null; output: Buffer }> {
  const { command, root, linked = [], signal, timeoutMs } = options;
  const result = await (options.runner ?? machineRunner()).run({
    line: command,
    root,
    linked,
    env: { CI: "1", NO_COLOR: "1" },
    signal,
    timeoutMs,
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
  const note = result.timedOut ? `\n[ended after ${timeoutMs} ms]\n` : result.signal ? `\n[${result.signal}]\n` : "";
  return { exitCode: result.exitCode, output: Buffer.concat([result.output, Buffer.from(note)]) };
}

function tailOf(output: Buffer): string {
  return output
    .subarray(-4 * TAIL_CHARACTERS)
    .toString()
    .slice(-TAIL_CHARACTERS);
}
