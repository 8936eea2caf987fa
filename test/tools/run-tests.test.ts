import { chmodSync, existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Access } from "../../daemon/security/access.ts";
import { call, contextOf, makeFolder, person, put } from "./workspace.ts";

const NODE_TESTS = `import test from "node:test";
import assert from "node:assert";
test("adds", () => assert.equal(1 + 1, 2));
test("subtracts", () => {
  assert.equal(3 - 1, 1);
});
test.skip("later", () => {});
`;

function nodeProject(): string {
  return makeFolder({
    "package.json": '{"scripts":{"test":"node --test"}}',
    "a.test.mjs": NODE_TESTS,
    "b.test.mjs": 'import test from "node:test";\ntest("fine", () => {});\n',
  });
}

it("runs node's tests and tells the failures first, with file and line", async () => {
  const root = nodeProject();
  const result = await call(root, "run_tests", {});
  expect(result.status).toBe("done");
  expect(result.output).toMatch(/^✗ subtracts \(a\.test\.mjs:5\)\n {2}.*2/);
  expect(result.output).toMatch(
    /1 failed, 2 passed, 1 skipped \(node, [\d.]+ s, exit code 1\)\n\$ node --test --test-reporter=tap$/,
  );
  expect(result.summary).toContain("1 failed, 2 passed, 1 skipped");
});

it("runs the chosen files and names", async () => {
  const root = nodeProject();
  expect((await call(root, "run_tests", { paths: ["b.test.mjs"] })).output).toContain("0 failed, 1 passed");
  const named = await call(root, "run_tests", { paths: ["a.test.mjs"], pattern: "adds" });
  expect(named.output).toContain("0 failed, 1 passed");
});

it("runs vitest", async () => {
  const root = makeFolder({
    "package.json": '{"type":"module","scripts":{"test":"vitest run"}}',
    "a.test.ts":
      'import { expect, test } from "vitest";\ntest("adds", () => {\n  console.log("{noise}");\n  expect(1).toBe(2);\n});\ntest("is", () => {});\n',
  });
  symlinkSync(join(import.meta.dirname, "../../node_modules"), join(root, "node_modules"));
  const result = await call(root, "run_tests", {});
  expect(result.output).toMatch(/^✗ adds \(a\.test\.ts:4\)\n {2}AssertionError: expected 1 to be 2/);
  expect(result.output).toContain("1 failed, 1 passed (vitest");
});

it("asks the policy with the very command that runs: all tests as tests, a choice as a command", async () => {
  const root = nodeProject();
  const asked: Access[] = [];
  const judgeAccess = async (access: Access) => {
    asked.push(access);
    return { verdict: "ask" as const, rule: "test", reason: "" };
  };
  const { askApproval, asked: subjects } = person({ decision: "reject" });
  await call(root, "run_tests", {}, { judgeAccess, askApproval });
  await call(root, "run_tests", { paths: ["b.test.mjs"] }, { judgeAccess, askApproval });
  expect(asked).toEqual([
    { kind: "test", command: "node --test --test-reporter=tap", cwd: root },
    { kind: "command", command: "node --test --test-reporter=tap b.test.mjs", cwd: root },
  ]);
  expect(subjects.map(({ subject }) => subject.kind)).toEqual(["command", "command"]);
});

it("runs what was judged even when the project changes while a person thinks", async () => {
  const root = nodeProject();
  const result = await call(
    root,
    "run_tests",
    {},
    {
      judgeAccess: async () => ({ verdict: "ask", rule: "test", reason: "" }),
      async askApproval() {
        put(root, "package.json", '{"scripts":{"test":"touch evil"}}');
        return { decision: "approve" };
      },
    },
  );
  expect(result.output).toContain("$ node --test --test-reporter=tap");
  expect(existsSync(join(root, "evil"))).toBe(false);
});

it("says why when nothing can run, and asks nobody", async () => {
  const { askApproval, asked } = person({ decision: "approve" });
  const judgeAccess = async ({ kind }: Access) => {
    return { verdict: kind === "none" ? ("allow" as const) : ("ask" as const), rule: "test", reason: "" };
  };
  const none = await call(makeFolder(), "run_tests", {}, { askApproval, judgeAccess });
  expect(none).toMatchObject({ status: "failed", output: expect.stringContaining("No tests that Nexus knows") });
  const outside = await call(nodeProject(), "run_tests", { paths: ["/etc"] }, { askApproval, judgeAccess });
  expect(outside.status).toBe("denied");
  expect(asked).toEqual([]);
});

it("shows the end of the output when nothing else tells what went wrong", async () => {
  const root = makeFolder({ "package.json": '{"scripts":{"test":"echo it broke && exit 3"}}' });
  const { output } = await call(root, "run_tests", {});
  expect(output).toContain("No single results were found (script");
  expect(output).toContain("exit code 3");
  expect(output).toContain("it broke");
});

it("leaves no report behind, and reads none that leads out of the copy", async () => {
  const secret = makeFolder({ "r.xml": '<testcase name="SECRET"><failure message="SECRET"/></testcase>' });
  const root = makeFolder({
    "pytest.ini": "",
    ".venv/bin/python": `#!/bin/sh\nln -s ${join(secret, "r.xml")} .nexus-test-report.xml\necho "1 passed in 0.1s"\n`,
  });
  chmodSync(join(root, ".venv/bin/python"), 0o755);
  const { output } = await call(root, "run_tests", {}, { context: contextOf(root) });
  expect(output).toContain("0 failed, 1 passed");
  expect(output).not.toContain("SECRET");
  expect(existsSync(join(root, ".nexus-test-report.xml"))).toBe(false);
});
