import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import { machineRunner } from "../security/sandbox/command-runner.ts";
import type { HostDecision } from "../security/sandbox/sandbox.ts";
import { endOf } from "./commands/background.ts";
import { createLiveOutput } from "./commands/live-output.ts";
import { plainOutput } from "./commands/plain-output.ts";
import type { DirectTool, ToolContext, ToolOutcome } from "./tool.ts";

const DEFAULT_SECONDS = 120;
const MAX_SECONDS = 600;
/** A server may be needed for as long as the run works. */
const BACKGROUND_SECONDS = 4 * 60 * 60;
/** More than the model gets, so that a secret across the gate's cut is still whole when it is redacted. */
const KEPT_BYTES = 256 * 1024;

const input = z.object({
  command: z.string().check(z.minLength(1), z.maxLength(10_000)),
  timeoutSeconds: z.optional(z.int().check(z.gte(1), z.lte(MAX_SECONDS), z.describe(`Default ${DEFAULT_SECONDS}`))),
  background: z.optional(z.boolean().check(z.describe("Answers at once with an id"))),
});

type Input = z.output<typeof input>;

/** A shell line in the root of the copy: a process of its own, nothing kept for the next one, nothing left running. */
export const runCommand: DirectTool<typeof input> = {
  name: "run_command",
  description:
    "Runs a shell command in the repository's root; answers with exit code and output. No input. Empty read-only .vscode, AGENTS.md and the like stand for missing ones.",
  input,
  effect: "unknown",
  timeoutMs: (MAX_SECONDS + 30) * 1000,
  access: ({ command }) => ({ kind: "command", command, cwd: "." }),
  execute: (input, context) => (input.background === true ? inBackground(input, context) : toItsEnd(input, context)),
};

async function toItsEnd(
  { command, timeoutSeconds = DEFAULT_SECONDS }: Input,
  context: ToolContext,
): Promise<ToolOutcome> {
  const { root, linked, hosts = [], signal, onOutput } = context;
  const refused = new Set<string>();
  const onHost = ({ host, port, refused: why }: HostDecision) => {
    if (why !== null) refused.add(`The sandbox let nothing through to ${host}:${port}: ${why}.`);
  };
  const live = onOutput === undefined ? undefined : createLiveOutput(onOutput);
  const timeoutMs = timeoutSeconds * 1000;
  const more = live === undefined ? {} : { onOutput: live.add };
  const result = await (context.commands ?? machineRunner())
    .run({ line: command, root, linked, hosts, onHost, signal, timeoutMs, maxOutputBytes: KEPT_BYTES, ...more })
    .finally(() => live?.end());
  const output = plainOutput(result.output.toString("utf8")).trimEnd();
  if (result.timedOut)
    return failure("command.timeout", `It ran ${timeoutSeconds} s. Its output:\n${output || "(none)"}\n`);
  const ended = endOf(result);
  const told = [ended, output || "(no output)", ...[...refused].slice(0, 5)].join("\n");
  return { ok: true, output: told, summary: `ran ${firstLine(command)}: ${ended}` };
}

async function inBackground({ command }: Input, context: ToolContext): Promise<ToolOutcome> {
  const { root, linked, hosts = [], background } = context;
  if (background === undefined) return failure("tool.failed", "Commands cannot go on in the background here.");
  const started = await background.start({ line: command, root, linked, hosts, timeoutMs: BACKGROUND_SECONDS * 1000 });
  if (!started.ok) return started;
  const id = started.value;
  const output = `It runs as ${id}. command_output shows what it prints, stop_command ends it; it ends with the run.`;
  return { ok: true, output, summary: `runs ${firstLine(command)} in the background as ${id}` };
}

function firstLine(command: string): string {
  return command.split("\n")[0]?.slice(0, 120) ?? "";
}
