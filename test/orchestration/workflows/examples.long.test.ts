/** The ready workflows of examples/workflows/, each on a small project with scripted models. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import type { RunState } from "../../../protocol/index.ts";
import { type Engine, startEngine } from "../../support/engine.ts";
import type { Reply, Script } from "../../support/scripted/script.ts";

const folder = fileURLToPath(new URL("../../../examples/workflows", import.meta.url));
const slow = { timeout: 120_000 };
let engine: Engine;

afterEach(() => engine.close());

/** Sums wrongly where nothing tests it yet. */
const PROJECT = {
  "package.json":
    '{"name":"sum","type":"module","scripts":{"test":"node check.js","behaviour":"node show.js"},"dependencies":{}}\n',
  "sum.js": "export const sum = (a, b) => a - b;\n",
  "show.js": 'import { sum } from "./sum.js";\nconsole.log(sum(5, 0), sum(7, 2));\n',
  "check.js":
    'import { sum } from "./sum.js";\nif (sum(2, 0) !== 2) { console.log("2 + 0 is wrong"); process.exit(1); }\n',
  "README.md": "# Sum\n",
};

const says = (firstUser: string, text: string): Script => [{ when: { firstUser, turn: 0 }, reply: { text } }];
const call = (tool: string, input: unknown): Reply => ({ toolCalls: [{ tool, arguments: input }] });

/** Reads a file, replaces a piece of it, and says so. */
function edits(firstUser: string, path: string, search: string, replace: string): Script {
  return [
    { when: { firstUser, turn: 0 }, reply: call("read_file", { path }) },
    { when: { firstUser, turn: 1 }, reply: call("edit_file", { path, edits: [{ search, replace }] }) },
    { when: { firstUser, turn: 2 }, reply: { text: `Changed ${path}.` } },
  ];
}

const MORE_TESTS = 'if (sum(2, 2) !== 4) { console.log("2 + 2 is wrong"); process.exit(1); }\n';

async function follow(name: string, script: Script, inputs: Record<string, unknown>, files = PROJECT) {
  engine = await startEngine({ script, files });
  const text = readFileSync(join(folder, `${name}.yaml`), "utf8");
  const workflow = { path: `${name}.yaml`, text, inputs };
  const runId = await engine.start(`Workflow ${name}`, { workflow });
  const state = await engine.ended(runId);
  const steps = (await engine.events(runId)).flatMap(({ body }) =>
    body.type === "step.finished" ? [`${body.at} ${body.outcome}`] : [],
  );
  expect(state.error).toBeNull();
  return { state, steps, answer: JSON.parse(state.answer ?? "null") };
}

function changed(state: RunState): string[] {
  return (state.changes?.changeSet.files ?? []).map(({ path }) => path);
}

it("feature", slow, async () => {
  const script = [
    ...says("Find out where this feature belongs", "In sum.js; tests are in check.js."),
    ...edits("Write tests for this feature", "check.js", "if (sum(2, 0)", `${MORE_TESTS}if (sum(2, 0)`),
    ...edits("Write the code for this feature", "sum.js", "a - b", "a + b"),
    ...says("Look over the change", "Nothing is wrong."),
  ];
  const { state, steps, answer } = await follow("feature", script, { feature: "sum adds" });
  expect(steps).toEqual(["understand done", "agree done", "tests done", "build done", "review done"]);
  expect(answer).toEqual({ summary: "Changed sum.js.", review: "Nothing is wrong." });
  expect(changed(state)).toEqual(["check.js", "sum.js"]);
});

it("bug-fix: the test fails before the fix", slow, async () => {
  const script = [
    ...edits("Write one test that fails", "check.js", "if (sum(2, 0)", `${MORE_TESTS}if (sum(2, 0)`),
    ...says("Find the cause of this bug", "sum.js:1 subtracts."),
    ...edits("Fix the cause of this bug", "sum.js", "a - b", "a + b"),
  ];
  const { state, steps, answer } = await follow("bug-fix", script, { bug: "2 + 2 is 0" });
  expect(steps).toEqual(["healthy done", "reproduce done", "diagnose done", "fix done"]);
  expect(answer).toEqual({ cause: "sum.js:1 subtracts.", fix: "Changed sum.js." });
  const evidence = state.tasks.map((task) => [task.id, task.evidence?.expected, task.evidence?.satisfied]);
  expect(evidence).toContainEqual(["step.reproduce", "fail", true]);
  expect(evidence).toContainEqual(["step.fix", "pass", true]);
});

