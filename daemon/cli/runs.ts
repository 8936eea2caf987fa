/** nexus runs list, show, watch, resume, cancel */
import { resolve } from "node:path";
import type { ClientConnection } from "../../protocol/index.ts";
import { systemClock } from "../host/clock.ts";
import { realPath } from "../host/files.ts";
import { modelInput } from "../settings.ts";
import { attendRun } from "./attend.ts";
import { amountOf, type CliContext, printJson, wholeNumberOf, withConnection } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findRun } from "./find-run.ts";
import { duration, money, oneLine, statusWord, table } from "./format.ts";
import type { Arguments } from "./parse.ts";
import { stateText } from "./report.ts";
import { controlCommand } from "./runs-task.ts";

export function listCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const limit = wholeNumberOf("limit", args.text("limit"), 20, 500);
    const repo = args.text("repo");
    const folder = repo === undefined ? undefined : resolve(context.cwd, repo);
    const workspace = folder === undefined ? {} : { workspace: await realPath(folder).catch(() => folder) };
    const page = await connection.request("run/list", { limit, ...workspace });
    if (args.has("json")) {
      printJson(context, page);
      return EXIT.done;
    }
    const now = systemClock.now();
    const rows = page.runs.map((run) => [
      run.runId,
      statusWord(run.status),
      run.pendingFiles === 0 ? "" : `${run.pendingFiles} to accept`,
      money(run.costUsd),
      `${duration(now - Date.parse(run.createdAt))} ago`,
      oneLine(run.prompt, 200),
    ]);
    const heads = ["RUN", "STATUS", "CHANGE", "COST", "STARTED", "GOAL"];
    const { terminal } = context;
    const text =
      rows.length === 0 ? "There are no runs yet: nexus run GOAL\n" : table([heads, ...rows], terminal.columns);
    terminal.out(text);
    if (page.nextCursor !== null) terminal.out(`There are more: --limit ${Math.min(500, limit * 5)}\n`);
    return EXIT.done;
  });
}

export function showCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const { run } = await connection.request("run/show", { runId: await findRun(connection, args.words[0]) });
    if (args.has("json")) printJson(context, run);
    else context.terminal.out(stateText(run, context.paint, context.terminal.columns));
    return EXIT.done;
  });
}

export async function watchCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const connection = await context.connect();
  const runId = await orClose(connection, findRun(connection, args.words[0]));
  const output = args.has("json") ? "events" : "text";
  const { exitCode } = await attendRun(context, { runId, connection, output, apply: false, interrupt: "leave" });
  return exitCode;
}

export async function resumeCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  if (args.text("task") !== undefined) return controlCommand("resume", context, args);
  const budgetUsd = amountOf(args.text("budget"));
  const model = modelInput((await context.settings()).model);
  const connection = await context.connect();
  const runId = await orClose(connection, findRun(connection, args.words[0]));
  const { run } = await orClose(connection, connection.request("run/show", { runId }));
  const budget = budgetUsd === undefined ? {} : { budgetUsd };
  await orClose(connection, connection.request("run/resume", { runId, ...budget, ...model }));
  if (args.has("detach")) {
    connection.close();
    context.terminal.out(args.has("json") ? `${JSON.stringify({ type: "started", runId })}\n` : `${runId}\n`);
    return EXIT.done;
  }
  const { exitCode } = await attendRun(context, {
    runId,
    connection,
    output: args.has("json") ? "events" : "text",
    apply: run.autoApply,
    interrupt: "cancel",
    from: run,
    minAttempt: run.attempt + 1,
    ...model,
  });
  return exitCode;
}

export function cancelCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  if (args.text("task") !== undefined) return controlCommand("cancel", context, args);
  return withConnection(context, async (connection) => {
    const runId = await findRun(connection, args.words[0]);
    await connection.request("run/cancel", { runId });
    const { run } = await connection.request("run/show", { runId });
    if (args.has("json")) printJson(context, { runId, status: run.status });
    else context.terminal.out(`Run ${runId} is ${statusWord(run.status)}.\n`);
    return EXIT.done;
  });
}

async function orClose<Value>(connection: ClientConnection, work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    connection.close();
    throw error;
  }
}
