import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import { type ProcessResult, runProcess } from "../host/processes.ts";
import { commandEnvironment } from "../security/environment.ts";
import type { DirectTool } from "./tool.ts";

const DEFAULT_SECONDS = 120;
const MAX_SECONDS = 600;
/** More than the model gets, so that a secret across the gate's cut is still whole when it is redacted. */
const KEPT_BYTES = 256 * 1024;

const input = z.object({
  command: z.string().check(z.minLength(1), z.maxLength(10_000)),
  timeoutSeconds: z.optional(z.int().check(z.gte(1), z.lte(MAX_SECONDS), z.describe(`Default ${DEFAULT_SECONDS}`))),
});

/** A shell line in the root of the copy: a process of its own, nothing kept for the next one, nothing left running. */
export const runCommand: DirectTool<typeof input> = {
  name: "run_command",
  description:
    "Runs a shell command in the repository's root; answers with exit code and output. No input, no background.",
  input,
  effect: "unknown",
  timeoutMs: (MAX_SECONDS + 30) * 1000,
  access: ({ command }) => ({ kind: "command", command, cwd: "." }),
  async execute({ command, timeoutSeconds = DEFAULT_SECONDS }, context) {
    const result = await runProcess({
      command: { shell: command },
      cwd: context.root,
      env: commandEnvironment(process.env),
      signal: context.signal,
      timeoutMs: timeoutSeconds * 1000,
      maxOutputBytes: KEPT_BYTES,
      leaveNothing: true,
    });
    const output = plain(result.output.toString("utf8"));
    if (result.timedOut)
      return failure("command.timeout", `It ran ${timeoutSeconds} s. Its output:\n${output || "(none)"}\n`);
    const ended = endOf(result);
    const summary = `ran ${command.split("\n")[0]?.slice(0, 120)}: ${ended}`;
    return { ok: true, output: `${ended}\n${output || "(no output)"}`, summary };
  },
};

function endOf({ exitCode, signal }: ProcessResult): string {
  return exitCode === null ? `ended by ${signal ?? "a signal"}` : `exit code ${exitCode}`;
}

/** Without colours and cursor movements; of a line that was drawn over, what was drawn last. */
function plain(output: string): string {
  return output
    .replace(/\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b\[[0-?]*[ -/]*[@-~]|\u001b[@-Z\\-_]/g, "")
    .replaceAll("\r\n", "\n")
    .replace(/^[^\n]*\r(?!$)/gm, "")
    .trimEnd();
}
