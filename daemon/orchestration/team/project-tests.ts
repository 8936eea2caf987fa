/** The project's own tests on one state of the files: run once for it, whoever asks, and told test by test. */
import { join } from "node:path";
import * as z from "zod/mini";
import type { Evidence, RunEventOf, TestFigures } from "../../../protocol/index.ts";
import { systemClock } from "../../host/clock.ts";
import { hashOf, lstat } from "../../host/files.ts";
import type { LineCoverage } from "../../tools/tests/line-coverage/lines.ts";
import { type CoveragePlan, planCoverage, readCoverage, removeCoverage } from "../../tools/tests/line-coverage/plan.ts";
import { planTests, type TestPlan } from "../../tools/tests/plan.ts";
import { inWorkspace, readCases, readReport, removeReports, reportFiles } from "../../tools/tests/read-report.ts";
import type { TestCase } from "../../tools/tests/report.ts";
import { auditRun } from "../rights/audited.ts";
import { runPolicy } from "../rights/run-policy.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";
import { runCheck } from "../verification.ts";

export interface TestedState {
  readonly command: string;
  /** Null: the tests did not end by themselves. */
  readonly exitCode: number | null;
  readonly durationMs: number;
  readonly outputTail: string;
  readonly outputArtifact: string | null;
  readonly figures: TestFigures | null;
  /** Empty when nothing told of single tests. */
  readonly cases: readonly TestCase[];
  /** Undefined: not asked for, or not to be had. */
  readonly coverage?: LineCoverage;
}