it("refactoring: a round that changes the behaviour is followed by another", slow, async () => {
  const script = [
    ...edits("This is round 1", "sum.js", "a - b", "a + b"),
    ...edits("This is round 2", "sum.js", "a + b", "{ return a - b; }"),
  ];
  const { steps, answer } = await follow("refactoring", script, { goal: "a function body" });
  expect(steps.filter((step) => step.includes("/"))).toEqual([
    ...["rounds[0]/change done", "rounds[0]/tests done", "rounds[0]/now done"],
    ...["rounds[1]/change done", "rounds[1]/tests done", "rounds[1]/now done"],
  ]);
  expect(answer).toMatchObject({ unchanged: true });
});

it("code-review: nothing is changed", slow, async () => {
  const script = [
    ...says("with regard to speed", "sum.js:1 is fast."),
    ...says("with regard to names", "No findings."),
    ...says("These are the findings", "All is well."),
  ];
  const { state, steps, answer } = await follow("code-review", script, { aspects: ["speed", "names"] });
  expect(steps.toSorted()).toEqual(["report done", "reviews done", "reviews[0]/look done", "reviews[1]/look done"]);
  expect(answer).toEqual({ report: "All is well." });
  const events = await engine.events(state.runId);
  const numbers = events.flatMap(({ body }) => (body.type === "checkpoint.taken" ? [body.number] : []));
  expect(numbers).toEqual([1, 2, 3]);
  expect(changed(state)).toEqual([]);
});

it("dependency-upgrade", slow, async () => {
  const files = {
    ...PROJECT,
    ".gitignore": "node_modules\n",
    "vendor/words-2/package.json": '{"name":"words","version":"2.0.0","type":"module","exports":"./index.js"}\n',
    "vendor/words-2/index.js": 'export const word = () => "hello";\n',
  };
  const script = [
    ...says("Find every place that uses", "Nowhere yet."),
    ...edits(
      "In package.json, require",
      "package.json",
      '"dependencies":{}',
      '"dependencies":{"words":"file:vendor/words-2"}',
    ),
    ...says("Where it is used: Nowhere yet.", "Nothing had to change."),
  ];
  const inputs = { package: "words", version: "file:vendor/words-2" };
  const { state, steps } = await follow("dependency-upgrade", script, inputs, files);
  expect(steps).toEqual(["healthy done", "uses done", "require done", "install done", "adapt done"]);
  expect(changed(state)).toEqual(["package-lock.json", "package.json"]);
});

it("documentation: what the check finds is corrected", slow, async () => {
  const script = [
    ...says("Collect what is true", "sum.js exports sum."),
    ...edits("This is round 1", "README.md", "# Sum", "# Sum\n\nIt multiplies."),
    { when: { firstUser: "Check 1:" }, reply: { text: "README.md:3 is wrong." } },
    ...edits("README.md:3 is wrong.", "README.md", "It multiplies.", "It has one function."),
    { when: { firstUser: "Check 2:" }, reply: { text: "All of it is true." } },
  ] satisfies Script;
  const { state, answer } = await follow("documentation", script, { topic: "the function" });
  expect(answer).toEqual({ checked: "All of it is true." });
  expect(changed(state)).toEqual(["README.md"]);
});

it("covers every ready workflow", async () => {
  engine = await startEngine({ script: [] });
  const names = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
  const covered = ["bug-fix", "code-review", "dependency-upgrade", "documentation", "feature", "refactoring"];
  expect(names.map((file) => file.replace(".yaml", ""))).toEqual(covered);
});
