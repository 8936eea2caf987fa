/** nexus plan show, edit, history */
import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { type Answer, type ClientConnection, nexusError, Plan } from "../../protocol/index.ts";
import { validate } from "../../protocol/validate.ts";
import { editText } from "../host/editor.ts";
import { readText } from "../host/files.ts";
import { type CliContext, printJson, wholeNumberOf, withConnection } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findRun } from "./find-run.ts";
import { printable } from "./format.ts";
import type { Arguments } from "./parse.ts";
import { changeText, historyTable, planTables } from "./plan-tables.ts";

const OUTCOMES = 200;
const MOST_OUTCOMES = 2000;
/** A plan is far smaller; what is larger is none. */
const LONGEST_PLAN = 1_000_000;

export function showPlanCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const runId = await findRun(connection, args.words[0]);
    const shown = await connection.request("plan/show", { runId });
    if (args.has("json")) {
      printJson(context, { runId, ...shown });
      return EXIT.done;
    }
    const text = planTables(shown, context.terminal.columns);
    context.terminal.out(text === "" ? "The run has no plan.\n" : text);
    if (shown.revisions > 0) context.terminal.out(`Changed ${shown.revisions}× since it was made.\n`);
    return EXIT.done;
  });
}

export function editPlanCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(
    context,
    async (connection) => {
      const runId = await findRun(connection, args.words[0]);
      const shown = await connection.request("plan/show", { runId });
      if (shown.plan === null) throw nexusError("plan.none");
      const file = args.text("file");
      const reason = args.text("reason") ?? "Changed at the command line.";
      const send = (plan: Plan) => sendPlan(connection, { runId, plan, reason, revisions: shown.revisions });
      if (file === undefined) return editInteractively(context, args, shown, send);
      return printed(context, args, await send(await readPlan(context, file)));
    },
    { decides: true },
  );
}

type Sent = { runId: string; plan: Plan; reason: string; revisions: number };

function sendPlan(connection: ClientConnection, sent: Sent): Promise<Answer<"plan/edit">> {
  return connection.request("plan/edit", { ...sent, idempotencyKey: randomUUID() });
}

/** Of a file, or of standard input for `-`: a plan, or what `nexus plan show --json` printed. Throws `usage.invalid`. */
export async function readPlan(context: CliContext, file: string): Promise<Plan> {
  const text = file === "-" ? await readInput(context) : await readText(resolve(context.cwd, file));
  if (text === undefined) throw nexusError("usage.invalid", `There is no file ${file}.`);
  const read = await parsePlan(text);
  if (typeof read === "string") throw nexusError("usage.invalid", `${file}: ${read}`);
  return read;
}

async function readInput({ terminal }: CliContext): Promise<string> {
  let text = "";
  for await (const chunk of terminal.input()) {
    text += chunk;
    if (text.length > LONGEST_PLAN) break;
  }
  return text;
}

/** The plan, or why it is none. */
async function parsePlan(text: string): Promise<Plan | string> {
  if (text.length > LONGEST_PLAN) return "it is longer than any plan";
  const { parse } = await import("yaml");
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    return error instanceof Error ? error.message : "it is not YAML";
  }
  const shown = typeof value === "object" && value !== null && "plan" in value ? value.plan : value;
  const validated = validate(Plan, shown);
  return validated.ok ? validated.value : validated.problem;
}

async function editInteractively(
  context: CliContext,
  args: Arguments,
  shown: Answer<"plan/show">,
  send: (plan: Plan) => Promise<Answer<"plan/edit">>,
): Promise<ExitCode> {
  const { terminal, env } = context;
  const editor = env["VISUAL"] || env["EDITOR"];
  if (editor === undefined || editor === "")
    throw nexusError("usage.invalid", "Name your editor in EDITOR, or give the plan with --file.");
  const before = await editableText(shown);
  for (let text = before; ; ) {
    const edited = await editText({ name: "plan.yaml", text, editor });
    if (edited === undefined) throw nexusError("usage.invalid", `The editor (${editor}) did not end well.`);
    if (edited === before) {
      terminal.out("Nothing was changed.\n");
      return EXIT.done;
    }
    const plan = await parsePlan(edited);
    const answer = typeof plan === "string" ? { change: null, problems: [plan], warnings: [] } : await send(plan);
    const code = printed(context, args, answer);
    if (code === EXIT.done || !terminal.isInteractive) return code;
    const again = await terminal.ask("Edit it again? [y]es, [n]o: ");
    if (!/^y(es)?$/i.test(again ?? "")) return code;
    text = edited;
  }
}

/** Without figures, which follow from the rest. */
async function editableText({ plan, tasks: states }: Answer<"plan/show">): Promise<string> {
  const { stringify } = await import("yaml");
  const fixed = states.filter(({ status }) => status !== "waiting").map(({ id, status }) => `${id} (${status})`);
  const { estimate: _, concurrency: __, tasks = [], milestones, ...rest } = plan ?? { summary: "" };
  const bare = {
    ...rest,
    ...(milestones === undefined ? {} : { milestones: milestones.map(({ estimate: ___, ...own }) => own) }),
    tasks: tasks.map(({ estimate: ___, deadlineMinutes: ____, ...own }) => own),
  };
  const head = [
    "The plan as it shall be. Save and close to change it; leave it as it is to change nothing.",
    ...(fixed.length === 0 ? [] : [`These began and stay as they are: ${fixed.join(", ")}.`]),
  ];
  return `${head.map((line) => `# ${line}\n`).join("")}${stringify(bare)}`;
}

function printed(context: CliContext, args: Arguments, answer: Answer<"plan/edit">): ExitCode {
  const { terminal, paint } = context;
  const { change, problems, warnings } = answer;
  if (args.has("json")) printJson(context, answer);
  else {
    for (const problem of problems) terminal.err(`${paint("red", `✗ ${printable(problem)}`)}\n`);
    for (const warning of warnings) terminal.err(`${paint("yellow", `! ${printable(warning)}`)}\n`);
    if (change !== null) terminal.out(changeText(change) || "Nothing is different.\n");
    else terminal.err("The plan is as it was.\n");
  }
  return change === null ? EXIT.failed : EXIT.done;
}

export function planHistoryCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const workspace = resolve(context.cwd, args.text("repo") ?? ".");
    const limit = wholeNumberOf("limit", args.text("limit"), OUTCOMES, MOST_OUTCOMES);
    const { outcomes } = await connection.request("plan/history", { workspace, limit });
    if (args.has("json")) printJson(context, { outcomes });
    else if (outcomes.length === 0) context.terminal.out("No planned task has ended in this folder yet.\n");
    else
      context.terminal.out(
        `${historyTable(outcomes, context.terminal.columns)}\nEstimate / actual, of tasks that were done.\n`,
      );
    return EXIT.done;
  });
}
