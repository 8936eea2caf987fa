/** nexus plan show, edit and history. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { CommandName } from "../../daemon/cli/commands.ts";
import { parseCommandLine } from "../../daemon/cli/parse.ts";
import { editPlanCommand, planHistoryCommand, showPlanCommand } from "../../daemon/cli/plan.ts";
import { applyRunEvent, type Plan, type RunState } from "../../protocol/index.ts";
import { outcome, task } from "../planning/plans.ts";
import { createFakeConnection, createTestContext, createTestTerminal } from "../support/cli.ts";
import { created } from "../support/fake-run-service.ts";

const COMMANDS = {
  "plan show": showPlanCommand,
  "plan edit": editPlanCommand,
  "plan history": planHistoryCommand,
} satisfies Partial<Record<CommandName, unknown>>;

const estimate = { tokens: 120_000, usd: 0.25, minutes: 4.25, basis: "history" as const, samples: 6 };
const PLAN: Plan = {
  summary: "Tags.",
  milestones: [
    { id: "base", title: "Base", outcome: "Tags are kept.", risks: [{ risk: "Old notes", mitigation: "Migrate." }] },
  ],
  tasks: [task("a", { milestone: "base", estimate, difficulty: "low" }), task("b", { dependsOn: ["a"] })],
  estimate: { ...estimate, spread: { low: 0.8, high: 1.4 } },
};
const SHOWN = {
  plan: PLAN,
  milestones: [],
  revisions: 1,
  tasks: [{ id: "a", status: "done", actual: { tokens: 90_000, usd: 0.2, minutes: 3 } }],
};
const EDITED = { change: { added: ["c"], removed: [], changed: [] }, problems: [], warnings: ["task c: unsure"] };

function state(runId: string): RunState {
  return applyRunEvent(null, { runId, seq: 1, at: "2026-01-01T00:00:00.000Z", body: created() });
}

interface Scene {
  readonly answers?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  readonly input?: readonly string[];
  readonly replies?: readonly string[];
}

async function say(words: readonly string[], { answers = {}, env = {}, input = [], replies = [] }: Scene = {}) {
  const connection = createFakeConnection({
    "run/show": ({ runId }: { runId: string }) => ({ run: state(runId) }),
    "plan/show": SHOWN,
    "plan/edit": EDITED,
    "plan/history": { outcomes: [] },
    ...answers,
  });
  const terminal = createTestTerminal(replies.length > 0, input);
  terminal.answers.push(...replies);
  const invocation = parseCommandLine([...words]);
  if (invocation.kind !== "run") throw new Error("no command");
  const entry = Object.entries(COMMANDS).find(([name]) => name === invocation.name);
  if (entry === undefined) throw new Error("another command");
  const context = { ...createTestContext(terminal, [connection]), env };
  const exitCode = await entry[1](context, invocation.arguments);
  const edits = connection.requests.filter(({ name }) => name === "plan/edit").map(({ params }) => params);
  return { exitCode, out: terminal.stdout(), err: terminal.stderr(), edits };
}

/** An editor that does to its file what the code says. */
function editorThat(code: string): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "nexus-editor-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "editor.cjs");
  writeFileSync(
    file,
    `const fs = require("fs"); const file = process.argv[2]; let text = fs.readFileSync(file, "utf8"); ${code}`,
  );
  return { EDITOR: `${process.execPath} ${file}` };
}

describe("nexus plan show", () => {
  it("sets what tasks took beside what they were thought to take", async () => {
    const { out } = await say(["plan", "show", "r1"]);
    expect(out).toMatch(/base +Base +– +– +1 +Tags are kept\./);
    expect(out).toContain("base: Old notes → Migrate.");
    expect(out).toMatch(/a +done +coder +low +base +– +120 k \/ 90 k +4.3 min \/ 3 min +\$0.25 \/ \$0.20 +Do a/);
    expect(out).toMatch(/b +waiting +coder +– +– +a +– +– +– +Do b/);
    expect(out).toContain("(6 finished tasks like these, half of them between 0.8 and 1.4 times that)");
    expect(out).toContain("Changed 1×");
    expect(JSON.parse((await say(["plan", "show", "r1", "--json"])).out)).toMatchObject({ runId: "r1", plan: PLAN });
  });

  it("says that there is none", async () => {
    const none = { plan: null, milestones: [], revisions: 0, tasks: [] };
    expect((await say(["plan", "show", "r1"], { answers: { "plan/show": none } })).out).toBe("The run has no plan.\n");
  });
});

