/** A project's own program, run for a tool: the same wall as any command, without colours and questions. */
import { type CommandResult, type CommandRunner, createCommandRunner } from "../../security/sandbox/command-runner.ts";
import type { ToolContext } from "../tool.ts";

let own: CommandRunner | undefined;

/** As `CommandRunner.run`; where the run brings no runner, behind the wall that this machine has. */
export function runProjectCommand(
  context: ToolContext,
  request: { readonly line: string; readonly timeoutMs: number; readonly maxOutputBytes: number },
): Promise<CommandResult> {
  const { root, linked, signal } = context;
  return runnerOf(context).run({ ...request, root, linked, signal, env: { CI: "1", NO_COLOR: "1" } });
}

function runnerOf({ commands }: ToolContext): CommandRunner {
  if (commands !== undefined) return commands;
  own ??= createCommandRunner();
  return own;
}
