/** What the project's type checker or linter says after a task, and of it what it did not say before. */
import type { Proof } from "../../../../protocol/index.ts";
import { machineRunner } from "../../../security/sandbox/command-runner.ts";
import { type Check, detectCheck } from "../../../tools/checks/detect.ts";
import { parseProblems } from "../../../tools/checks/parse.ts";
import { newByFile, placed } from "../../../tools/checks/placed.ts";
import type { PlacedProblem } from "../../../tools/checks/problem.ts";
import type { RunContext } from "../../run-context.ts";
import { refusal } from "../project-tests.ts";
import { atCommit } from "./baseline.ts";
import type { Finished } from "./finished.ts";

const TIMEOUT_MS = 5 * 60_000;
const KEPT_BYTES = 8 * 1024 * 1024;
const SHOWN = 20;

/** What was found in a state of the files, by run and tree; it only saves time, since what it decides is recorded. */
const known = new Map<string, readonly PlacedProblem[]>();
const MOST_KNOWN = 50;

export async function diagnosticsOf(
  context: RunContext,
  { root, linked, start, tree }: Finished,
): Promise<NonNullable<Proof["diagnostics"]> | { readonly unknown: string }> {
  const check = await detectCheck(root, "types");
  if (check === undefined) return { unknown: "The project has no type checker or linter that Nexus knows." };
  const { command } = check;
  const refused = await refusal(context, { kind: "command", command, root });
  if (refused !== undefined) return { unknown: refused };
  const after = await problemsIn(context, check, { root, linked, tree });
  if (after === undefined) return { unknown: `\`${command}\` could not be run to its end.` };
  if (after.length === 0) return { command, before: 0, after: 0, fresh: [] };
  const before = await atCommit(context, start, (copy, startTree) =>
    problemsIn(context, check, { root: copy.worktree, linked: copy.linked, tree: startTree }),
  );
  if (before === undefined) return { unknown: `\`${command}\` could not be run on what the task began with.` };
  const fresh = newByFile(before, after);
  const shown = fresh
    .slice(0, SHOWN)
    .map(({ file, line, message }) => ({ file, line, message: message.slice(0, 300) }));
  return { command, before: before.length, after: after.length, fresh: shown };
}

/** Undefined when the checker did not end, or failed without telling of a problem. */
async function problemsIn(
  context: RunContext,
  { command, format }: Check,
  place: { readonly root: string; readonly linked: readonly string[]; readonly tree: string },
): Promise<readonly PlacedProblem[] | undefined> {
  const key = `${context.runId}/${place.tree}/${command}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const { root, linked } = place;
  const result = await (context.commands ?? machineRunner()).run({
    ...{ line: command, root, linked, signal: context.signal, timeoutMs: TIMEOUT_MS, maxOutputBytes: KEPT_BYTES },
    env: { CI: "1", NO_COLOR: "1" },
  });
  const problems = await placed(root, parseProblems(format, result.output.toString()));
  if (result.timedOut || result.exitCode === null || (problems.length === 0 && result.exitCode !== 0)) return undefined;
  if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value ?? "");
  known.set(key, problems);
  return problems;
}
