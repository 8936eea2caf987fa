/** nexus metagpt read */
import { basename, resolve } from "node:path";
import type { DocumentProblem, ProjectDocument } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import { realPath, stat } from "../host/files.ts";
import { folderFiles, type ProjectFiles } from "../metagpt/documents/project-files.ts";
import { readProject, shownReading } from "../metagpt/documents/read-project.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { count, oneLine, table } from "./format.ts";
import type { Arguments } from "./parse.ts";

export async function metagptReadCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const reading = shownReading(await readProject(await projectAt(context, args.words[0])));
  const { terminal } = context;
  if (args.has("json")) printJson(context, reading);
  else if (reading.documents.length === 0) terminal.out("There are no documents of MetaGPT here.\n");
  else {
    terminal.out(`${oneLine(reading.project, 200)}: ${count(reading.documents.length, "document")}\n`);
    terminal.out(documentTable(reading.documents, terminal.columns));
    for (const { path, problems } of reading.documents) terminal.out(problemLines(context, path, problems));
  }
  await terminal.flush();
  return EXIT.done;
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
