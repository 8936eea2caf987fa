/** nexus runs checkpoints, rewind, fork, prune */
import { randomUUID } from "node:crypto";
import type { Answer, Params, RewindForm } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import { systemClock } from "../host/clock.ts";
import { modelInput } from "../settings.ts";
import { attendRun } from "./attend.ts";
import { type CliContext, printJson, wholeNumberOf, withConnection } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findRun } from "./find-run.ts";
import { count, duration, printable, table } from "./format.ts";
import type { Arguments } from "./parse.ts";

const MOST_CHECKPOINTS = 1_000_000;
const PLACES = { copy: "the run's copy", tree: "your folder", changes: "the change set" } as const;

export function checkpointsCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const runId = await findRun(connection, args.words[0]);
    const answer = await connection.request("run/checkpoints", { runId });
    if (args.has("json")) {
      printJson(context, { runId, ...answer });
      return EXIT.done;
    }
    const { terminal } = context;
    const now = systemClock.now();
    const rows = answer.checkpoints.map(({ number, taskId, turn, at, commit, leftOut }) => [
      String(number),
      taskId,
      String(turn),
      `${duration(now - Date.parse(at))} ago`,
      commit.slice(0, 10),
      leftOut.length === 0 ? "" : `without ${count(leftOut.length, "file")}`,
    ]);
    const heads = ["N", "TASK", "BEFORE STEP", "TAKEN", "COMMIT", ""];
    terminal.out(rows.length === 0 ? "The run has no checkpoints.\n" : table([heads, ...rows], terminal.columns));
    if (answer.accepted.length > 0)
      terminal.out(`${count(answer.accepted.length, "accepted file")} can be put back: --before-accept\n`);
    if (answer.canUndo) terminal.out("The last rewind can be taken back: --undo\n");
    return EXIT.done;
  });
}

export function rewindCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const to = targetOf(args);
  const form = formOf(args);
  return withConnection(context, async (connection) => {
    const runId = await findRun(connection, args.words[0]);
    const model = form === "files" ? {} : modelInput((await context.settings()).model);
    const dryRun = args.has("dry-run");
    const overwrite = [...args.texts("overwrite")];
    const params = { runId, to, form, overwrite, dryRun, idempotencyKey: randomUUID(), ...model };
    const answer = await connection.request("run/rewind", params);
    if (args.has("json")) printJson(context, { runId, ...answer });
    else printRewind(context, answer, dryRun);
    return answer.conflicts.length > 0 ? EXIT.failed : EXIT.done;
  });
}

function targetOf(args: Arguments): Params<"run/rewind">["to"] {
  const wanted = ["to", "before-accept", "undo"].filter((flag) => args.has(flag) || args.text(flag) !== undefined);
  if (wanted.length !== 1) throw nexusError("usage.invalid", "Give one of --to N, --before-accept and --undo.");
  if (args.has("undo")) return { what: "before_rewind" };
  if (args.has("before-accept")) return { what: "before_accept" };
  return { checkpoint: wholeNumberOf("to", args.text("to"), 0, MOST_CHECKPOINTS) };
}

function formOf(args: Arguments): RewindForm {
  const forms = (["files", "conversation", "both"] as const).filter((form) => args.has(form));
  if (forms.length > 1) throw nexusError("usage.invalid", "Give one of --files, --conversation and --both.");
  return forms[0] ?? "files";
}

function printRewind(context: CliContext, { files, conflicts, newRunId }: Answer<"run/rewind">, dryRun: boolean): void {
  const { terminal, paint } = context;
  for (const { place, path } of files) terminal.out(`  ${printable(path)} ${paint("dim", `in ${PLACES[place]}`)}\n`);
  for (const { path, reason } of conflicts) terminal.err(`${paint("red", `✗ ${printable(path)}: ${reason}`)}\n`);
  if (conflicts.length > 0) terminal.err("Nothing was written. --overwrite PATH puts such a file back all the same.\n");
  else if (dryRun) terminal.out(`${count(files.length, "file")} would change. Nothing was written.\n`);
  else terminal.out(`Put back ${count(files.length, "file")}. --undo takes it back.\n`);
  if (newRunId !== null) terminal.out(`Run ${newRunId} goes on from there: nexus runs watch ${newRunId}\n`);
}

export async function forkCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  if (args.text("at") === undefined) throw nexusError("usage.invalid", "Give the checkpoint: --at N.");
  const checkpoint = wholeNumberOf("at", args.text("at"), 0, MOST_CHECKPOINTS);
  const goal = args.words.slice(1).join(" ");
  const model = modelInput((await context.settings()).model);
  const connection = await context.connect();
  try {
    const from = await findRun(connection, args.words[0]);
    const prompt = goal === "" ? {} : { prompt: goal };
    const params = { runId: from, checkpoint, idempotencyKey: randomUUID(), ...prompt, ...model };
    const { runId } = await connection.request("run/fork", params);
    if (args.has("detach")) {
      context.terminal.out(args.has("json") ? `${JSON.stringify({ type: "started", runId })}\n` : `${runId}\n`);
      return EXIT.done;
    }
    const { run } = await connection.request("run/show", { runId });
    const output = args.has("json") ? ("events" as const) : ("text" as const);
    const attending = { runId, connection, output, apply: run.autoApply, interrupt: "cancel" as const, ...model };
    return (await attendRun(context, attending)).exitCode;
  } finally {
    connection.close();
  }
}

export function pruneCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const days = daysOf(args.text("older-than"));
  return withConnection(context, async (connection) => {
    const dryRun = args.has("dry-run");
    const answer = await connection.request("run/prune", { dryRun, ...(days === undefined ? {} : { days }) });
    if (args.has("json")) {
      printJson(context, answer);
      return EXIT.done;
    }
    for (const { runId, refs, bytes } of answer.runs)
      context.terminal.out(`${runId}  ${count(refs, "commit")}, ${megabytes(bytes)}\n`);
    const done = dryRun ? "would be forgotten" : "were forgotten";
    context.terminal.out(
      `Checkpoints of ${count(answer.runs.length, "run")} ${done}; ${megabytes(answer.keptBytes)} are kept.\n`,
    );
    return EXIT.done;
  });
}

function daysOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = Number(/^(\d+)d?$/.exec(text)?.[1] ?? Number.NaN);
  if (Number.isInteger(days)) return days;
  throw nexusError("usage.invalid", `--older-than must be a number of days such as 30d, not “${text}”.`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
