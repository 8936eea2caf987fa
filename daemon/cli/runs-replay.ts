/** nexus runs replay */
import { randomUUID } from "node:crypto";
import type { Answer, ClientConnection, Params } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import { modelInput } from "../settings.ts";
import { attendRun } from "./attend.ts";
import { type CliContext, printJson, wholeNumberOf, withConnection } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findRun } from "./find-run.ts";
import { count, duration, figure, money, printable, statusWord, table } from "./format.ts";
import type { Arguments } from "./parse.ts";

const MOST_CHECKPOINTS = 1_000_000;

export function replayCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return args.text("from") === undefined ? replayWhole(context, args) : replayFrom(context, args);
}

function replayWhole(context: CliContext, args: Arguments): Promise<ExitCode> {
  if (args.texts("with").length > 0)
    throw nexusError("usage.invalid", "--with needs a checkpoint to go on from: --from N.");
  return withConnection(context, async (connection) => {
    const runId = await findRun(connection, args.words[0]);
    const replay = await connection.request("run/replay", { runId });
    if (args.has("json")) printJson(context, replay);
    else context.terminal.out(replayText(replay));
    return replay.divergence === null ? EXIT.done : EXIT.failed;
  });
}

function replayText({ events, compared, told, ignored, divergence }: Answer<"run/replay">): string {
  const how = `${count(compared, "event")} made again, ${told} from the record; not compared: ${ignored.join(", ")}`;
  if (divergence === null) return `The same ${count(events, "event")} (${how}).\n`;
  const { seq, recorded, made, fields, reason } = divergence;
  const line = (name: string, body: object | null) =>
    body === null ? "" : `  ${name} ${printable(JSON.stringify(body)).slice(0, 400)}\n`;
  const differing = fields.length === 0 ? "" : `  differing: ${fields.slice(0, 20).join(", ")}\n`;
  return `It comes out differently at event ${seq} of ${events}. ${printable(reason)}\n${differing}${line("recorded:", recorded)}${line("made:    ", made)}`;
}

/** A fork with something else, carried on for real, then both side by side. */
async function replayFrom(context: CliContext, args: Arguments): Promise<ExitCode> {
  const checkpoint = wholeNumberOf("from", args.text("from"), 0, MOST_CHECKPOINTS);
  const changed = changesOf(args.texts("with"));
  const { model } = await context.settings();
  if (changed.model !== undefined && model === null) throw nexusError("model.not_configured");
  const settings =
    model === null || changed.model === undefined ? model : { ...model, model: changed.model, price: null };
  const connection = await context.connect();
  try {
    const runId = await findRun(connection, args.words[0]);
    const { prompt, agent } = changed;
    const params: Params<"run/fork"> = {
      ...{ runId, checkpoint, idempotencyKey: randomUUID(), ...modelInput(settings) },
      ...(prompt === undefined ? {} : { prompt }),
      ...(agent === undefined ? {} : { agent }),
    };
    const fork = (await connection.request("run/fork", params)).runId;
    return await attendAndCompare(context, args, { connection, runId, fork, settings });
  } finally {
    connection.close();
  }
}

interface Attended {
  readonly connection: ClientConnection;
  readonly runId: string;
  readonly fork: string;
  readonly settings: Parameters<typeof modelInput>[0];
}

async function attendAndCompare(context: CliContext, args: Arguments, { connection, runId, fork, settings }: Attended) {
  const output = args.has("json") ? ("silent" as const) : ("text" as const);
  const attending = { runId: fork, connection, output, apply: false, interrupt: "cancel" as const };
  const { exitCode } = await attendRun(context, { ...attending, ...modelInput(settings) });
  await withConnection(context, async (again) => {
    const compared = await again.request("run/compare", { runId, other: fork });
    if (args.has("json")) printJson(context, compared);
    else context.terminal.out(comparisonText(context, compared));
    return EXIT.done;
  });
  return exitCode;
}

function comparisonText({ terminal }: CliContext, { first, second, patch }: Answer<"run/compare">): string {
  const row = (name: string, of: (run: typeof first) => string) => [name, of(first), of(second)];
  const rows = [
    ["", "BEFORE", "WITH THE CHANGE"],
    row("run", ({ runId }) => runId),
    row("model", ({ model }) => printable(model)),
    row("outcome", ({ status }) => statusWord(status)),
    row("cost since then", ({ costUsd }) => money(costUsd)),
    row("model calls", ({ modelCalls }) => figure(modelCalls)),
    row("tool calls", ({ toolCalls }) => figure(toolCalls)),
    row("tokens", ({ inputTokens, outputTokens }) => `${figure(inputTokens)} in, ${figure(outputTokens)} out`),
    row("working time", ({ workMs }) => duration(workMs)),
    row("files", ({ files }) => count(files.length, "file")),
  ];
  const diff = patch === null ? "" : patch === "" ? "Both made the same files.\n" : printable(patch);
  return `\n${table(rows, terminal.columns)}${diff}`;
}

type Changed = Partial<Record<"model" | "prompt" | "agent", string>>;

function changesOf(given: readonly string[]): Changed {
  const changed: Changed = {};
  for (const text of given) {
    const [, name, value] = /^(model|prompt|agent)=([\s\S]+)$/.exec(text) ?? [];
    if (value === undefined || (name !== "model" && name !== "prompt" && name !== "agent"))
      throw nexusError("usage.invalid", `--with takes model=NAME, prompt=TEXT or agent=NAME, not “${text}”.`);
    changed[name] = value;
  }
  return changed;
}
