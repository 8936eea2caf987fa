/** nexus runs cancel, pause, resume with --task: one task of a run */
import type { TaskAction } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import { type CliContext, printJson, withConnection } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findRun } from "./find-run.ts";
import type { Arguments } from "./parse.ts";

const SAID: Record<TaskAction, string> = {
  cancel: "is cancelled; what does not need it goes on",
  pause: "is held before its next step",
  resume: "goes on",
};

export function controlCommand(action: TaskAction, context: CliContext, args: Arguments): Promise<ExitCode> {
  const taskId = args.text("task");
  if (taskId === undefined) throw nexusError("usage.invalid", "Which task? Name it with --task ID.");
  return withConnection(context, async (connection) => {
    const runId = await findRun(connection, args.words[0]);
    await connection.request(`task/${action}`, { runId, taskId });
    if (args.has("json")) printJson(context, { runId, taskId, action });
    else context.terminal.out(`Task ${taskId} of run ${runId} ${SAID[action]}.\n`);
    return EXIT.done;
  });
}

export async function pauseCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return controlCommand("pause", context, args);
}
