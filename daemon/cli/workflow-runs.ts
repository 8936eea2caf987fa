/** nexus workflow states, fork, compare, migrate */
import { resolve } from "node:path";
import type { Answer } from "../../protocol/index.ts";
import { readText, realPath } from "../host/files.ts";
import { nameIn } from "../orchestration/workflows/source.ts";
import { type CliContext, printJson, withConnection } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findRun } from "./find-run.ts";
import { money, oneLine, printable, table } from "./format.ts";
import type { Arguments } from "./parse.ts";
import { forkCommand } from "./runs-rewind.ts";

export function workflowStatesCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const runId = await findRun(connection, args.words[0]);
    const { states } = await connection.request("workflow/states", { runId });
    if (args.has("json")) printJson(context, { runId, states });
    else if (states.length === 0) context.terminal.out("The run has no states to go on from yet.\n");
    else {
      const rows = states.map(({ number, at, takenAt, ended }) => [
        String(number),
        at,
        takenAt,
        ended.map((step) => (step.outcome === "done" ? step.at : `${step.at} (${step.outcome})`)).join(", "),
      ]);
      context.terminal.out(table([["N", "BEFORE STEP", "TAKEN", "ENDED BY THEN"], ...rows], context.terminal.columns));
    }
    return EXIT.done;
  });
}

/** A fork like any other: the state is a checkpoint. */
export const workflowForkCommand = forkCommand;

export function workflowCompareCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const first = await findRun(connection, args.words[0]);
    const second = await findRun(connection, args.words[1]);
    const { steps } = await connection.request("workflow/compare", { first, second });
    if (args.has("json")) printJson(context, { first, second, steps });
    else {
      const rows = steps.map(({ at, same, ...sides }) => [
        same ? "=" : "≠",
        at,
        sideText(sides.first),
        sideText(sides.second),
      ]);
      context.terminal.out(table([["", "STEP", first, second], ...rows], context.terminal.columns));
    }
    return EXIT.done;
  });
}

function sideText(side: Answer<"workflow/compare">["steps"][number]["first"]): string {
  if (side === null) return "–";
  return oneLine(`${side.outcome}, ${money(side.costUsd)}: ${side.output}`, 60);
}

export function workflowMigrateCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const runId = await findRun(connection, args.words[0]);
    const { run } = await connection.request("run/show", { runId });
    const file = await realPath(resolve(context.cwd, args.words[1] ?? ""));
    const path = nameIn(run.workspace, file);
    const workflow = path === undefined ? { path: "changed.yaml", text: (await readText(file)) ?? "" } : { path };
    const answer = await connection.request("workflow/migrate", { runId, workflow, dryRun: args.has("dry-run") });
    if (args.has("json")) printJson(context, { runId, ...answer });
    else {
      for (const { at, fate, reason } of answer.steps)
        context.terminal.out(`${fate.padEnd(8)} ${printable(at)}${reason === "" ? "" : `: ${printable(reason)}`}\n`);
      context.terminal.out(answer.migrated ? "The run goes on with the changed workflow.\n" : "Nothing was changed.\n");
    }
    return answer.steps.some(({ fate }) => fate === "refused") ? EXIT.failed : EXIT.done;
  });
}
