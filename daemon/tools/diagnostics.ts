import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import { type Check, detectCheck } from "./checks/detect.ts";
import { parseProblems } from "./checks/parse.ts";
import { newByFile, placed } from "./checks/placed.ts";
import type { PlacedProblem } from "./checks/problem.ts";
import { runProjectCommand } from "./commands/project-command.ts";
import { withoutColours } from "./tests/plain-text.ts";
import type { DirectTool, ToolContext, ToolOutcome } from "./tool.ts";

const TIMEOUT_SECONDS = 300;
const KEPT_BYTES = 8 * 1024 * 1024;
const SHOWN = 30;
const TAIL_CHARACTERS = 2000;

const input = z.object({
  kind: z.optional(z.enum(["types", "lint"])),
});
type Input = z.output<typeof input>;

/** What was judged is what runs: found once for a call, when its access is asked for. */
const checks = new WeakMap<Input, Check | undefined>();

async function checkOf(asked: Input, { root }: ToolContext): Promise<Check | undefined> {
  if (!checks.has(asked)) checks.set(asked, await detectCheck(root, asked.kind ?? "types"));
  return checks.get(asked);
}

/** The project's own checker. The first call shows all problems, later ones only those that have come since. */
export const diagnostics: DirectTool<typeof input> = {
  name: "diagnostics",
  description: "Runs the project's type checker or linter; from the second call on, only new problems are shown.",
  input,
  effect: "unknown",
  timeoutMs: (TIMEOUT_SECONDS + 30) * 1000,
  async access(asked, context) {
    const check = await checkOf(asked, context);
    return check === undefined ? { kind: "none" } : { kind: "command", command: check.command, cwd: "." };
  },
  async execute(asked, context) {
    const check = await checkOf(asked, context);
    if (check === undefined)
      return failure("tool.failed", "The project has no type checker or linter that Nexus knows how to run.");
    const { root, baselines } = context;
    const timeoutMs = TIMEOUT_SECONDS * 1000;
    const result = await runProjectCommand(context, { line: check.command, timeoutMs, maxOutputBytes: KEPT_BYTES });
    const output = result.output.toString();
    if (result.timedOut) return failure("command.timeout", `\`${check.command}\` ran ${TIMEOUT_SECONDS} s.`);
    const problems = await placed(root, parseProblems(check.format, output));
    if (problems.length === 0 && result.exitCode !== 0) return unread(check, result.exitCode, output);
    const before = baselines?.get(check.name);
    if (before === undefined) baselines?.set(check.name, problems);
    return report(check, problems, before);
  },
};

function report(
  check: Check,
  problems: readonly PlacedProblem[],
  before: readonly PlacedProblem[] | undefined,
): ToolOutcome {
  const found = before === undefined ? [...problems] : newByFile(before, problems);
  const count = `${found.length} ${before === undefined ? "" : "new "}problem${found.length === 1 ? "" : "s"}`;
  const old = before === undefined ? "" : ` (${problems.length - found.length} were there at the first call)`;
  const shown = found.slice(0, SHOWN).map(({ file, line, message }) => `${file}:${line}: ${message}`);
  const more = found.length > SHOWN ? [`… and ${found.length - SHOWN} more`] : [];
  const output = [...shown, ...more, `${count}${old}\n$ ${check.command}`].join("\n");
  return { ok: true, output, summary: `${check.name}: ${count}` };
}

/** A checker that cannot even start has found nothing, but nothing is fine either. */
function unread({ name, command }: Check, exitCode: number | null, output: string): ToolOutcome {
  const ended = exitCode === null ? "was ended" : `exit code ${exitCode}`;
  const tail = withoutColours(output).trimEnd().slice(-TAIL_CHARACTERS);
  return failure(
    "tool.failed",
    `\`${command}\` told of no problem, yet ${ended}. Its output:\n${tail || "(none)"}\n(${name})`,
  );
}
