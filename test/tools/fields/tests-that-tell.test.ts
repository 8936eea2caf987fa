/** Whether tests tell anything: without the change, and with faults in it. Runners are pretended; test/fields has real ones. */
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { failsWithout } from "../../../daemon/tools/fields/fails-without.ts";
import type { FieldContext } from "../../../daemon/tools/fields/field-check.ts";
import { mutantsKilled } from "../../../daemon/tools/fields/mutants-killed.ts";
import { changedLines, touchedLines } from "../../../daemon/tools/fields/touched-lines.ts";
import { type FieldWorkFolder, fieldWork, pretendRun } from "../../support/field-work.ts";

let work: FieldWorkFolder;
afterEach(() => work.remove());

const MANIFEST = '{"name":"fee","type":"module","scripts":{"test":"node --test"}}\n';
const BEFORE = { "package.json": MANIFEST, "fee.js": "export const fee = (days) => 0;\n" };
const AFTER = { "fee.js": "export const fee = (days) => days * 3;\n", "fee.test.js": "// tests the fee\n" };
const isFixed = (read: (path: string) => string) => read("fee.js").includes("days * 3");

describe("fails-without-change", () => {
  const run = async (passes: (read: (path: string) => string) => boolean, more: Partial<FieldContext> = {}) => {
    work = fieldWork(BEFORE, AFTER);
    return failsWithout.run(work.context({ run: pretendRun(passes), ...more }));
  };

  it("is content with tests that fail on the code as it was", async () => {
    expect(await run(isFixed)).toEqual({
      ok: true,
      findings: [],
      summary: "1 of 1 test files fail without the change",
    });
  });

  it("sends back tests that pass on the code as it was", async () => {
    const { ok, findings } = await run(() => true);
    expect(ok).toBe(false);
    expect(findings).toMatchObject([{ path: "fee.test.js", severity: "error" }]);
    expect(findings[0]?.message).toContain("Passes without the change too (with fee.js as before)");
  });

  it("sends back tests that fail on the code as it is", async () => {
    const { ok, findings } = await run(() => false);
    expect({ ok, findings }).toMatchObject({ ok: false, findings: [{ message: /fail as the code is now/ }] });
  });

  it("takes away files that are new", async () => {
    work = fieldWork({ "package.json": MANIFEST }, AFTER);
    const { summary } = await failsWithout.run(work.context({ run: pretendRun(isFixed) }));
    expect(summary).toBe("1 of 1 test files fail without the change");
  });

  it.each([
    ["nothing may be run", { run: undefined }, "nothing of the workspace may be run"],
    ["the code is not there yet", { testsFirst: true }, "the code is not there yet"],
    ["only tests were changed", { changedInRun: ["fee.test.js"] }, "1 test files pass; no other code was changed"],
    [
      "the runner is not there",
      { run: async () => ({ exitCode: 127, output: "", timedOut: false }) },
      "could not be started",
    ],
  ])("says so where it cannot tell: %s", async (_, more, summary) => {
    const { run: _run, ...rest } = { run: undefined, ...more };
    work = fieldWork(BEFORE, AFTER);
    const context = work.context({
      run: pretendRun(isFixed),
      ...rest,
      ...("run" in more && more.run ? { run: more.run } : {}),
    });
    const { run: _given, ...without } = context;
    const result = await failsWithout.run("run" in more && more.run === undefined ? without : context);
    expect(result).toMatchObject({ ok: true, findings: [] });
    expect(result.summary).toContain(summary);
  });

  it("applies to work that holds tests", () => {
    expect(failsWithout.appliesTo(["src/a.ts"])).toBe(false);
    expect(failsWithout.appliesTo(["src/a.ts", "test/a.test.ts"])).toBe(true);
    work = fieldWork({}, {});
  });
});

describe("mutants-killed", () => {
  it("names the faults that no test notices, and wants four of five noticed", async () => {
    work = fieldWork(BEFORE, AFTER);
    const run = pretendRun((read) => !read("fee.js").includes("days / 3"));
    const { ok, findings, summary } = await mutantsKilled.run(work.context({ run }));
    expect({ ok, summary }).toEqual({ ok: false, summary: "1 of 2 faults noticed" });
    expect(findings).toEqual([
      { path: "fee.js", line: 1, message: "No test fails with `4` for `3` (change constant).", severity: "error" },
    ]);
  });

  it("is content when all are noticed, and leaves the work and the machine as they were", async () => {
    work = fieldWork(BEFORE, AFTER);
    const scratch = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`nexus-box-${process.pid}-`)).length;
    const before = scratch();
    const result = await mutantsKilled.run(work.context({ run: pretendRun(isFixed) }));
    expect(result).toEqual({ ok: true, findings: [], summary: "2 of 2 faults noticed" });
    expect(scratch()).toBe(before);
  });

  it("blames nobody for a fault that does not compile, or tests that fail anyway", async () => {
    work = fieldWork(BEFORE, AFTER);
    const broken: FieldContext["run"] = async (line, options) => {
      const result = await pretendRun(isFixed)(line, options);
      return result.exitCode === 0 ? result : { ...result, output: "fee.ts: error TS2322: no" };
    };
    expect(await mutantsKilled.run(work.context({ run: broken }))).toMatchObject({ summary: "0 of 0 faults noticed" });
    const { summary, ok } = await mutantsKilled.run(work.context({ run: pretendRun(() => false) }));
    expect({ ok, summary }).toMatchObject({ ok: true, summary: /does not pass without any fault/ });
  });

  it("stops with the run, and leaves no copies", async () => {
    work = fieldWork(BEFORE, AFTER);
    const stop = new AbortController();
    const run: FieldContext["run"] = async (line, options) => {
      const result = await pretendRun(isFixed)(line, options);
      if (result.exitCode !== 0) stop.abort(new Error("stopped"));
      return result;
    };
    await expect(mutantsKilled.run(work.context({ run, signal: stop.signal }))).rejects.toThrow("stopped");
  });
});

describe("touched lines", () => {
  it("are those that were not there before", () => {
    expect([...changedLines("a\nb\nc\n", "a\nx\nb\nc\ny\n")]).toEqual([2, 5]);
    expect([...changedLines("", "a\nb\n")]).toEqual([1, 2]);
    expect([...changedLines("a\nb\n", "a\n")]).toEqual([]);
    work = fieldWork({}, {});
  });

  it.each([
    ["JavaScript", "test/a.test.js", 'import { a } from "../src/a.js";\n', "src/a.js"],
    ["TypeScript without an ending", "test/a.test.ts", 'import { a } from "../src/a";\n', "src/a.ts"],
    ["Python", "tests/test_a.py", "from pkg.a import b\n", "pkg/a.py"],
    ["Go", "pkg/a_test.go", "package pkg\n", "pkg/a.go"],
  ])("of tests alone are those of the code that they import: %s", async (_, test, text, source) => {
    work = fieldWork({ [source]: "x\n" }, { [test]: text });
    expect(await touchedLines(work.context())).toEqual([{ path: source, text: "x\n" }]);
  });
});
