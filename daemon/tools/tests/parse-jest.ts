/** The JSON of `jest --json`, which `vitest --reporter=json` writes too, and of `mocha --reporter json`. */
import * as z from "zod/mini";
import { withoutColours } from "./plain-text.ts";
import { shortMessage, type TestCase, type TestCounts, type TestFailure } from "./report.ts";

const Assertion = z.object({
  fullName: z.optional(z.string()),
  title: z.optional(z.string()),
  status: z.string(),
  failureMessages: z.optional(z.nullable(z.array(z.string()))),
  location: z.optional(z.nullable(z.object({ line: z.number() }))),
});
const Jest = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.optional(z.number()),
  numTodoTests: z.optional(z.number()),
  testResults: z.array(
    z.object({
      name: z.optional(z.string()),
      status: z.optional(z.string()),
      message: z.optional(z.string()),
      assertionResults: z.array(Assertion),
    }),
  ),
});

/** Undefined when it is no such report. */
export function parseJest(value: unknown): TestCounts | undefined {
  const parsed = Jest.safeParse(value);
  if (!parsed.success) return undefined;
  const { numPassedTests, numFailedTests, numPendingTests = 0, numTodoTests = 0, testResults } = parsed.data;
  const failures = testResults.flatMap((file) => [
    ...file.assertionResults.filter(({ status }) => status === "failed").map((test) => failureOf(file.name, test)),
    ...brokenFile(file),
  ]);
  const broken = testResults.flatMap(brokenFile).length;
  return { passed: numPassedTests, failed: numFailedTests + broken, skipped: numPendingTests + numTodoTests, failures };
}

/** Every test by itself. */
export function jestCases(value: unknown): TestCase[] {
  const parsed = Jest.safeParse(value);
  if (!parsed.success) return [];
  return parsed.data.testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.map(({ fullName, title, status }) => ({
      name: fullName ?? title ?? "",
      status: status === "passed" ? "passed" : status === "failed" ? "failed" : "skipped",
      ...(file === undefined ? {} : { file }),
    })),
  );
}

/** A file that could not even be loaded has no tests of its own, only a message. */
function brokenFile({ name, status, message, assertionResults }: z.output<typeof Jest>["testResults"][number]) {
  const hasFailed = assertionResults.some((test) => test.status === "failed");
  if (status !== "failed" || hasFailed || (message ?? "") === "") return [];
  const file = name === undefined ? {} : { file: name };
  return [{ name: "the file could not be run", ...file, message: shortMessage(withoutColours(message ?? "")) }];
}

function failureOf(file: string | undefined, test: z.output<typeof Assertion>): TestFailure {
  const text = withoutColours(test.failureMessages?.[0] ?? "");
  const line = test.location?.line ?? lineInStack(text, file);
  return {
    name: test.fullName ?? test.title ?? "",
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    message: shortMessage(withoutStack(text)),
  };
}

const Mocha = z.object({
  stats: z.object({ passes: z.number(), failures: z.number(), pending: z.optional(z.number()) }),
  failures: z.array(
    z.object({
      fullTitle: z.optional(z.string()),
      file: z.optional(z.nullable(z.string())),
      err: z.optional(z.object({ message: z.optional(z.string()), stack: z.optional(z.string()) })),
    }),
  ),
});

export function parseMocha(value: unknown): TestCounts | undefined {
  const parsed = Mocha.safeParse(value);
  if (!parsed.success) return undefined;
  const { stats, failures } = parsed.data;
  return {
    passed: stats.passes,
    failed: stats.failures,
    skipped: stats.pending ?? 0,
    failures: failures.map(({ fullTitle = "", file, err }) => {
      const line = lineInStack(err?.stack ?? "", file ?? undefined);
      return {
        name: fullTitle,
        ...(file ? { file } : {}),
        ...(line === undefined ? {} : { line }),
        message: shortMessage(err?.message ?? ""),
      };
    }),
  };
}

const MochaTest = z.object({ fullTitle: z.optional(z.string()), file: z.optional(z.nullable(z.string())) });
const MochaCases = z.object({
  passes: z.array(MochaTest),
  failures: z.array(MochaTest),
  pending: z.optional(z.array(MochaTest)),
});

/** Every test by itself. */
export function mochaCases(value: unknown): TestCase[] {
  const parsed = MochaCases.safeParse(value);
  if (!parsed.success) return [];
  const { passes, failures, pending = [] } = parsed.data;
  const as = (status: TestCase["status"]) => (test: z.output<typeof MochaTest>) => ({
    name: test.fullTitle ?? "",
    status,
    ...(test.file ? { file: test.file } : {}),
  });
  return [...passes.map(as("passed")), ...failures.map(as("failed")), ...pending.map(as("skipped"))];
}

/** The line of the innermost frame that is in the test's own file. */
function lineInStack(stack: string, file: string | undefined): number | undefined {
  if (file === undefined) return undefined;
  const at = stack.indexOf(`${file}:`);
  const line = at < 0 ? Number.NaN : Number.parseInt(stack.slice(at + file.length + 1, at + file.length + 11), 10);
  return Number.isInteger(line) && line > 0 ? line : undefined;
}

function withoutStack(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^\s+at /.test(line))
    .join("\n");
}