describe("nexus plan edit", () => {
  const wanted = { summary: "Tags.", tasks: [task("c")] };

  it("takes YAML or JSON from a file or standard input, and prints the difference", async () => {
    const yaml = `summary: Tags.\ntasks:\n  - {id: c, title: Do c, goal: Do c., agent: coder, files: [], acceptance: null, dependsOn: []}\n`;
    for (const text of [yaml, JSON.stringify(wanted)]) {
      const line = ["plan", "edit", "r1", "--file", "-", "--reason", "Less."];
      const { exitCode, out, err, edits } = await say(line, { input: [text.slice(0, 30), text.slice(30)] });
      expect([exitCode, out, err]).toEqual([0, "  + c\n", "! task c: unsure\n"]);
      expect(edits).toMatchObject([{ runId: "r1", plan: wanted, reason: "Less.", revisions: 1 }]);
    }
  });

  it.each([
    ["no plan", "tasks: []"],
    ["no YAML", "a: [b"],
    ["a bomb of aliases", `a: &a [x]\nb: [*a, *a]\n`],
  ])("sends nothing that is %s", async (_, text) => {
    await expect(say(["plan", "edit", "r1", "--file", "-"], { input: [text] })).rejects.toMatchObject({
      value: { code: "usage.invalid" },
    });
  });

  it("opens the editor without figures, and again when a person wants to put problems right", async () => {
    let asked = 0;
    const refused = { change: null, problems: ["task b: depends on \u001b[2J"], warnings: [] };
    const env = editorThat(
      'if (/tokens|waiting/.test(text) || !/a \\(done\\)/.test(text)) process.exit(3); fs.writeFileSync(file, text.replace(/Do b(!*)[.]/, "Do b$1!."));',
    );
    const answers = { "plan/edit": () => (asked++ === 0 ? refused : EDITED) };
    const { exitCode, err, edits } = await say(["plan", "edit", "r1"], { env, answers, replies: ["y"] });
    expect(exitCode).toBe(0);
    expect(err).toContain("✗ task b: depends on ␛[2J\nThe plan is as it was.\n");
    expect(edits).toMatchObject([
      { plan: { tasks: [{}, { goal: "Do b!." }] } },
      { plan: { tasks: [{}, { goal: "Do b!!." }] } },
    ]);
  });

  it("changes nothing when the person changed nothing, and needs an editor that works", async () => {
    const { out, edits } = await say(["plan", "edit", "r1"], { env: editorThat("") });
    expect([out, edits]).toEqual(["Nothing was changed.\n", []]);
    for (const env of [{}, editorThat("process.exit(1)"), { EDITOR: "/no/such/editor" }])
      await expect(say(["plan", "edit", "r1"], { env })).rejects.toMatchObject({ value: { code: "usage.invalid" } });
  });
});

it("nexus plan history sums up by agent and model", async () => {
  const thought = { tokens: 1000, usd: 0.01, minutes: 1, basis: "default" as const };
  const outcomes = [
    outcome({ estimate: thought, actual: { tokens: 3000, usd: 0.5, minutes: 2 } }),
    outcome({ estimate: thought, outcome: "failed", actual: { tokens: 9000, usd: 0.5, minutes: 9 } }),
    outcome({ agent: "data", estimate: thought }),
  ];
  const { out } = await say(["plan", "history"], { answers: { "plan/history": { outcomes } } });
  expect(out).toMatch(/coder +m +2 +50 % +1 k \/ 3 k +1 min \/ 2 min +\$1.00 +3.00×/);
  expect(out).toMatch(/data +m +1 +100 % +1 k \/ 1 k/);
  expect((await say(["plan", "history"])).out).toContain("No planned task has ended");
});

it("a goal that begins with such a word is still a goal", () => {
  expect(parseCommandLine(["plan", "show the tags on each note"])).toMatchObject({ name: "plan" });
});
