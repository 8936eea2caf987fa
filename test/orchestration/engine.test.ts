import { afterEach, describe, expect, it } from "vitest";
import type { RunEvent, RunEventType } from "../../protocol/index.ts";
import { type Engine, type EngineOptions, startEngine } from "../support/engine.ts";
import type { Reply, Script } from "../support/scripted/script.ts";

let engine: Engine;

async function open(options: EngineOptions): Promise<Engine> {
  engine = await startEngine(options);
  return engine;
}

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

function call(tool: string, ...inputs: unknown[]): Reply {
  return { toolCalls: inputs.map((input) => ({ tool, arguments: input })) };
}

function edit(path: string, search: string, replace: string): Reply {
  return call("edit_file", { path, edits: [{ search, replace }] });
}

function types(events: readonly RunEvent[]): RunEventType[] {
  return events.map((event) => event.body.type);
}

const README = { "README.md": "# Notse\n\nA small project.\n" };
const FIX_TYPO: Script = [
  { when: { turn: 0 }, reply: call("read_file", { path: "README.md" }) },
  { when: { turn: 1 }, reply: edit("README.md", "Notse", "Notes") },
  { when: { turn: 2 }, reply: { text: "Fixed the typo in README.md." } },
];

/** A project whose tests pass when sum.js adds. */
const SUM = {
  "package.json": '{"name":"sum","type":"module","scripts":{"test":"node check.js"}}\n',
  "sum.js": "export const sum = (a, b) => a - b;\n",
  "check.js":
    'import { sum } from "./sum.js";\nif (sum(2, 2) !== 4) { console.log("2 + 2 is not", sum(2, 2)); process.exit(1); }\n',
};

const task = (id: string, dependsOn: string[] = [], command = "true") => ({
  id,
  title: `Do ${id}`,
  goal: `Do ${id}.`,
  agent: "coder",
  files: [],
  acceptance: { command, expect: "pass" },
  dependsOn,
});
const GOAL = "- do one thing\n- do another thing\n- do a third thing";

describe.each(["openai", "anthropic"] as const)("little ceremony (%s)", (provider) => {
  it("answers a question with one model call and touches nothing", async () => {
    await open({ provider, files: README, script: [{ reply: { text: "It is a small project (README.md:3)." } }] });
    const state = await engine.ended(await engine.start("What is this project?"));
    expect(state).toMatchObject({ status: "done", kind: "question", answer: "It is a small project (README.md:3)." });
    expect(state.stats.modelCalls).toBe(1);
    expect(state.isolation).toBeNull();
    expect(state.changes).toBeNull();
  });

  it("reaches the first edit of a one-line fix after at most three calls, with little overhead", async () => {
    await open({ provider, files: README, script: FIX_TYPO });
    const state = await engine.ended(await engine.start("Fix the typo in README.md"));
    expect(state).toMatchObject({ status: "done", kind: "change", error: null });
    expect(state.stats.callsBeforeFirstEdit).toBeLessThanOrEqual(3);
    expect(state.stats.overheadTokens).toBeGreaterThan(300);
    expect(state.stats.overheadTokens).toBeLessThan(3000);
    expect(state.changes?.changeSet.files).toMatchObject([{ path: "README.md", additions: 1, deletions: 1 }]);
  });
});

