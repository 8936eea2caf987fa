import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { judgeEvidence } from "../../../daemon/orchestration/team/evidence/judge.ts";
import { statementLines } from "../../../daemon/orchestration/team/evidence/statements.ts";
import { touchedLines } from "../../../daemon/orchestration/team/evidence/touched.ts";
import type { PlanTask, Proof } from "../../../protocol/index.ts";
import { makeExecutable, write } from "../changes/fixture.ts";
import { planned, type Team, teamOn } from "./joined-team.ts";

const PROJECT = {
  ".gitignore": "node_modules\n",
  "package.json": '{"type":"module","scripts":{"test":"node --test"}}\n',
  "sum.js": "export const sum = (a, b) => a + b;\n",
  "sum.test.js": `import test from "node:test";
import { sum } from "./sum.js";
test("adds", () => { if (sum(1, 1) !== 2) throw new Error("no"); });
test("adds nothing", () => { if (sum(1, 0) !== 1) throw new Error("no"); });
`,
};

/** Works in a copy, and says that it is done. */
async function claim(team: Team, task: PlanTask, files: Record<string, string | null>, turn: number) {
  const place = await team.open(task.id);
  write(place.worktree, files);
  const context = { ...team.context, place };
  const objection = await judgeEvidence(context, { task, root: place.worktree, text: "Done.", turn });
  const gathered = (await team.events()).flatMap((body) => (body.type === "evidence.gathered" ? [body.proof] : []));
  return { objection, proof: gathered.at(-1) as Proof };
}

it("tells which tests came, and which of the new lines they reach", async () => {
  const task = planned("one");
  const team = await teamOn(PROJECT, [task]);
  const { objection, proof } = await claim(
    team,
    task,
    {
      "minus.js": "export function minus(a, b) {\n  if (a === b) {\n    return 0;\n  }\n  return a - b;\n}\n",
      "minus.test.js":
        'import test from "node:test";\nimport { minus } from "./minus.js";\ntest("takes away", () => { if (minus(3, 1) !== 2) throw new Error("no"); });\n',
    },
    1,
  );
  expect(objection).toBeUndefined();
  expect(proof).toMatchObject({
    verdict: "proved",
    tests: { before: { passed: 2 }, after: { passed: 3, failed: 0 }, removed: [], failing: [], skipped: [] },
    coverage: { lines: 6, covered: 4, uncovered: [{ file: "minus.js", lines: "3-4" }] },
  });
  expect(proof.tests?.added).toEqual([expect.stringContaining("takes away")]);
  expect((await team.state()).tasks[0]?.proof).toEqual(proof);
}, 180_000);

it("sends back who makes tests disappear or switches them off, twice; then the task fails", async () => {
  const task = planned("one");
  const team = await teamOn(PROJECT, [task]);
  const kept = PROJECT["sum.test.js"]
    .split("\n")
    .filter((line) => !line.includes("nothing"))
    .join("\n");
  const gone = await claim(team, task, { "sum.test.js": kept }, 1);
  expect(gone.proof).toMatchObject({
    verdict: "refused",
    tests: { removed: [expect.stringContaining("adds nothing")] },
  });
  expect(gone.objection).toContain("Tests are gone (1)");
  const off = PROJECT["sum.test.js"].replace('test("adds nothing"', 'test.skip("adds nothing"');
  const skipped = await claim(team, task, { "sum.test.js": off }, 2);
  expect(skipped.proof).toMatchObject({
    verdict: "refused",
    tests: { skipped: [expect.stringContaining("adds nothing")] },
  });
  await expect(claim(team, task, { "sum.test.js": kept }, 3)).rejects.toMatchObject({
    value: { code: "verification.failed" },
  });
  const renamed = PROJECT["sum.test.js"].replace("adds nothing", "adds nothing at all");
  expect(await claim(team, planned("two"), { "sum.test.js": renamed }, 1)).toMatchObject({ objection: undefined });
  const asked = planned("three", { goal: "Remove the tests of adding nothing." });
  expect(await claim(team, asked, { "sum.test.js": kept }, 1)).toMatchObject({ objection: undefined });
}, 120_000);

