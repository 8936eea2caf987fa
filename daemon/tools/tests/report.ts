/** What came of a run of tests, in the same shape for every framework. */

export type Framework =
  | "vitest"
  | "jest"
  | "mocha"
  | "node"
  | "pytest"
  | "go"
  | "cargo"
  | "maven"
  | "gradle"
  /** A script that only it knows what it does: its output is read as text. */
  | "script";

export interface TestFailure {
  readonly name: string;
  /** Workspace path with forward slashes, where it is known. */
  readonly file?: string;
  readonly line?: number;
  /** The first lines of what was wrong. */
  readonly message: string;
}

/** One test and how it ended. */
export interface TestCase {
  readonly name: string;
  readonly status: "passed" | "failed" | "skipped";
  /** Workspace path with forward slashes, where it is known. */
  readonly file?: string;
}

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly TestFailure[];
}

export interface TestReport extends TestCounts {
  readonly framework: Framework;
  /** False when nothing in the output told of single tests: the exit code is all that is known. */
  readonly isCounted: boolean;
  readonly exitCode: number | null;
  readonly durationMs: number;
}

export const NO_TESTS: TestCounts = { passed: 0, failed: 0, skipped: 0, failures: [] };

const SHOWN_FAILURES = 20;
const KEPT_FAILURES = 200;
const MESSAGE_LENGTH = 400;
const MESSAGE_LINES = 6;

/** The beginning of a message, bounded. */
export function shortMessage(text: string): string {
  const lines = text.trim().split(/\r?\n/).slice(0, MESSAGE_LINES).join("\n").trimEnd();
  return lines.length <= MESSAGE_LENGTH ? lines : `${lines.slice(0, MESSAGE_LENGTH - 1)}…`;
}

/** Adds the counts up; of the failures, 200 at most. */
export function joinCounts(parts: readonly TestCounts[]): TestCounts {
  const sum = (of: (part: TestCounts) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    passed: sum((part) => part.passed),
    failed: sum((part) => part.failed),
    skipped: sum((part) => part.skipped),
    failures: parts.flatMap((part) => part.failures).slice(0, KEPT_FAILURES),
  };
}

/** For the model: the failures first, then the figures. */
export function reportText(report: TestReport): string {
  const shown = report.failures.slice(0, SHOWN_FAILURES).map(failureText);
  const rest = report.failed - shown.length;
  const more = rest > 0 && shown.length > 0 ? [`… and ${rest} more failures`] : [];
  return [...shown, ...more, figuresText(report)].join("\n");
}

export function figuresText({
  passed,
  failed,
  skipped,
  isCounted,
  framework,
  exitCode,
  durationMs,
}: TestReport): string {
  const skips = skipped > 0 ? `, ${skipped} skipped` : "";
  const counts = isCounted ? `${failed} failed, ${passed} passed${skips}` : "No single results were found";
  const ended = exitCode === null ? "did not end by itself" : `exit code ${exitCode}`;
  return `${counts} (${framework}, ${(durationMs / 1000).toFixed(1)} s, ${ended})`;
}

function failureText({ name, file, line, message }: TestFailure): string {
  const place = file === undefined ? "" : ` (${file}${line === undefined ? "" : `:${line}`})`;
  const indented = message === "" ? "" : `\n  ${message.replaceAll("\n", "\n  ")}`;
  return `✗ ${name}${place}${indented}`;
}
