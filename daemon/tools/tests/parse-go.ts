/** The JSON lines of `go test -json`. */
import * as z from "zod/mini";
import { read } from "./plain-text.ts";
import { shortMessage, type TestCase, type TestCounts, type TestFailure } from "./report.ts";

const Line = z.object({
  Action: z.string(),
  Package: z.optional(z.string()),
  Test: z.optional(z.string()),
  Output: z.optional(z.string()),
});

const KEPT_OUTPUT = 4000;

interface GoTest {
  readonly package: string;
  readonly name: string;
  output: string;
  result: string;
}

/** Undefined when no line is one of `go test -json`. A test with sub-tests counts through them. */
export function parseGo(text: string): TestCounts | undefined {
  const tests = testsIn(text);
  return tests === undefined ? undefined : countsOf(tests);
}

/** Every test by itself; a test with sub-tests is told through them. */
export function goCases(text: string): TestCase[] {
  const tests = leaves(testsIn(text) ?? []);
  const ended = tests.filter(({ result }) => result !== "");
  return ended.map(({ package: folder, name, result }) => ({
    name: `${folder}.${name}`,
    status: result === "pass" ? "passed" : result === "skip" ? "skipped" : "failed",
  }));
}

function testsIn(text: string): GoTest[] | undefined {
  const tests = new Map<string, GoTest>();
  let isGo = false;
  for (const line of text.split(/\r?\n/)) {
    const parsed = line.startsWith("{") ? Line.safeParse(read(line)) : undefined;
    if (parsed?.success !== true) continue;
    isGo = true;
    const { Action, Package = "", Test: name = "", Output = "" } = parsed.data;
    const key = `${Package} ${name}`;
    const test = tests.get(key) ?? { package: Package, name, output: "", result: "" };
    tests.set(key, test);
    if (Action === "output" && test.output.length < KEPT_OUTPUT) test.output += Output;
    if (Action === "pass" || Action === "fail" || Action === "skip") test.result = Action;
  }
  return isGo ? [...tests.values()] : undefined;
}

function countsOf(all: readonly GoTest[]): TestCounts {
  const tests = leaves(all);
  const failed = tests.filter(({ result }) => result === "fail");
  const failedPackages = new Set(failed.map((test) => test.package));
  // A package that does not compile, or that panics, has no test to blame.
  const broken = all.filter((test) => test.name === "" && test.result === "fail" && !failedPackages.has(test.package));
  return {
    passed: tests.filter(({ result }) => result === "pass").length,
    failed: failed.length + broken.length,
    skipped: tests.filter(({ result }) => result === "skip").length,
    failures: [...failed, ...broken].map(failureOf),
  };
}

function leaves(all: readonly GoTest[]): GoTest[] {
  const parents = new Set(all.flatMap((test) => parentsOf(test)));
  return all.filter((test) => test.name !== "" && !parents.has(`${test.package} ${test.name}`));
}

function parentsOf({ package: folder, name }: GoTest): string[] {
  const parts = name.split("/");
  return parts.slice(1).map((_, index) => `${folder} ${parts.slice(0, index + 1).join("/")}`);
}

function failureOf({ package: folder, name, output }: GoTest): TestFailure {
  const place = /^\s*([^\s:]+\.go):(\d+):/m.exec(output);
  const lines = output.split("\n").filter((line) => !/^(=== |\s*--- |FAIL|ok |exit status)/.test(line));
  return {
    name: name === "" ? folder : `${folder}.${name}`,
    ...(place === null ? {} : { file: place[1] ?? "", line: Number(place[2]) }),
    message: shortMessage(lines.map((line) => line.trim()).join("\n")),
  };
}