export interface TestWish {
  /** Where the files are: absolute. */
  readonly root: string;
  readonly linked: readonly string[];
  /** Git's name for them. */
  readonly tree: string;
  readonly withCoverage?: boolean;
  /** Longer than this is not waited. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 10 * 60_000;

/** Why there is no result, in words, when there is none. */
export async function testState(context: RunContext, wish: TestWish): Promise<TestedState | { unknown: string }> {
  const plan = await planTests(wish.root, {});
  if (!plan.ok) return { unknown: "The project has no tests that Nexus knows how to run." };
  const coverage = wish.withCoverage === true ? await planCoverage(wish.root, plan.value) : undefined;
  for (const kind of coverage === undefined ? [PLAIN, COVERED] : [COVERED]) {
    const known = await recorded(context, keyOf(wish.tree, kind));
    // A limit on coverage is no failed test, so a failure with it says nothing without it.
    if (known !== undefined && (kind !== COVERED || coverage !== undefined || known.exitCode === 0)) return known;
  }
  const { command } = plan.value;
  const refused = await refusal(context, { kind: "test", command, root: wish.root });
  if (refused !== undefined) return { unknown: refused };
  return run(context, wish, plan.value, coverage);
}

/** What is on record of tests that passed on these files. */
export async function passedOn(context: RunContext, tree: string): Promise<TestedState | undefined> {
  for (const kind of [PLAIN, COVERED]) {
    const known = await recorded(context, keyOf(tree, kind));
    if (known !== undefined && isPassed(known)) return known;
  }
  return undefined;
}

/** As it is told of a check. */
export function evidenceOf(tested: TestedState): Evidence {
  const { command, exitCode, durationMs, outputTail, outputArtifact } = tested;
  const satisfied = isPassed(tested);
  return { command, exitCode, expected: "pass", satisfied, durationMs, outputTail, outputArtifact };
}

const PLAIN = "plain";
const COVERED = "coverage";

function keyOf(tree: string, kind: string): string {
  return `tests/${tree}/${kind}`;
}

/** Why a check of Nexus's own may not run without asking somebody; undefined: it may. Nobody is asked for it. */
export async function refusal(
  context: RunContext,
  { kind, command, root }: { kind: "test" | "command"; command: string; root: string },
): Promise<string | undefined> {
  if ((await stateOf(context)).trusted === false) return "The workspace is not trusted, so nothing of it is run.";
  const policy = await runPolicy(context, { root, linked: [], readOnly: false, agreedCommands: [] });
  const { verdict, rule, reason } = await policy.judge({ kind, command, cwd: root });
  if (verdict !== "allow") return `\`${command}\` was not run. ${reason}`;
  const action = `${command} in ${root}`;
  await auditRun(context, context.runId, { event: "check", actor: "nexus", action, verdict, rule, reason });
  return undefined;
}

const Kept = z.object({
  cases: z.array(
    z.object({
      name: z.string(),
      status: z.enum(["passed", "failed", "skipped"]),
      file: z.optional(z.string()),
    }),
  ),
  coverage: z.optional(z.record(z.string(), z.record(z.string(), z.boolean()))),
});

async function recorded(context: RunContext, key: string): Promise<TestedState | undefined> {
  const event = await context.store.events.find(context.runId, key);
  if (event?.body.type !== "tests.reported") return undefined;
  const { command, exitCode, durationMs, outputTail, outputArtifact, figures, artifact } = event.body;
  const bytes = artifact === null ? undefined : await context.store.artifacts.get(artifact);
  const kept = bytes === undefined ? undefined : Kept.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  const { cases, coverage } = kept?.success === true ? kept.data : { cases: [] };
  const told = cases.map(({ file, ...one }) => ({ ...one, ...(file === undefined ? {} : { file }) }));
  const state = { command, exitCode, durationMs, outputTail, outputArtifact, figures, cases: told };
  return coverage === undefined ? state : { ...state, coverage };
}

async function run(
  context: RunContext,
  wish: TestWish,
  plan: TestPlan,
  covered: CoveragePlan | undefined,
): Promise<TestedState> {
  const { root, linked, tree, timeoutMs = TIMEOUT_MS } = wish;
  const command = covered?.command ?? plan.command;
  const artifacts: Uint8Array[] = [];
  let output = "";
  const startedAt = systemClock.now();
  const hadData = (await lstat(join(root, ".coverage"))) !== undefined;
  await removeReports(root, plan.framework);
  try {
    const evidence = await runCheck({
      ...{ command, expect: "pass", root, linked, timeoutMs, signal: wish.signal ?? context.signal },
      ...(context.commands === undefined ? {} : { runner: context.commands }),
      async artifact(bytes) {
        output = new TextDecoder().decode(bytes);
        const clean = new TextEncoder().encode(context.redact(output));
        artifacts.push(clean);
        return hashOf(clean);
      },
    });
    const files = await reportFiles(root, plan.framework, startedAt);
    const told = { framework: plan.framework, output, files };
    const counts = readReport(told);
    const figures = counts && { passed: counts.passed, failed: counts.failed, skipped: counts.skipped };
    const cases = inWorkspace(root, readCases(told));
    const coverage = covered === undefined ? undefined : await readCoverage(root, covered);
    const { exitCode, durationMs, outputArtifact } = evidence;
    const outputTail = context.redact(evidence.outputTail);
    const state = { command, exitCode, durationMs, outputTail, outputArtifact, figures: figures ?? null };
    const kept = { cases, ...(coverage === undefined ? {} : { coverage }) };
    await keep(context, keyOf(tree, covered === undefined ? PLAIN : COVERED), { tree, ...state }, kept, artifacts);
    return { ...state, ...kept };
  } finally {
    await removeReports(root, plan.framework);
    if (covered !== undefined) await removeCoverage(root, { withData: !hadData });
  }
}

async function keep(
  context: RunContext,
  key: string,
  state: Omit<RunEventOf<"tests.reported">, "type" | "artifact">,
  kept: Pick<TestedState, "cases" | "coverage">,
  artifacts: Uint8Array[],
): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify(kept));
  const hasMore = kept.cases.length > 0 || kept.coverage !== undefined;
  if (hasMore) artifacts.push(bytes);
  await record(context, { type: "tests.reported", ...state, artifact: hasMore ? hashOf(bytes) : null }, key, artifacts);
}

/** Whether nothing failed. */
export function isPassed({ exitCode }: Pick<TestedState, "exitCode">): boolean {
  return exitCode === 0;
}

/** Name with file, so that two tests of one name are told apart. */
export function labelOf({ name, file }: TestCase): string {
  return file === undefined ? name : `${file} › ${name}`;
}
