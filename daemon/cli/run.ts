/** nexus run, nexus plan */
import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { Params } from "../../protocol/index.ts";
import { NexusError, nexusError, type PolicyRules, RunPriority, SessionMode } from "../../protocol/index.ts";
import { readText, stat } from "../host/files.ts";
import { parsePolicy } from "../security/policy/load-tiers.ts";
import { modelInput } from "../settings.ts";
import { attendRun, resultOf } from "./attend.ts";
import { amountOf, type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Arguments } from "./parse.ts";
import { planTables } from "./plan-tables.ts";
import { trustForRun } from "./trust.ts";

const START_ATTEMPTS = 3;

export async function runCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const workflow = args.text("workflow");
  return startAndAttend(context, args, workflow === undefined ? {} : await workflowParams(context, args, workflow));
}

/** Starts a run of the goal, or of what `more` says, and stays with it to its end. */
export async function startAndAttend(
  context: CliContext,
  args: Arguments,
  more: Partial<Params<"run/start">>,
): Promise<ExitCode> {
  const isJson = args.has("json");
  const mode = SessionMode.safeParse(args.text("mode"));
  const params = await startParams(context, args, {
    headless: isJson || !context.terminal.isInteractive,
    autoApply: args.has("apply"),
    ...(mode.success ? { mode: mode.data } : {}),
    ...priorityOf(args),
    ...more,
  });
  const { connection, runId, sessionId } = await startRun(context, args, params);
  if (args.has("detach")) {
    if (isJson) printJson(context, { type: "started", runId, sessionId });
    else context.terminal.out(`${runId}\n`);
    connection.close();
    return EXIT.done;
  }
  const { modelSettings } = params;
  const { exitCode } = await attendRun(context, {
    runId,
    connection,
    output: isJson ? "events" : "text",
    apply: args.has("apply"),
    interrupt: "cancel",
    ...(modelSettings === undefined ? {} : { modelSettings }),
  });
  return exitCode;
}

export async function planCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const isJson = args.has("json");
  const headless = isJson || !context.terminal.isInteractive;
  const params = await startParams(context, args, { headless, autoApply: false, mode: "plan" });
  const { connection, runId } = await startRun(context, args, params);
  const output = isJson ? "silent" : "text";
  const { exitCode, state } = await attendRun(context, {
    runId,
    connection,
    output,
    apply: false,
    interrupt: "cancel",
  });
  if (isJson && state !== null) printJson(context, { type: "plan", plan: state.plan, ...resultOf(state) });
  if (!isJson && state?.plan != null) {
    const { plan, milestones = [], planRevisions: revisions = 0 } = state;
    context.terminal.out(`\n${planTables({ plan, milestones, revisions, tasks: [] }, context.terminal.columns)}`);
  }
  if (!isJson && state?.plan === null && state.status === "done")
    context.terminal.out("This needs no plan: `nexus run` does it directly.\n");
  return exitCode;
}

/** A daemon that dies before it answers may have made the run: asked again with the same key, the next one makes no second. */
async function startRun(context: CliContext, args: Arguments, params: Params<"run/start">) {
  let trust: { trusted?: boolean } | undefined;
  for (let attempt = 1; ; attempt++) {
    const connection = await context.connect({ decides: args.has("trust") });
    try {
      trust ??= await trustForRun(context, connection, args, params.workspace);
      return { connection, ...(await connection.request("run/start", { ...params, ...trust })) };
    } catch (error) {
      const isGone = error instanceof NexusError && error.value.code === "daemon.unreachable";
      if (isGone && attempt < START_ATTEMPTS) continue;
      connection.close();
      throw error;
    }
  }
}

function priorityOf(args: Arguments): Pick<Params<"run/start">, "priority"> {
  const priority = RunPriority.safeParse(args.text("priority"));
  return priority.success ? { priority: priority.data } : {};
}

/** What is wrong with it is told before a daemon is asked. */
export async function workflowParams(context: CliContext, args: Arguments, word: string) {
  const { inputsFrom, usable, workflowWord } = await import("./workflow-file.ts");
  const found = await workflowWord(context, args, word);
  const loaded = usable(found);
  const { name } = loaded.main;
  return { workflow: { ...found.start, inputs: inputsFrom(args, loaded) }, prompt: `Workflow ${name}` };
}

type Fixed = Pick<Params<"run/start">, "headless" | "autoApply" | "mode"> & Partial<Params<"run/start">>;

async function startParams(context: CliContext, args: Arguments, fixed: Fixed): Promise<Params<"run/start">> {
  const workspace = resolve(context.cwd, args.text("repo") ?? ".");
  if ((await stat(workspace).catch(() => undefined))?.isDirectory() !== true)
    throw nexusError("workspace.missing", workspace);
  const budget = amountOf(args.text("budget"));
  const policyFile = args.text("policy");
  const policy = policyFile === undefined ? undefined : await readPolicy(resolve(context.cwd, policyFile));
  const settings = await context.settings();
  const budgetUsd = budget ?? settings.budgetUsd;
  const sessionId = args.text("session");
  return {
    workspace,
    prompt: args.words.join(" "),
    ...fixed,
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(budgetUsd === null ? {} : { budgetUsd }),
    ...(policy === undefined ? {} : { policy }),
    ...modelInput(settings.model),
    idempotencyKey: randomUUID(),
  };
}

async function readPolicy(path: string): Promise<PolicyRules> {
  const text = await readText(path);
  if (text === undefined) throw nexusError("usage.invalid", `--policy: there is no file ${path}.`);
  const parsed = parsePolicy(text, path);
  if (!parsed.ok) throw new NexusError(parsed.error);
  return parsed.value;
}