it("names a test that fails now, and does not hold it against the task", async () => {
  const team = await teamOn(PROJECT, [planned("one")]);
  const { objection, proof } = await claim(
    team,
    planned("one"),
    { "sum.js": "export const sum = (a, b) => a - b;\n" },
    1,
  );
  expect(objection).toBeUndefined();
  expect(proof.tests).toMatchObject({ failing: [expect.stringContaining("adds")], before: { failed: 0 } });
}, 180_000);

const MINUS = "export function minus(a, b) {\n  const less = a - b;\n  return less;\n}\n";
const minusTest = (more: string) =>
  `import test from "node:test";\nimport { minus } from "./minus.js";\ntest("is there", () => { if (!minus) throw new Error("no"); });\n${more}`;

it("sends back work of which no test runs a line, and says which lines; a file that no test loads too", async () => {
  const task = planned("one");
  const team = await teamOn(PROJECT, [task]);
  const unloaded = await claim(team, task, { "minus.js": MINUS, "types.d.ts": "declare const x: 1;\n" }, 1);
  expect(unloaded.proof).toMatchObject({
    verdict: "refused",
    coverage: { lines: 3, covered: 0, uncovered: [{ file: "minus.js", lines: "1-3" }] },
  });
  expect(unloaded.objection).toContain("No test reaches any of its 3 lines: minus.js 1-3.");
  const loaded = await claim(team, task, { "minus.test.js": minusTest("") }, 2);
  expect(loaded).toMatchObject({ objection: undefined, proof: { verdict: "proved", coverage: { covered: 1 } } });
  const asked = await teamOn(PROJECT, [task], { team: { leastCoverage: 90 } });
  const few = await claim(asked, task, { "minus.js": MINUS, "minus.test.js": minusTest("") }, 1);
  expect(few.objection).toContain("Tests reach 1 of its 4 lines, and 90 in 100 is the least: minus.js 2-4.");
  const off = await teamOn(PROJECT, [task], { team: { leastCoverage: 0 } });
  expect(await claim(off, task, { "minus.js": MINUS }, 1)).toMatchObject({ objection: undefined });
}, 240_000);

it("leaves the lines of a task to a later one that writes their tests, and demands them of that one", async () => {
  const tests = planned("two", { agent: "testing", files: ["minus.js"], dependsOn: ["one"] });
  const team = await teamOn(PROJECT, [planned("one"), tests]);
  const first = await claim(team, planned("one"), { "minus.js": MINUS }, 1);
  expect(first).toMatchObject({
    objection: undefined,
    proof: { verdict: "proved", reasons: expect.arrayContaining(["Task two is to test what it wrote."]) },
  });
  const weak = await claim(team, tests, { "minus.js": MINUS, "minus.test.js": minusTest("") }, 1);
  expect(weak.objection).toContain("Tests reach 1 of its 4 lines, and 80 in 100 is the least: minus.js 2-4.");
  const good = 'test("takes away", () => { if (minus(3, 1) !== 2) throw new Error("no"); });\n';
  expect(await claim(team, tests, { "minus.test.js": minusTest(good) }, 2)).toMatchObject({
    objection: undefined,
    proof: { verdict: "proved", coverage: { lines: 4, covered: 4 } },
  });
}, 240_000);

it("tells statements from what only declares, in files that no report knows", () => {
  const types = "export interface Note {\n  text: string;\n}\nexport type Id = string;\ndeclare const x: Note;\n";
  expect(statementLines("a.ts", types)).toEqual([]);
  expect(statementLines("a.d.ts", "const x = 1;\n")).toEqual([]);
  expect(statementLines("vite.config.ts", "const x = 1;\n")).toEqual([]);
  expect(statementLines("a.tsx", "// no\nexport const A = () => {\n  return 1;\n};\n")).toEqual([2, 3]);
  expect(statementLines("a.py", "import os\nX: int = 1\ndef f():\n    return X\n")).toEqual([2, 3, 4]);
  expect(statementLines("a.go", "package a\nfunc F() int {\n\tx := 1\n\treturn x\n}\n")).toEqual([2, 3, 4]);
  expect(statementLines("a.sql", "select 1;\n")).toEqual([]);
});

