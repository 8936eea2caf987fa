/** From the words of a command line to an exit code. */
import { type ErrorValue, errorValue, NexusError } from "../../protocol/errors.ts";
import type { CommandName } from "./commands.ts";
import { type CliContext, type CliPlace, createContext } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { helpText } from "./help.ts";
import { type Arguments, parseCommandLine } from "./parse.ts";

type Run = (context: CliContext, args: Arguments) => Promise<ExitCode>;

/** Loaded when it is needed: `--help` must not wait for what only a run needs. */
const IMPLEMENTATIONS: Readonly<Record<CommandName, () => Promise<Run>>> = {
  run: async () => (await import("./run.ts")).runCommand,
  plan: async () => (await import("./run.ts")).planCommand,
  "runs list": async () => (await import("./runs.ts")).listCommand,
  "runs show": async () => (await import("./runs.ts")).showCommand,
  "runs watch": async () => (await import("./runs.ts")).watchCommand,
  "runs diff": async () => (await import("./runs-changes.ts")).diffCommand,
  "runs accept": async () => (await import("./runs-changes.ts")).acceptCommand,
  "runs discard": async () => (await import("./runs-changes.ts")).discardCommand,
  "runs resume": async () => (await import("./runs.ts")).resumeCommand,
  "runs cancel": async () => (await import("./runs.ts")).cancelCommand,
  "daemon start": async () => (await import("./daemon.ts")).startCommand,
  "daemon stop": async () => (await import("./daemon.ts")).stopCommand,
  "daemon status": async () => (await import("./daemon.ts")).statusCommand,
  "daemon logs": async () => (await import("./daemon.ts")).logsCommand,
  doctor: async () => (await import("./doctor.ts")).doctorCommand,
  completion: async () => printCompletion,
};

/** Never rejects: whatever fails is told on standard error (with --json as an object on standard output too). */
export async function runCli(words: readonly string[], place: CliPlace): Promise<ExitCode> {
  try {
    const invocation = parseCommandLine(words);
    const context = await createContext(place);
    switch (invocation.kind) {
      case "help":
        place.terminal.out(helpText(invocation.path));
        return EXIT.done;
      case "version":
        place.terminal.out(`${context.build.version}\n`);
        return EXIT.done;
      case "run": {
        const run = await IMPLEMENTATIONS[invocation.name]();
        return await run(context, invocation.arguments);
      }
    }
  } catch (error) {
    const value = errorOf(error);
    if (words.includes("--json")) place.terminal.out(`${JSON.stringify({ type: "error", error: value })}\n`);
    place.terminal.err(`nexus: ${value.message}\n  ${value.hint}\n`);
    return exitCodeOfError(value.code);
  }
}

export function exitCodeOfError(code: string): ExitCode {
  if (code === "usage.invalid" || code === "settings.invalid") return EXIT.usage;
  if (code.startsWith("budget.")) return EXIT.outOfBudget;
  if (code === "tool.denied" || code === "plan.rejected") return EXIT.denied;
  return EXIT.failed;
}

function errorOf(error: unknown): ErrorValue {
  if (error instanceof NexusError) return error.value;
  return errorValue("run.internal", error instanceof Error ? (error.stack ?? error.message) : String(error));
}

async function printCompletion(context: CliContext, args: Arguments): Promise<ExitCode> {
  const { completionScript } = await import("./completion.ts");
  context.terminal.out(completionScript(args.words[0] ?? ""));
  return EXIT.done;
}
