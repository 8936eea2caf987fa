/** Running the tests that a task wrote, in a copy that may be changed. */
import { isTestFile, isTestPath } from "../../memory/graph/test-paths.ts";
import { withoutColours } from "../tests/plain-text.ts";
import { planTests } from "../tests/plan.ts";
import type { FieldContext, FieldRun } from "./field-check.ts";

const TAIL = 600;

/** Files of tests among these paths. */
export function testFiles(paths: readonly string[]): string[] {
  return paths.filter(isTestFile);
}

/** Code among these paths that is no test and no support of tests. */
export function sourceFiles(paths: readonly string[]): string[] {
  return paths.filter((path) => !isTestPath(path) && /\.([mc]?[jt]sx?|py|go|rs|java|kt|rb|php|cs|swift)$/.test(path));
}

/** The command for these test files alone; all tests where the project has no way to choose. Undefined: there are none. */
export async function testCommandFor(root: string, paths: readonly string[]): Promise<string | undefined> {
  const narrow = await planTests(root, { paths });
  if (narrow.ok) return narrow.value.command;
  const whole = await planTests(root, {});
  return whole.ok ? whole.value.command : undefined;
}

export type Passed = "passed" | "failed" | "unknown";

/** A command that cannot be found or started says nothing of tests. */
export function outcomeOf({ exitCode, timedOut }: FieldRun): Passed {
  if (timedOut) return "failed";
  if (exitCode === null || exitCode === 126 || exitCode === 127) return "unknown";
  return exitCode === 0 ? "passed" : "failed";
}

export function runTestsIn(
  { run }: Pick<FieldContext, "run">,
  folder: string,
  command: string,
  timeoutMs: number,
): Promise<FieldRun> | undefined {
  return run?.(command, { cwd: folder, timeoutMs, env: { CI: "1", NO_COLOR: "1" } });
}

export function tailOf({ output }: FieldRun): string {
  return withoutColours(output).trim().slice(-TAIL);
}
