/** nexus metagpt write */
import { basename, resolve } from "node:path";
import { NexusError, nexusError, type Plan } from "../../protocol/index.ts";
import { systemClock } from "../host/clock.ts";
import { planProject } from "../metagpt/documents/from-plan.ts";
import { heldFiles } from "../metagpt/documents/project-files.ts";
import { type FullReading, readProject } from "../metagpt/documents/read-project.ts";
import { structureProblems } from "../metagpt/documents/structure.ts";
import { writeProjectFolder } from "../metagpt/documents/write-folder.ts";
import { type CliContext, printJson, withConnection } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findRun } from "./find-run.ts";
import { count, oneLine } from "./format.ts";
import { problemLines, projectAt } from "./metagpt.ts";
import type { Arguments } from "./parse.ts";
import { readPlan } from "./plan.ts";

type Files = ReadonlyMap<string, Uint8Array>;

export async function metagptWriteCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const [word = ""] = args.words;
  const other = args.text("to");
  if (other === undefined) return writePlan(context, args, resolve(context.cwd, word));
  if (args.text("plan") !== undefined || args.text("run") !== undefined)
    throw nexusError("usage.invalid", "--to writes the documents of a project again: give no --plan and no --run.");
  const source = await projectAt(context, word);
  const reading = await readProject(source);
  const files = new Map<string, Uint8Array>();
  for (const { path } of reading.documents) {
    const file = await source.read(path, Number.MAX_SAFE_INTEGER);
    if (file.ok) files.set(path, file.bytes);
  }
  if (files.size === 0) throw nexusError("design.none", word);
  return write(context, args, { folder: resolve(context.cwd, other), files, sourceFolder: reading.project });
}

async function writePlan(context: CliContext, args: Arguments, folder: string): Promise<ExitCode> {
  const file = args.text("plan");
  if (file !== undefined && args.text("run") !== undefined)
    throw nexusError("usage.invalid", "Give --plan or --run, not both.");
  const planned =
    file === undefined ? await planOfRun(context, args.text("run")) : goalOf(await readPlan(context, file));
  const stem = systemClock.iso().replace(/\D/g, "").slice(0, 14);
  const name = basename(folder);
  const written = planProject({ ...planned, name, stem });
  const files = new Map(written.map(({ path, text }) => [path, Buffer.from(text)]));
  const sourceFolder = written.find(({ path }) => path === ".src_workspace")?.text ?? "";
  return write(context, args, { folder, files, sourceFolder });
}

interface Planned {
  readonly plan: Plan;
  readonly goal: string;
  readonly budgetUsd?: number | undefined;
}

function goalOf(plan: Plan): Planned {
  return { plan, goal: plan.summary };
}

async function planOfRun(context: CliContext, word = "latest"): Promise<Planned> {
  let found: Planned | undefined;
  await withConnection(context, async (connection) => {
    const { run } = await connection.request("run/show", { runId: await findRun(connection, word) });
    if (run.plan === null) throw nexusError("plan.none");
    found = { plan: run.plan, goal: run.prompt, budgetUsd: run.budget.limitUsd ?? undefined };
    return EXIT.done;
  });
  if (found === undefined) throw nexusError("plan.none");
  return found;
}

interface Writing {
  readonly folder: string;
  readonly files: Files;
  readonly sourceFolder: string;
}

/** Checks what is to be written by reading it back, then writes all of it. */
async function write(
  context: CliContext,
  args: Arguments,
  { folder, files, sourceFolder }: Writing,
): Promise<ExitCode> {
  const reading = await readProject(heldFiles(basename(folder), files));
  const problems = structureProblems(reading.documents, { folder: sourceFolder, files: [] });
  const written = await writeProjectFolder(folder, files);
  if (!written.ok) throw new NexusError(written.error);
  report(context, args, { folder, reading, problems });
  return EXIT.done;
}

function report(
  context: CliContext,
  args: Arguments,
  told: { folder: string; reading: FullReading; problems: ReturnType<typeof structureProblems> },
): void {
  const { folder, reading, problems } = told;
  const { terminal } = context;
  if (args.has("json")) {
    const documents = reading.documents.map(({ path, kind }) => ({ path, kind }));
    printJson(context, { project: reading.project, folder, documents, problems });
    return;
  }
  terminal.out(`Wrote ${count(reading.documents.length, "document")} to ${oneLine(folder, 400)}\n`);
  for (const problem of problems) terminal.out(problemLines(context, problem.path, [problem]));
}
