/** nexus runs diff, accept, discard */
import type { ClientConnection, FileDiff, RunState } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import { type CliContext, printJson, withConnection } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findRun } from "./find-run.ts";
import { count, type Paint, printable } from "./format.ts";
import type { Arguments } from "./parse.ts";
import { acceptedText } from "./report.ts";

export function diffCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const runId = await findRun(connection, args.words[0]);
    const { run } = await connection.request("run/show", { runId });
    const all = run.changes?.changeSet.files.map((file) => file.path) ?? [];
    if (all.length === 0) throw nexusError("changes.none");
    const paths = args.words.length > 1 ? args.words.slice(1) : all;
    if (!args.has("json")) await printDiffs(context, connection, run, paths);
    else printJson(context, { runId, diffs: await readDiffs(connection, runId, paths) });
    return EXIT.done;
  });
}

export function acceptCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const runId = await findRun(connection, args.words[0]);
    const answer = await connection.request("changes/accept", { runId, ...pathsOf(args) });
    if (args.has("json")) printJson(context, { runId, ...answer });
    else if (answer.conflicts.length === 0) context.terminal.out(`${acceptedText(answer)}.\n`);
    if (answer.conflicts.length === 0) return EXIT.done;
    const { terminal, paint } = context;
    for (const { path, reason } of answer.conflicts)
      terminal.err(`${paint("red", `✗ ${printable(path)}: ${reason}`)}\n`);
    if (!args.has("json")) terminal.err("Nothing was written. Name the other files to accept them alone.\n");
    return EXIT.failed;
  });
}

export function discardCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const runId = await findRun(connection, args.words[0]);
    const answer = await connection.request("changes/discard", { runId, ...pathsOf(args) });
    if (args.has("json")) printJson(context, { runId, ...answer });
    else context.terminal.out(`Gave up the change of ${count(answer.discarded.length, "file")}.\n`);
    return EXIT.done;
  });
}

export async function printDiffs(
  context: CliContext,
  connection: ClientConnection,
  run: RunState,
  paths: readonly string[],
): Promise<void> {
  for (const diff of await readDiffs(connection, run.runId, paths)) context.terminal.out(diffText(diff, context.paint));
}

async function readDiffs(connection: ClientConnection, runId: string, paths: readonly string[]): Promise<FileDiff[]> {
  const diffs: FileDiff[] = [];
  for (const path of paths) diffs.push((await connection.request("changes/diff", { runId, path })).diff);
  return diffs;
}

function diffText({ path, patch, binary, truncated }: FileDiff, paint: Paint): string {
  if (binary) return `Binary file ${printable(path)} differs\n`;
  const lines = printable(patch)
    .trimEnd()
    .split("\n")
    .map((line) => {
      if (line.startsWith("@@")) return paint("cyan", line);
      if (/^(diff|index|---|\+\+\+)/.test(line)) return paint("bold", line);
      if (line.startsWith("+")) return paint("green", line);
      return line.startsWith("-") ? paint("red", line) : line;
    });
  return `${lines.join("\n")}\n${truncated ? "… the rest is left out\n" : ""}`;
}

function pathsOf(args: Arguments): { paths?: string[] } {
  return args.words.length > 1 ? { paths: args.words.slice(1) } : {};
}
