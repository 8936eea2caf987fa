import { type FieldCheck, type FieldContext, type FieldFinding, type FieldResult, resultOf } from "./field-check.ts";
import { makeScratchCopy, type ScratchCopy } from "./scratch-copy.ts";
import { outcomeOf, runTestsIn, sourceFiles, tailOf, testCommandFor, testFiles } from "./test-runs.ts";

const TIMEOUT_MS = 3 * 60_000;
const MOST_FILES = 20;

/** A test that also passes without the change it was written for tells nothing of it. */
export const failsWithout: FieldCheck = {
  name: "fails-without-change",
  description: "New and changed tests pass with the change and fail without it.",
  appliesTo: (changed) => testFiles(changed).length > 0,
  async run(context) {
    const tests = testFiles(context.changed).slice(0, MOST_FILES);
    const sources = sourceFiles(context.changedInRun);
    if (context.testsFirst) return resultOf([], "the code is not there yet: the acceptance command must fail");
    if (context.run === undefined) return resultOf([], "nothing of the workspace may be run");
    const copy = await makeScratchCopy(context);
    if (copy === undefined) return resultOf([], "the work is too large to copy");
    try {
      return await compare(context, copy, { tests, sources });
    } finally {
      await copy.dispose();
    }
  },
};

async function compare(
  context: FieldContext,
  copy: ScratchCopy,
  { tests, sources }: { tests: readonly string[]; sources: readonly string[] },
): Promise<FieldResult> {
  const there = await present(copy, tests);
  const command = there.length === 0 ? undefined : await testCommandFor(copy.root, there);
  if (command === undefined) return resultOf([], "no way to run these tests was found");
  const after = await runTestsIn(context, copy.root, command, TIMEOUT_MS);
  if (after === undefined || outcomeOf(after) === "unknown") return resultOf([], `\`${command}\` could not be started`);
  if (outcomeOf(after) === "failed") {
    const message = `These tests fail as the code is now (\`${command}\`): ${tailOf(after)}`;
    return resultOf([{ path: there[0] ?? "", message, severity: "error" }], "the tests fail with the change");
  }
  if (sources.length === 0) return resultOf([], `${there.length} test files pass; no other code was changed`);
  for (const path of sources) await copy.write(path, (await context.beforeRun(path)) ?? null);
  return judged(await findings(context, copy, there, sources), there.length);
}

async function present(copy: ScratchCopy, tests: readonly string[]): Promise<string[]> {
  const found = await Promise.all(tests.map((path) => testCommandFor(copy.root, [path])));
  return tests.filter((_, index) => found[index] !== undefined);
}

async function findings(
  context: FieldContext,
  copy: ScratchCopy,
  tests: readonly string[],
  sources: readonly string[],
): Promise<FieldFinding[]> {
  const passing: FieldFinding[] = [];
  for (const path of tests) {
    const command = await testCommandFor(copy.root, [path]);
    const before = command === undefined ? undefined : await runTestsIn(context, copy.root, command, TIMEOUT_MS);
    if (before === undefined || outcomeOf(before) !== "passed") continue;
    const message = `Passes without the change too (with ${sources.slice(0, 5).join(", ")} as before), so it does not test it. Test what is new.`;
    passing.push({ path, message, severity: "error" });
  }
  return passing;
}

/** One file that fails is proof; others may hold tests of what was there before. */
function judged(passing: readonly FieldFinding[], all: number): FieldResult {
  const summary = `${all - passing.length} of ${all} test files fail without the change`;
  if (passing.length === all) return resultOf(passing, summary);
  return resultOf(
    passing.map((finding) => ({ ...finding, severity: "warning" as const })),
    summary,
  );
}
