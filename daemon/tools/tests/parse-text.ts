/** What can be told from the text that test programs write for people: cargo, and the summaries of the others. */
import { shortMessage, type TestCase, type TestCounts, type TestFailure } from "./report.ts";

/** `cargo test`: every target has its own summary. Undefined when there is none. */
export function parseCargo(text: string): TestCounts | undefined {
  const results = [...text.matchAll(/^test result: \S+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm)];
  const lines = [...text.matchAll(/^test (.+?) \.\.\. FAILED$/gm)];
  if (results.length === 0) return undefined;
  const sum = (group: number) => results.reduce((total, match) => total + Number(match[group]), 0);
  const failures = lines.map(([, name = ""]) => cargoFailure(text, name));
  return { passed: sum(1), failed: sum(2), skipped: sum(3), failures };
}

/** Every test by itself. */
export function cargoCases(text: string): TestCase[] {
  return [...text.matchAll(/^test (.+?) \.\.\. (ok|FAILED|ignored)\b/gm)].map(([, name = "", result]) => ({
    name,
    status: result === "ok" ? "passed" : result === "FAILED" ? "failed" : "skipped",
  }));
}

function cargoFailure(text: string, name: string): TestFailure {
  const title = `---- ${name} stdout ----`;
  const start = text.indexOf(title);
  const body =
    start < 0 ? "" : text.slice(start + title.length, start + title.length + 2000).split(/^---- |^failures:$/m)[0];
  const place = /panicked at (?:'.*', )?([^\s:,]+\.rs):(\d+)/.exec(body ?? "");
  const lines = (body ?? "").split("\n").filter((line) => !/^(thread '|note: )/.test(line.trim()));
  return {
    name,
    ...(place === null ? {} : { file: place[1] ?? "", line: Number(place[2]) }),
    message: shortMessage(lines.join("\n")),
  };
}

const PYTEST_SUMMARY =
  /^=* ?((?:\d+ (?:failed|passed|skipped|deselected|xfailed|xpassed|errors?|warnings?)(?:, )?)+)/gm;

/** The last lines of pytest, with its short summary (`-rfE`). */
export function parsePytest(text: string): TestCounts | undefined {
  const summary = [...text.matchAll(PYTEST_SUMMARY)].at(-1)?.[1];
  if (summary === undefined) return undefined;
  const count = (...words: string[]) => words.reduce((total, word) => total + numberBefore(summary, word), 0);
  const failures = [...text.matchAll(/^(?:FAILED|ERROR) ([^\s:]+)(?:::(\S+))?(?: - (.*))?$/gm)].map(
    ([, file = "", name, message = ""]): TestFailure => ({ name: name ?? file, file, message: shortMessage(message) }),
  );
  return {
    passed: count("passed", "xpassed"),
    failed: count("failed", "error"),
    skipped: count("skipped", "xfailed"),
    failures,
  };
}

/**
 * The figures in the summaries of programs that we do not know better: “2 failed, 3 passed”, “3 passing … 1 failing”,
 * “Tests run: 5, Failures: 1”, “# pass 3 # fail 1”. The last summary counts.
 */
export function parseSummary(text: string): TestCounts | undefined {
  const tail = text.slice(-20_000);
  const surefire = /Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)/g;
  const [, run, failures, errors, skips] = [...tail.matchAll(surefire)].at(-1) ?? [];
  if (run !== undefined) {
    const failed = Number(failures) + Number(errors);
    return { passed: Number(run) - failed - Number(skips), failed, skipped: Number(skips), failures: [] };
  }
  const passed = lastNumber(tail, /\b(\d{1,9}) (?:passed|passing)\b/g, /^(?:# |ℹ )pass (\d{1,9})$/gm);
  const failed = lastNumber(tail, /\b(\d{1,9}) (?:failed|failing)\b/g, /^(?:# |ℹ )fail (\d{1,9})$/gm);
  const skipped = lastNumber(tail, /\b(\d{1,9}) (?:skipped|pending|ignored)\b/g, /^(?:# |ℹ )skipped (\d{1,9})$/gm);
  if (passed === undefined && failed === undefined) return undefined;
  return { passed: passed ?? 0, failed: failed ?? 0, skipped: skipped ?? 0, failures: [] };
}

function numberBefore(text: string, word: string): number {
  return Number(new RegExp(`(?:^|[^\\w])(\\d{1,9}) ${word}s?\\b`).exec(text)?.[1] ?? 0);
}

function lastNumber(text: string, ...patterns: readonly RegExp[]): number | undefined {
  for (const pattern of patterns) {
    const found = [...text.matchAll(pattern)].at(-1)?.[1];
    if (found !== undefined) return Number(found);
  }
  return undefined;
}
