/** nexus metagpt read */
import { basename, resolve } from "node:path";
import type { DocumentProblem, ProjectDocument, ProjectReading } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import { realPath, stat } from "../host/files.ts";
import { folderFiles, type ProjectFiles } from "../metagpt/documents/project-files.ts";
import { readProject, shownReading } from "../metagpt/documents/read-project.ts";
import { structureProblems } from "../metagpt/documents/structure.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { count, oneLine, table } from "./format.ts";
import type { Arguments } from "./parse.ts";

/** Of what a project lacks, lines. */
const MOST_SHOWN = 20;

export async function metagptReadCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const files = await projectAt(context, args.words[0]);
  const reading = shownReading(await readProject(files));
  const { terminal } = context;
  if (args.has("json")) printJson(context, reading);
  else if (reading.documents.length === 0) terminal.out("There are no documents of MetaGPT here.\n");
  else {
    terminal.out(`${oneLine(reading.project, 200)}: ${count(reading.documents.length, "document")}\n`);
    terminal.out(documentTable(reading.documents, terminal.columns));
    for (const { path, problems } of reading.documents) terminal.out(problemLines(context, path, problems));
    terminal.out(structureText(context, reading, await sourceFolderOf(files, reading.project)));
  }
  await terminal.flush();
  return EXIT.done;
}

/** What MetaGPT would stumble over; not of projects below the folder, whose paths begin elsewhere. */
function structureText(context: CliContext, { documents }: ProjectReading, folder: string): string {
  if (!documents.some(({ path, dialect }) => dialect === "classic" && path.startsWith("docs/"))) return "";
  const problems = structureProblems(documents, { folder, files: [] }).filter(({ code }) => code !== "cyclic");
  const shown = problems.slice(0, MOST_SHOWN).map((problem) => problemLines(context, problem.path, [problem]));
  const rest = problems.length - shown.length;
  if (shown.length === 0) return "";
  return `Before MetaGPT can go on with it:\n${shown.join("")}${rest === 0 ? "" : `… and ${rest} more\n`}`;
}

async function sourceFolderOf(files: ProjectFiles, project: string): Promise<string> {
  const told = await files.read(".src_workspace", 1000);
  const name = told.ok ? Buffer.from(told.bytes).toString("utf8").trim() : "";
  return name === "" ? project : name === "." ? "" : name;
}

/** The files of a folder that was named on the command line. Throws `workspace.missing`. */
export async function projectAt(context: CliContext, word = "."): Promise<ProjectFiles> {
  const named = resolve(context.cwd, word);
  const folder = await realPath(named).catch(() => undefined);
  if (folder === undefined || !(await stat(folder))?.isDirectory()) throw nexusError("workspace.missing", named);
  return folderFiles(folder, basename(named));
}

function documentTable(documents: readonly ProjectDocument[], width: number): string {
  const rows = documents.map(({ path, kind, dialect, problems }) => [
    oneLine(path, 120),
    kind,
    dialect,
    problems.length === 0 ? "" : count(problems.length, "problem"),
  ]);
  return table([["PATH", "KIND", "DIALECT", ""], ...rows], width);
}

export function problemLines(context: CliContext, path: string, problems: readonly DocumentProblem[]): string {
  return problems
    .map(
      ({ code, message }) => `${context.paint("yellow", `${oneLine(path, 200)}: ${code}`)} ${oneLine(message, 400)}\n`,
    )
    .join("");
}
