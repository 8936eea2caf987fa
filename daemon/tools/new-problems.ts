/** What an edit brought in: the problems after it that were not there before. */
import { readBytes } from "../host/files.ts";
import { resolveInside } from "../security/fence.ts";
import { looksBinary } from "./text-file.ts";
import type { ToolContext, ToolOutcome } from "./tool.ts";

/** A place in a file where something is wrong, whoever found it. */
export interface Problem {
  readonly line: number;
  /** The line as it stands, without the space around it: what two looks at a file are compared by. */
  readonly text: string;
  readonly message: string;
}

const SHOWN = 5;

/**
 * Those of `after` that `before` does not account for, compared by what the line holds, because line numbers move. A file
 * that was broken before and has no more problems than it had has no new ones: its errors only look different.
 */
export function newProblems<Found extends Problem>(before: readonly Problem[], after: readonly Found[]): Found[] {
  const known = new Map<string, number>();
  for (const problem of before) known.set(keyOf(problem), (known.get(keyOf(problem)) ?? 0) + 1);
  const fresh = after.filter((problem) => {
    const left = known.get(keyOf(problem)) ?? 0;
    known.set(keyOf(problem), left - 1);
    return left <= 0;
  });
  return before.length === 0 ? fresh : fresh.slice(0, Math.max(0, after.length - before.length));
}

function keyOf({ message, text }: Problem): string {
  return `${message}\n${text.trim().replace(/\s+/g, " ")}`;
}

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
