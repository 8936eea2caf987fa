/** Problems as they stand in the copy's files. */
import { isAbsolute, relative, sep } from "node:path";
import { readBytes } from "../../host/files.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import type { FoundProblem } from "./parse.ts";
import { newProblems, type PlacedProblem } from "./problem.ts";

const MOST_FILES = 200;
const MOST_FILE_BYTES = 2 * 1024 * 1024;

/** Problems of files that were not there before, file by file. */
export function newByFile(before: readonly PlacedProblem[], after: readonly PlacedProblem[]): PlacedProblem[] {
  const known = Map.groupBy(before, ({ file }) => file);
  return [...Map.groupBy(after, ({ file }) => file)].flatMap(([file, own]) => newProblems(known.get(file) ?? [], own));
}

/** Paths as the workspace has them, each problem with the text of its line; what lies outside the copy is left out. */
export async function placed(root: string, found: readonly FoundProblem[]): Promise<PlacedProblem[]> {
  const byFile = Map.groupBy(found, ({ file }) =>
    (isAbsolute(file) ? relative(root, file) : file).split(sep).join("/"),
  );
  const files = [...byFile].slice(0, MOST_FILES);
  const problems = await Promise.all(
    files.map(async ([file, own]) => {
      const lines = await linesOf(root, file);
      if (lines === undefined) return [];
      return own.map(({ line, message }) => ({ file, line, message, text: (lines[line - 1] ?? "").trim() }));
    }),
  );
  return problems.flat();
}

async function linesOf(root: string, path: string): Promise<string[] | undefined> {
  const at = await resolveInside(root, path);
  const bytes = at.ok ? await readBytes(at.value.absolute).catch(() => undefined) : undefined;
  return bytes === undefined || bytes.length > MOST_FILE_BYTES ? undefined : bytes.toString("utf8").split("\n");
}
