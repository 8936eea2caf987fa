/** Test by test, of the outputs that parsers.test.ts counts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readCases, readReport } from "../../../daemon/tools/tests/read-report.ts";
import type { Framework } from "../../../daemon/tools/tests/report.ts";

const output = (name: string) => readFileSync(join(import.meta.dirname, "outputs", name), "utf8");

const TAP = `TAP version 13
# Subtest: group
    ok 1 - inner
      ---
      duration_ms: 1
      type: 'test'
      ...
    not ok 2 - fails
      ---
      duration_ms: 1
      type: 'test'
      location: '/copy/a.test.js:3:1'
      ...
    ok 3 - later # SKIP
      ---
      type: 'test'
      ...
not ok 1 - group
  ---
  type: 'suite'
  ...
`;

const MOCHA = JSON.stringify({
  stats: { passes: 1, failures: 1, pending: 1 },
  passes: [{ fullTitle: "sum adds", file: "/copy/a.js" }],
  failures: [{ fullTitle: "sum fails", err: { message: "no" } }],
  pending: [{ fullTitle: "sum waits" }],
});

it.each<[Framework, string, string[]]>([
  ["cargo", output("cargo.txt"), []],
  ["go", output("go.jsonl"), []],
  ["jest", output("jest.json"), []],
  ["mocha", MOCHA, []],
  ["pytest", "", [output("pytest.xml")]],
  ["maven", "", [output("surefire.xml")]],
  ["node", TAP, []],
])("names as many tests as it counts: %s", (framework, text, files) => {
  const told = { framework, output: text, files };
  const cases = readCases(told);
  const report = readReport(told);
  const count = (status: string) => cases.filter((one) => one.status === status).length;
  const broken = report?.failures.filter(({ name }) => name === "the file could not be run").length ?? 0;
  expect({ passed: count("passed"), failed: count("failed") + broken, skipped: count("skipped") }).toMatchObject({
    passed: report?.passed,
    skipped: report?.skipped,
  });
  expect(cases.length).toBeGreaterThan(1);
  expect(cases.every(({ name }) => name !== "")).toBe(true);
  for (const { name } of report?.failures ?? [])
    if (broken === 0) expect(cases.find((one) => one.name === name)?.status ?? "failed").toBe("failed");
});

it("names tests steadily, whether they pass or fail", () => {
  const passing = TAP.replace("not ok 2", "ok 2").replace("not ok 1", "ok 1");
  const names = (text: string) => readCases({ framework: "node", output: text, files: [] }).map(({ name }) => name);
  expect(names(TAP)).toEqual(["inner", "fails", "later"]);
  expect(names(passing)).toEqual(names(TAP));
});
