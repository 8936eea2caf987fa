import { describe, expect, it } from "vitest";
import { acceptanceProblems, type PlanGround, planWarnings } from "../../daemon/planning/acceptance.ts";
import { createCommandAnalyser } from "../../daemon/security/command/analyser.ts";
import type { PlanTask } from "../../protocol/index.ts";
import { plan, task } from "./plans.ts";

const analyser = createCommandAnalyser();
const ground: PlanGround = {
  analyse: (line) =>
    analyser.analyse(line, { root: process.cwd(), cwd: process.cwd(), linked: [], home: null, platform: "linux" }),
  hasProgram: async (name) => ["node", "npm", "make", "grep"].includes(name),
  hasFile: async (path) => ["src", "src/old.ts", "./gradlew"].includes(path),
  scripts: new Set(["test", "lint"]),
  targets: new Set(["check"]),
  hasSymbol: async (name) => name === "known",
};

const check = (command: string, more: Partial<PlanTask> = {}) =>
  acceptanceProblems(plan(task("a", { acceptance: { command, expect: "pass" }, ...more })), ground);

describe("an acceptance command", () => {
  it.each([
    "true",
    "node check.js",
    "npm test",
    "npm run lint -- --fix && node x.js",
    "make check",
    "test -f out.txt",
    "grep -q done src/old.ts | grep x",
    "./gradlew test",
    'cd src && [ "$(node a.js)" = 4 ]',
  ])("can run: %s", async (command) => {
    expect(await check(command)).toEqual([]);
  });

  it.each([
    ["pytest -q", /no program pytest/],
    ["node a.js && flake9 .", /no program flake9/],
    ["npm run build", /no script “build”/],
    ["make deploy", /no target “deploy”/],
    ["./check.sh", /there is no .\/check.sh, and no task makes it/],
    ["echo 'never closed", /a quote is not closed/],
    ["node a.js && && node b.js", /a command is missing/],
  ])("cannot: %s", async (command, expected) => {
    expect((await check(command)).join()).toMatch(expected);
  });

  it("may need what a task of the plan brings", async () => {
    expect(await check("./check.sh", { files: ["check.sh"] })).toEqual([]);
    expect(await check("npm run build", { files: ["package.json"] })).toEqual([]);
    expect(await check("pytest -q", { files: ["requirements-dev.txt"] })).toEqual([]);
  });

  it("is not judged where lines are not understood", async () => {
    const { analyse: _, ...rest } = ground;
    const nonsense = plan(task("a", { acceptance: { command: "((", expect: "pass" } }));
    expect(await acceptanceProblems(nonsense, rest)).toEqual([]);
  });
});

it("warns of files and symbols that nobody knows, and of no others", async () => {
  const files = ["src/new.ts", "lib/new.ts", "src/old.ts", "new.md", "gone/*.ts"];
  expect(await planWarnings(plan(task("a", { files, symbols: ["known", "unheard"] })), ground)).toEqual([
    "task a: neither lib/new.ts nor its folder exists yet",
    "task a: no symbol unheard is known yet",
  ]);
});
