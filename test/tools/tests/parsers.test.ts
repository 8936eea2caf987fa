import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { inWorkspace, readReport, type TestOutput } from "../../../daemon/tools/tests/read-report.ts";
import type { Framework } from "../../../daemon/tools/tests/report.ts";

/** pytest and cargo: recorded; jest, mocha, go and Surefire: written by their documentation. */
const output = (name: string) => readFileSync(join(import.meta.dirname, "outputs", name), "utf8");

function read(framework: Framework, stdout: string, files: readonly string[] = []) {
  return readReport({ framework, output: stdout, files });
}

it("reads pytest's XML", () => {
  expect(read("pytest", "", [output("pytest.xml")])).toEqual({
    passed: 1,
    failed: 2,
    skipped: 1,
    failures: [
      { name: "test_a.test_bad", file: "test_a.py", line: 3, message: "assert 1 == 2" },
      { name: "test_a.TestC.test_x", file: "test_a.py", line: 5, message: "ValueError: boom <x> & y" },
    ],
  });
});

it("reads Surefire's XML, of several files, without what stands in CDATA", () => {
  const file = output("surefire.xml");
  const error = { name: "org.example.SumTest.adds", message: "/ by zero" };
  expect(read("maven", "", [file, file])).toEqual({ passed: 2, failed: 2, skipped: 2, failures: [error, error] });
});

it("reads jest's JSON, a file that could not be loaded included", () => {
  const counts = read("jest", `\n> thing@1 test\n> jest --json\n\n${output("jest.json")}`);
  expect(counts).toMatchObject({ passed: 2, failed: 2, skipped: 2 });
  expect(inWorkspace("/copy", counts?.failures ?? [])).toEqual([
    {
      name: "sum adds",
      file: "src/sum.test.js",
      line: 4,
      message: "Error: expect(received).toBe(expected) // Object.is equality\n\nExpected: 4\nReceived: 3",
    },
    {
      name: "the file could not be run",
      file: "src/gone.test.js",
      message: "● Test suite failed to run\n\n    Cannot find module './gone' from 'src/gone.test.js'",
    },
  ]);
});

it("reads mocha's JSON among what tests wrote", () => {
  expect(read("mocha", output("mocha.txt"))).toEqual({
    passed: 1,
    failed: 1,
    skipped: 1,
    failures: [
      {
        name: "sum adds",
        file: "/copy/test/sum.js",
        line: 6,
        message: "Expected values to be strictly equal:\n\n3 !== 4",
      },
    ],
  });
});

it("reads go's JSON lines: sub-tests instead of their parents, and packages that do not compile", () => {
  expect(read("go", output("go.jsonl"))).toEqual({
    passed: 1,
    failed: 2,
    skipped: 1,
    failures: [
      {
        name: "example.com/sum.TestAdds/zero",
        file: "sum_test.go",
        line: 12,
        message: "sum_test.go:12: got 1, want 0",
      },
      {
        name: "example.com/broken",
        file: "broken/b.go",
        line: 3,
        message: "broken/b.go:3:1: syntax error: unexpected }",
      },
    ],
  });
});

it("reads cargo's text", () => {
  expect(read("cargo", output("cargo.txt"))).toEqual({
    passed: 1,
    failed: 1,
    skipped: 1,
    failures: [
      {
        name: "tests::bad",
        file: "src/lib.rs",
        line: 6,
        message: "assertion `left == right` failed: not \n same\n  left: 1\n right: 2",
      },
    ],
  });
});

it.each([
  ["12 passed, 3 failed in 1.2s", { passed: 12, failed: 3, skipped: 0 }],
  ["  4 passing (10ms)\n  1 pending\n  2 failing\n", { passed: 4, failed: 2, skipped: 1 }],
  ["Tests run: 5, Failures: 1, Errors: 1, Skipped: 1\n", { passed: 2, failed: 2, skipped: 1 }],
  ["ℹ tests 3\nℹ pass 2\nℹ fail 1\nℹ skipped 0\n", { passed: 2, failed: 1, skipped: 0 }],
  [
    "TAP version 13\nok 1 - one\nnot ok 2 - two\nok 3 - three # SKIP later\n1..3\n",
    { passed: 1, failed: 1, skipped: 1 },
  ],
  [
    "\u001b[1m Tests \u001b[22m \u001b[31m1 failed\u001b[39m | \u001b[32m2 passed\u001b[39m (3)",
    { passed: 2, failed: 1, skipped: 0 },
  ],
])("finds the figures in text: %j", (text, counts) => {
  expect(read("script", text)).toMatchObject(counts);
});

it("falls back to the text when a report is missing or broken", () => {
  expect(read("pytest", "FAILED a/test_b.py::test_c - assert 0\n1 failed, 2 passed in 0.1s")).toEqual({
    passed: 2,
    failed: 1,
    skipped: 0,
    failures: [{ name: "test_c", file: "a/test_b.py", message: "assert 0" }],
  });
  expect(read("vitest", "no tests at all")).toBeUndefined();
});

const FRAMEWORKS: Framework[] = [
  ...(["vitest", "jest", "mocha", "node", "pytest", "go", "cargo", "maven", "gradle", "script"] as const),
];
const OUTPUTS = ["pytest.xml", "surefire.xml", "jest.json", "mocha.txt", "go.jsonl", "cargo.txt"].map(output);

it("answers whatever the output is: cut off, with bytes changed, another framework's", () => {
  const damaged = fc
    .tuple(
      fc.constantFrom(...OUTPUTS),
      fc.nat(),
      fc.array(fc.tuple(fc.nat(), fc.string({ maxLength: 4 })), { maxLength: 8 }),
    )
    .map(([text, cut, changes]) =>
      changes.reduce(
        (now, [at, put]) => {
          const place = now.length === 0 ? 0 : at % now.length;
          return now.slice(0, place) + put + now.slice(place + put.length);
        },
        text.slice(0, cut % (text.length + 1)),
      ),
    );
  const anyOutput = fc.record<TestOutput>({
    framework: fc.constantFrom(...FRAMEWORKS),
    output: fc.oneof(damaged, fc.string()),
    files: fc.array(fc.oneof(damaged, fc.string()), { maxLength: 2 }),
  });
  fc.assert(
    fc.property(anyOutput, (given) => {
      const counts = readReport(given);
      if (counts === undefined) return;
      for (const { message, name } of counts.failures) {
        expect(message.length).toBeLessThanOrEqual(400);
        expect(typeof name).toBe("string");
      }
    }),
    { numRuns: 600 },
  );
});

it("takes no long for what is made to be slow", () => {
  const long = [
    "<",
    "<a ".repeat(50_000),
    "{".repeat(50_000),
    " ".repeat(200_000),
    "ok 1 -".repeat(40_000),
    "\n".repeat(100_000),
  ];
  const started = performance.now();
  for (const text of long) for (const framework of FRAMEWORKS) readReport({ framework, output: text, files: [text] });
  expect(performance.now() - started).toBeLessThan(5000);
});

it("finds a report with lines of standard error around and after it", () => {
  // On one line, as jest writes it.
  const json = JSON.stringify(JSON.parse(output("jest.json")));
  const noise = "● sum › adds\n\n{ broken\n    > 4 | x({ a: 1 })\n}\n";
  expect(read("jest", `${noise}${json}\n${noise}`)).toMatchObject({ passed: 2, failed: 2 });
  expect(read("mocha", `${noise}${output("mocha.txt")}`)).toMatchObject({ passed: 1, failed: 1 });
});
