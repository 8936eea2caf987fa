import * as z from "zod/mini";
import { failure, type Result } from "../../protocol/index.ts";
import { systemClock } from "../host/clock.ts";
import { runProjectCommand } from "./commands/project-command.ts";
import { withoutColours } from "./tests/plain-text.ts";
import { planTests, type TestPlan } from "./tests/plan.ts";
import { inWorkspace, readReport, removeReports, reportFiles } from "./tests/read-report.ts";
import { figuresText, NO_TESTS, reportText, type TestReport } from "./tests/report.ts";
import type { DirectTool, ToolContext, ToolOutcome } from "./tool.ts";

const TIMEOUT_SECONDS = 600;
const KEPT_BYTES = 16 * 1024 * 1024;
const TAIL_CHARACTERS = 3000;

const input = z.object({
  paths: z.optional(z.array(z.string().check(z.minLength(1))).check(z.maxLength(20))),
  pattern: z.optional(z.string().check(z.minLength(1), z.maxLength(200), z.describe("Part of the tests' names"))),
});
type Input = z.output<typeof input>;

/** What was judged is what runs: made once for a call, when its access is asked for. */
const plans = new WeakMap<Input, Result<TestPlan>>();

async function planOf(asked: Input, context: ToolContext): Promise<Result<TestPlan>> {
  const known = plans.get(asked);
  if (known !== undefined) return known;
  const plan = await planTests(context.root, asked);
  plans.set(asked, plan);
  return plan;
}

/** The project's own tests, as its files say that they run; failures first. */
export const runTests: DirectTool<typeof input> = {
  name: "run_tests",
  description: "Runs the project's tests, all or some; failures with file and line.",
  input,
  effect: "unknown",
  timeoutMs: (TIMEOUT_SECONDS + 30) * 1000,
  async access(asked, context) {
    const plan = await planOf(asked, context);
    // Nothing will run: execute says why.
    if (!plan.ok) return { kind: "none" };
    return { kind: plan.value.isWhole ? "test" : "command", command: plan.value.command, cwd: "." };
  },
  execute: async (asked, context) => (await testsRun(asked, context)).outcome,
};

/** As the tool; also whether the tests ran and passed. The access to `asked` must have been asked for. */
export async function testsRun(
  asked: Input,
  context: ToolContext,
): Promise<{ readonly outcome: ToolOutcome; readonly passed: boolean }> {
  const plan = await planOf(asked, context);
  if (!plan.ok) return { outcome: plan, passed: false };
  const { command } = plan.value;
  const { report, output, timedOut } = await run(plan.value, context);
  const late = `The tests ran ${TIMEOUT_SECONDS} s. Their output:\n${tailOf(output)}\n`;
  if (timedOut) return { outcome: failure("command.timeout", late), passed: false };
  const isUnexplained = report.exitCode !== 0 && report.failures.length === 0;
  const tail = isUnexplained || !report.isCounted ? `\n${tailOf(output) || "(no output)"}` : "";
  const told = { output: `${reportText(report)}\n$ ${command}${tail}`, summary: `ran tests: ${figuresText(report)}` };
  return { outcome: { ok: true, ...told }, passed: report.exitCode === 0 };
}

async function run(
  { command, framework }: TestPlan,
  context: ToolContext,
): Promise<{ report: TestReport; output: string; timedOut: boolean }> {
  const { root } = context;
  const startedAt = systemClock.now();
  const started = systemClock.monotonic();
  await removeReports(root, framework);
  try {
    const timeoutMs = TIMEOUT_SECONDS * 1000;
    const result = await runProjectCommand(context, { line: command, timeoutMs, maxOutputBytes: KEPT_BYTES });
    const output = result.output.toString();
    const files = await reportFiles(root, framework, startedAt);
    const counts = readReport({ framework, output, files });
    const { failures, ...figures } = counts ?? NO_TESTS;
    const report = {
      framework,
      ...figures,
      failures: inWorkspace(root, failures),
      isCounted: counts !== undefined,
      exitCode: result.exitCode,
      durationMs: Math.round(systemClock.monotonic() - started),
    };
    return { report, output, timedOut: result.timedOut };
  } finally {
    await removeReports(root, framework);
  }
}

function tailOf(output: string): string {
  return withoutColours(output).trimEnd().slice(-TAIL_CHARACTERS);
}
