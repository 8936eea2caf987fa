/** nexus metagpt run, sop */
import { resolve } from "node:path";
import type { Answer } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Arguments } from "./parse.ts";
import { startAndAttend } from "./run.ts";

export async function metagptRunCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const [idea = ""] = args.words;
  if (idea.trim() === "") throw nexusError("usage.invalid", "Say what is to be built.");
  if (args.has("installed")) return startAndAttend(context, args, await installedRun(args, idea));
  for (const flag of ["project", "folder"])
    if (args.text(flag) !== undefined) throw nexusError("usage.invalid", `--${flag} goes with --installed.`);
  const { prompt, workflow } = await procedure(context, args, idea);
  return startAndAttend(context, args, { prompt, workflow });
}

/** The MetaGPT of this machine instead of Nexus' own roles. */
async function installedRun(args: Arguments, idea: string) {
  for (const flag of ["incremental", "roles"])
    if (args.has(flag) || args.text(flag) !== undefined)
      throw nexusError("usage.invalid", `--${flag} is for Nexus' own roles, not for --installed.`);
  const { INSTALLED_WORKFLOW } = await import("../metagpt/adapter/workflow.ts");
  const inputs = { idea, project: args.text("project") ?? "", folder: args.text("folder") ?? "" };
  const workflow = { path: "metagpt-installed.yaml", text: INSTALLED_WORKFLOW, inputs };
  return { prompt: idea.slice(0, 2000), workflow };
}

export async function metagptSopCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const made = await procedure(context, args, args.words[0] ?? "An idea.");
  if (args.has("json")) printJson(context, made);
  else context.terminal.out(made.workflow.text);
  await context.terminal.flush();
  return EXIT.done;
}

async function procedure(context: CliContext, args: Arguments, idea: string): Promise<Answer<"design/procedure">> {
  const workspace = resolve(context.cwd, args.text("repo") ?? ".");
  const roles = args.text("roles");
  const names = roles?.split(",").map((name) => name.trim());
  const connection = await context.connect();
  try {
    return await connection.request("design/procedure", {
      ...{ workspace, idea },
      ...(args.has("incremental") ? { incremental: true } : {}),
      ...(names === undefined ? {} : { roles: names.filter((name) => name !== "") }),
    });
  } finally {
    connection.close();
  }
}
