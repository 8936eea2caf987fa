/** What a write breaks in the syntax of the files that it touches. */
import { readBytes } from "../../host/files.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import { newProblems, type Problem } from "../checks/problem.ts";
import type { ToolContext, ToolOutcome } from "../tool.ts";
import { looksBinary } from "./text-file.ts";

const SHOWN = 5;

/**
 * Looks at files before they are written; what it answers adds to the result what the write broke in their syntax. It costs
 * a write no more than a parse of the file, and never makes one fail.
 */
export async function watchSyntax(
  paths: readonly string[],
  context: ToolContext,
): Promise<(outcome: ToolOutcome) => Promise<ToolOutcome>> {
  if (context.code?.syntax === undefined) return async (outcome) => outcome;
  const before = await Promise.all(paths.map((path) => problemsIn(path, context)));
  return async (outcome) => {
    if (!outcome.ok) return outcome;
    const after = await Promise.all(paths.map((path) => problemsIn(path, context)));
    const lines = paths.flatMap((path, index) => {
      const [was, is] = [before[index], after[index]];
      return was === undefined || is === undefined
        ? []
        : newProblems(was, is).slice(0, SHOWN).map(describe(path, paths));
    });
    if (lines.length === 0) return outcome;
    return { ...outcome, output: `${outcome.output}\nThis change brought in:\n${lines.join("\n")}` };
  };
}

function describe(path: string, paths: readonly string[]): (problem: Problem) => string {
  const where = paths.length === 1 ? "" : `${path} `;
  return ({ line, message, text }) => `${where}line ${line}: ${message}: ${text}`;
}

/** None for a file that does not exist yet; undefined where nothing can be told. */
async function problemsIn(path: string, { root, code }: ToolContext): Promise<readonly Problem[] | undefined> {
  try {
    const at = await resolveInside(root, path);
    const bytes = at.ok ? await readBytes(at.value.absolute) : undefined;
    if (bytes === undefined) return [];
    return looksBinary(bytes.subarray(0, 8192)) ? undefined : await code?.syntax?.(path, bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