describe("a change", () => {
  it("reaches the user's tree only when it is accepted", async () => {
    await open({ files: README, script: FIX_TYPO });
    const runId = await engine.start("Fix the typo in README.md");
    await engine.ended(runId);
    expect(engine.read("README.md")).toContain("Notse");
    const other = engine.service.accept({ runId, shown: "0".repeat(40) }, { name: "t" });
    await expect(other).rejects.toMatchObject({ value: { code: "changes.other" } });
    const shown = (await engine.service.show({ runId })).run.changes?.changeSet.resultCommit ?? "";
    const answer = await engine.service.accept({ runId, shown }, { name: "t" });
    expect(answer).toEqual({ accepted: ["README.md"], conflicts: [] });
    expect(engine.read("README.md")).toContain("Notes");
    await expect(engine.service.accept({ runId }, { name: "t" })).rejects.toMatchObject({
      value: { code: "changes.none" },
    });
  });

  it("is applied at the end when that was asked for", async () => {
    await open({ files: README, script: FIX_TYPO });
    const runId = await engine.start("Fix the typo in README.md", { autoApply: true });
    await engine.until(runId, (state) => state.changes?.decisions["README.md"] === "accepted");
    expect(engine.read("README.md")).toContain("Notes");
  });

  it("works in a folder without git", async () => {
    await open({ files: README, script: FIX_TYPO, git: false });
    const runId = await engine.start("Fix the typo in README.md", { autoApply: true });
    await engine.until(runId, (state) => state.changes?.decisions["README.md"] === "accepted");
    expect(engine.read("README.md")).toContain("Notes");
    expect(engine.read(".git/HEAD")).toBeUndefined();
  });

  it("is repaired when the project's tests fail with it", async () => {
    await open({
      files: SUM,
      script: [
        { when: { firstUser: "Request:", turn: 0 }, reply: call("read_file", { path: "sum.js" }) },
        { when: { firstUser: "Request:", turn: 1 }, reply: edit("sum.js", "a - b", "a * b + 1") },
        { when: { firstUser: "Request:", turn: 2 }, reply: { text: "sum adds now." } },
        { when: { firstUser: "is not 5", turn: 0 }, reply: call("read_file", { path: "sum.js" }) },
        { when: { firstUser: "is not 5", turn: 1 }, reply: edit("sum.js", "a * b + 1", "a + b") },
        { when: { firstUser: "is not 5", turn: 2 }, reply: { text: "Repaired." } },
      ],
    });
    const state = await engine.ended(await engine.start("Fix sum() so that it adds"));
    expect(state).toMatchObject({ status: "done", verification: { evidence: { exitCode: 0, satisfied: true } } });
    expect(state.tasks.map((entry) => entry.id)).toEqual(["change", "repair-1"]);
  });

  it("is kept but not applied when its tests cannot be made to pass", async () => {
    const stubborn: Script = [{ reply: { text: "It works for me." }, repeat: true }];
    const script: Script = [
      { when: { firstUser: "Request:", turn: 0 }, reply: call("write_file", { path: "new.js", content: "1\n" }) },
      ...stubborn,
    ];
    await open({ files: SUM, script });
    const state = await engine.ended(await engine.start("Fix sum() so that it adds", { autoApply: true }));
    expect(state).toMatchObject({ status: "failed", error: { code: "verification.failed" } });
    expect(state.changes?.changeSet.files.map((file) => file.path)).toEqual(["new.js"]);
    expect(engine.read("new.js")).toBeUndefined();
  });

  it("goes on from the change set that still waits", async () => {
    await open({
      files: README,
      script: [
        ...FIX_TYPO,
        {
          when: { firstUser: "Earlier in this conversation", turn: 0 },
          reply: call("read_file", { path: "README.md" }),
        },
        { when: { firstUser: "Fixed the typo", turn: 1 }, reply: edit("README.md", "# Notes", "# Better notes") },
        { when: { firstUser: "Fixed the typo", turn: 2 }, reply: { text: "Renamed." } },
      ],
    });
    const first = await engine.start("Fix the typo in README.md");
    const { sessionId } = await engine.ended(first);
    const second = await engine.start("Now change the title to Better notes", { sessionId });
    expect(await engine.ended(second)).toMatchObject({ status: "done" });
    await engine.service.accept({ runId: second }, { name: "t" });
    expect(engine.read("README.md")).toContain("# Better notes");
    const earlier = await engine.service.show({ runId: first });
    expect(earlier.run.changes?.supersededBy).toBe(second);
  });
});

