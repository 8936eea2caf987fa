/** nexus workflow schedule */
import { nexusError, type Schedule } from "../../protocol/index.ts";
import { amountOf, type CliContext, printJson, withConnection } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { printable } from "./format.ts";
import type { Arguments } from "./parse.ts";
import { inputsFrom, usable, workflowWord } from "./workflow-file.ts";

export async function workflowScheduleCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const [action, what] = args.words;
  if (action === "list" && what === undefined) return list(context, args);
  if (action === "add" && what !== undefined) return add(context, args, what);
  if (action === "remove" && what !== undefined) return remove(context, args, what);
  throw nexusError("usage.invalid", "Say add FILE, list, or remove SCHEDULE.");
}

async function add(context: CliContext, args: Arguments, file: string): Promise<ExitCode> {
  const cron = args.text("cron");
  if (cron === undefined) throw nexusError("usage.invalid", "Give the times: --cron '0 7 * * 1-5'.");
  const word = await workflowWord(context, args, file);
  const inputs = inputsFrom(args, usable(word));
  const { workspace, start } = word;
  if (start.text !== undefined) throw nexusError("usage.invalid", "A schedule needs a file in the folder itself.");
  const budgetUsd = amountOf(args.text("budget"));
  const missed = args.text("missed") === "skip" ? ("skip" as const) : ("run" as const);
  return withConnection(context, async (connection) => {
    const budget = budgetUsd === undefined ? {} : { budgetUsd };
    const params = { workspace, path: start.path, inputs, cron, missed, ...budget };
    const { schedule } = await connection.request("workflow/schedule", params);
    if (args.has("json")) printJson(context, { schedule });
    else context.terminal.out(`${lineOf(schedule)}\n`);
    return EXIT.done;
  });
}

function list(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const answer = await connection.request("workflow/schedules", {});
    if (args.has("json")) printJson(context, answer);
    else if (answer.schedules.length === 0) context.terminal.out("There are no schedules.\n");
    else for (const schedule of answer.schedules) context.terminal.out(`${lineOf(schedule)}\n`);
    return EXIT.done;
  });
}

function remove(context: CliContext, args: Arguments, scheduleId: string): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    await connection.request("workflow/unschedule", { scheduleId });
    if (args.has("json")) printJson(context, { scheduleId });
    else context.terminal.out(`${scheduleId} is forgotten.\n`);
    return EXIT.done;
  });
}

function lineOf({ scheduleId, cron, workspace, path, nextAt, lastResult }: Schedule): string {
  const last = lastResult === "" ? "" : `; last time ${lastResult}`;
  return printable(`${scheduleId}  ${cron}  ${path} in ${workspace}, next ${nextAt ?? "never"}${last}`);
}
