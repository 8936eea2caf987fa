import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { planTests, type TestsWanted } from "../../../daemon/tools/tests/plan.ts";
import { shellWord } from "../../../daemon/tools/tests/quote.ts";
import { makeFolder } from "../workspace.ts";

const script = (test: string) => ({
  "package.json": JSON.stringify({ scripts: { test } }),
  "t/a.test.js": "",
  "t/b c.test.js": "",
});
const java = { "src/test/java/a/SumTest.java": "" };

it.each<[string, Record<string, string>, TestsWanted, string]>([
  ["vitest", script("vitest run"), {}, "npm test -- --reporter=json"],
  [
    "vitest",
    script("tsc && vitest"),
    { paths: ["t"], pattern: "adds it's" },
    "npm test -- --reporter=json -t 'adds it'\\''s' t",
  ],
  ["jest", { ...script("jest"), "yarn.lock": "" }, { paths: ["t/b c.test.js"] }, "yarn test --json 't/b c.test.js'"],
  ["mocha", script("mocha"), { pattern: "x" }, "npm test -- --reporter json -g x"],
  ["node", script("node --test"), {}, "node --test --test-reporter=tap"],
  [
    "node",
    script("node --import tsx --test --no-warnings t/*.js"),
    {},
    "node --import tsx --test --test-reporter=tap --no-warnings t/*.js",
  ],
  [
    "node",
    script("node --test --import tsx t"),
    { paths: ["t/a.test.js"], pattern: "p" },
    "node --test --test-reporter=tap --test-name-pattern=p --import tsx t/a.test.js",
  ],
  ["node", script("npm run build && node --test"), {}, "npm test"],
  ["script", script("./check.sh"), {}, "npm test"],
  ["script", script("vitest run | tee log"), {}, "npm test"],
  [
    "pytest",
    { "pytest.ini": "", "tests/test_a.py": "" },
    { paths: ["tests/test_a.py"], pattern: "a or b" },
    "python3 -m pytest -q -rfE --junitxml=.nexus-test-report.xml -k 'a or b' tests/test_a.py",
  ],
  [
    "go",
    { "go.mod": "", "a/x_test.go": "" },
    { paths: ["a/x_test.go", "a"], pattern: "TestX" },
    "go test -json -run TestX ./a ./a/...",
  ],
  [
    "cargo",
    { "Cargo.toml": "", "tests/it.rs": "" },
    { paths: ["tests/it.rs"], pattern: "adds" },
    "cargo test --no-fail-fast --test it -- adds",
  ],
  [
    "maven",
    { "pom.xml": "", ...java },
    { paths: ["src/test/java/a/SumTest.java"], pattern: "adds" },
    'mvn -B test "-Dtest=SumTest#*adds*" -Dsurefire.failIfNoSpecifiedTests=false',
  ],
  [
    "gradle",
    { "build.gradle": "", ...java },
    { paths: ["src/test/java/a/SumTest.java"] },
    'gradle test --continue --tests "*SumTest"',
  ],
])("plans %s", async (framework, files, wanted, command) => {
  const plan = await planTests(makeFolder(files), wanted, "linux");
  const isWhole = wanted.paths === undefined && wanted.pattern === undefined;
  expect(plan).toEqual({ ok: true, value: { framework, command, isWhole } });
});

it.each<[string, Record<string, string>, TestsWanted, string]>([
  ["no tests", {}, {}, "tool.failed"],
  ["a path that leads out", script("vitest"), { paths: ["../x"] }, "path.outside"],
  ["a path that is not there", script("vitest"), { paths: ["gone.test.js"] }, "tool.failed"],
  [
    "a path that would be an option",
    { ...script("vitest"), "--config=evil.js": "" },
    { paths: ["--config=evil.js"] },
    "tool.invalid_input",
  ],
  ["a pattern that would be an option", script("vitest"), { pattern: "--globalSetup=evil.js" }, "tool.invalid_input"],
  ["a pattern with a line end", script("vitest"), { pattern: "a\nrm -rf ." }, "tool.invalid_input"],
  ["a choice that a script has no way for", script("./check.sh"), { pattern: "x" }, "tool.failed"],
  ["a pattern for Maven that is more than a word", { "pom.xml": "" }, { pattern: '" & calc' }, "tool.failed"],
  ["a folder for Gradle", { "build.gradle": "", "src/x": "" }, { paths: ["src"] }, "tool.failed"],
])("refuses %s", async (_what, files, wanted, code) => {
  expect(await planTests(makeFolder(files), wanted, "linux")).toMatchObject({ ok: false, error: { code } });
});

it("keeps one word one word for the shell", () => {
  const words = fc.array(
    fc.string({ unit: fc.constantFrom(..."ab '\"\\$`*?;&|<>(){}!#~=%^äé\t".split("")), maxLength: 12 }),
    { minLength: 200, maxLength: 200 },
  );
  fc.assert(
    fc.property(words, (given) => {
      const quoted = given.flatMap((word) => {
        const result = shellWord(word, false);
        return result.ok ? [{ word, quoted: result.value }] : [];
      });
      const line = `printf '%s\\n' ${quoted.map((item) => item.quoted).join(" ")}`;
      const printed = execFileSync("/bin/sh", ["-c", line], { encoding: "utf8" }).split("\n").slice(0, -1);
      expect(printed).toEqual(quoted.map((item) => item.word));
    }),
    { numRuns: 5 },
  );
});

it("refuses on Windows what cmd.exe would read", () => {
  for (const word of ["%PATH%", 'a"b', "a&b", "a|b", "a>b", "a^b", "a!b", "dir\\ "])
    expect(shellWord(`${word}${word.endsWith(" ") ? "\\" : ""}`, true).ok).toBe(false);
  expect(shellWord("a b (c)", true)).toEqual({ ok: true, value: '"a b (c)"' });
});