describe("a goal", () => {
  const plan = call("propose_plan", { summary: "Two steps.", tasks: [task("one"), task("two", ["one"])] });
  const work: Script = [
    { when: { firstUser: "Your task (one)", turn: 0 }, reply: call("write_file", { path: "one.txt", content: "1\n" }) },
    { when: { firstUser: "Your task (one)", turn: 1 }, reply: { text: "One is done." } },
    { when: { firstUser: "Your task (two)", turn: 0 }, reply: call("write_file", { path: "two.txt", content: "2\n" }) },
    { when: { firstUser: "Your task (two)", turn: 1 }, reply: { text: "Two is done." } },
  ];

  it("is planned, approved once, carried out in order and verified", async () => {
    await open({
      files: { ...SUM, "sum.js": "export const sum = (a, b) => a + b;\n" },
      script: [{ reply: plan }, ...work],
    });
    const runId = await engine.start(GOAL, { headless: false });
    const asked = await engine.until(runId, (state) => state.status === "awaiting_approval");
    const [approval] = asked.pendingApprovals;
    expect(approval).toMatchObject({ subject: { kind: "plan", taskCount: 2, commands: ["true"] } });
    const { approvalId = "", subjectHash = "" } = approval ?? {};
    const answer = { runId, approvalId, subjectHash, decision: "approve" as const };
    await expect(engine.service.answer({ ...answer, subjectHash: "0" }, { name: "t" })).rejects.toMatchObject({
      value: { code: "approval.mismatch" },
    });
    await engine.service.answer(answer, { name: "t" });
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", kind: "goal", verification: { evidence: { satisfied: true } } });
    expect(state.tasks).toMatchObject([
      { id: "one", status: "done", summary: "One is done.", evidence: { command: "true", exitCode: 0 } },
      { id: "two", status: "done", summary: "Two is done." },
    ]);
    expect(state.changes?.changeSet.files.map((file) => file.path)).toEqual(["one.txt", "two.txt"]);
    expect(engine.server.unused()).toEqual([]);
  });

  it("ends denied when the plan is rejected", async () => {
    await open({ script: [{ reply: plan }] });
    const runId = await engine.start(GOAL, { headless: false });
    const { pendingApprovals } = await engine.until(runId, (state) => state.status === "awaiting_approval");
    const { approvalId = "", subjectHash = "" } = pendingApprovals[0] ?? {};
    await engine.service.answer(
      { runId, approvalId, subjectHash, decision: "reject", feedback: "Too much." },
      { name: "t" },
    );
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "denied", error: { message: expect.stringContaining("Too much.") } });
  });

  it("runs no command of a model's plan when nobody agreed to it", async () => {
    const tasks = [task("one", [], "touch ran.txt"), task("two", ["one"])];
    await open({ script: [{ reply: call("propose_plan", { summary: "Two steps.", tasks }) }, ...work] });
    const state = await engine.ended(await engine.start(GOAL));
    expect(state).toMatchObject({ status: "done", tasks: [{ status: "done", evidence: null }, { status: "done" }] });
    expect(state.notices).toMatchObject([{ code: "check.not_allowed" }, { code: "check.not_allowed" }]);
    expect(state.changes?.changeSet.files.map((file) => file.path)).toEqual(["one.txt", "two.txt"]);
  });

  it("can be found out by an agent that was given a small change", async () => {
    await open({ script: [{ reply: plan }, ...work] });
    const state = await engine.ended(await engine.start("Do the two things"));
    expect(state).toMatchObject({ status: "done", kind: "goal" });
    expect(state.tasks.map((entry) => entry.status)).toEqual(["done", "done"]);
  });

  it("is only planned in plan mode", async () => {
    await open({ script: [{ reply: plan }] });
    const state = await engine.ended(await engine.start(GOAL, { mode: "plan" }));
    expect(state).toMatchObject({ status: "done", plan: { summary: "Two steps." }, isolation: null, changes: null });
  });

  it("corrects a bad plan twice, then gives up", async () => {
    const cyclic = call("propose_plan", { summary: "x", tasks: [task("a", ["b"]), task("b", ["a"])] });
    await open({ script: [{ reply: cyclic }, { reply: { text: "no plan at all" } }, { reply: plan }, ...work] });
    const runId = await engine.start(GOAL);
    expect(await engine.ended(runId)).toMatchObject({ status: "done" });
    expect(types(await engine.events(runId)).filter((type) => type === "plan.rejected")).toHaveLength(2);
    await engine.close();

    await open({ script: [{ reply: cyclic, repeat: true }] });
    const state = await engine.ended(await engine.start(GOAL));
    expect(state).toMatchObject({ status: "failed", error: { code: "plan.invalid" }, stats: { modelCalls: 3 } });
    expect(state.error?.message).toContain("cycle: a → b → a");
  });

  it("sends an agent back when its acceptance command does not come out right", async () => {
    const strict = task("one", [], "grep -q right one.txt");
    await open({
      script: [
        { when: { tool: "propose_plan", turn: 0 }, reply: call("propose_plan", { summary: "x", tasks: [strict] }) },
        { when: { turn: 0 }, reply: call("write_file", { path: "one.txt", content: "wrong\n" }) },
        { when: { turn: 1 }, reply: { text: "Done." } },
        { when: { turn: 2, lastUser: "exit code 1" }, reply: edit("one.txt", "wrong", "right") },
        { when: { turn: 3 }, reply: { text: "Now it is." } },
      ],
    });
    const state = await engine.ended(await engine.start(GOAL, { policy: { plan: "allow" } }));
    expect(state).toMatchObject({ status: "done", tasks: [{ status: "done", evidence: { exitCode: 0 } }] });
  });
});

it("goes on in a session only in that session's own folder", async () => {
  await open({ files: README, script: [{ reply: { text: "Hello." }, repeat: true }] });
  const first = await engine.ended(await engine.start("What is this?"));
  const elsewhere = engine.home;
  await expect(engine.start("And here?", { workspace: elsewhere, sessionId: first.sessionId })).rejects.toMatchObject({
    value: { code: "session.unknown" },
  });
  const again = await engine.ended(await engine.start("And now?", { sessionId: first.sessionId }));
  expect(again.sessionId).toBe(first.sessionId);
});