/** A scripted checker: every BAD is an error. */
const CHECKER = `#!/usr/bin/env node
const { readdirSync, readFileSync } = require("node:fs");
let found = 0;
for (const name of readdirSync("."))
  if (name.endsWith(".ts"))
    readFileSync(name, "utf8").split("\\n").forEach((line, index) => {
      if (line.includes("BAD")) console.log(name + "(" + (index + 1) + ",1): error TS1: It is bad."), (found = 1);
    });
process.exit(found);
`;

it.skipIf(process.platform === "win32")(
  "counts new problems and not the old ones",
  async () => {
    const files = { ".gitignore": "node_modules\n", "tsconfig.json": "{}\n", "old.ts": "BAD;\n" };
    const task = planned("one");
    const team = await teamOn(files, [task], {
      policy: { command: "allow" },
      prepare(workspace) {
        write(workspace, { "node_modules/.bin/tsc": CHECKER });
        makeExecutable(join(workspace, "node_modules/.bin/tsc"));
      },
    });
    const bad = await claim(team, task, { "new.ts": "fine;\nBAD; // new\n" }, 1);
    expect(bad.proof).toMatchObject({
      verdict: "refused",
      diagnostics: { before: 1, after: 2, fresh: [{ file: "new.ts", line: 2, message: "error TS1: It is bad." }] },
    });
    expect(bad.objection).toContain("new.ts:2: error TS1");
    const fine = await claim(team, task, { "new.ts": "fine;\n", "old.ts": "moved;\nBAD;\n" }, 2);
    expect(fine).toMatchObject({
      objection: undefined,
      proof: { verdict: "proved", diagnostics: { before: 1, after: 1 } },
    });
  },
  60_000,
);

it("says that nothing shows that it is done, instead of letting it pass in silence", async () => {
  const team = await teamOn({ "a.c": "int a;\n" }, [planned("one"), planned("two")]);
  const { objection, proof } = await claim(team, planned("one"), { "a.c": "int b;\n" }, 1);
  expect(objection).toBeUndefined();
  expect(proof).toMatchObject({
    verdict: "unproved",
    acceptance: null,
    diagnostics: null,
    tests: null,
    coverage: null,
  });
  expect(proof.reasons[0]).toBe("Nothing that could be run shows that it is done.");
  const words = await claim(team, planned("two"), { "notes.md": "# Notes\n" }, 1);
  expect(words.proof).toMatchObject({
    verdict: "unproved",
    reasons: [expect.anything(), "It changed only texts and pictures."],
  });
});

it("asks the record after a restart, and runs nothing again", async () => {
  const task = planned("one");
  const team = await teamOn(PROJECT, [task]);
  const first = await claim(team, task, { "sum.js": "export const sum = (a, b) => b + a;\n" }, 1);
  const events = (await team.events()).length;
  rmSync(join((await team.open("one")).worktree, "sum.js"));
  expect(await claim(team, task, {}, 1)).toEqual(first);
  expect((await team.events()).length).toBe(events);
}, 180_000);

it("finds the lines that a patch adds, whatever they hold", () => {
  const patch = [
    'diff --git "a/\\303\\251.js" "b/\\303\\251.js"',
    "--- /dev/null",
    '+++ "b/\\303\\251.js"',
    "@@ -0,0 +1,3 @@",
    "+one",
    "+++ b/not-a-file",
    "+@@ -1 +1 @@",
    "diff --git a/b.js b/b.js",
    "--- a/b.js",
    "+++ b/b.js",
    "@@ -4,3 +4,3 @@ there",
    " four",
    "-five",
    "+FIVE",
    " six",
    "diff --git a/gone.js b/gone.js",
    "--- a/gone.js",
    "+++ /dev/null",
    "@@ -1 +0,0 @@",
    "-x",
  ].join("\n");
  expect([...touchedLines(patch, () => true)]).toEqual([
    ["é.js", [1, 2, 3]],
    ["b.js", [5]],
  ]);
});
