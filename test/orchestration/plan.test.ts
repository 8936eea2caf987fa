import { afterEach, describe, expect, it } from "vitest";
import type { Plan, PlanTask, RunState } from "../../protocol/index.ts";
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

const GOAL = "- do one thing\n- do another thing\n- do a third thing";
const FILES = { "README.md": "# Notes\n" };
const me = { name: "test" };

function task(id: string, more: Partial<PlanTask> = {}): PlanTask {
  const acceptance = { command: "true", expect: "pass" as const };
  return { id, title: `Do ${id}`, goal: `Do ${id}.`, agent: "coder", files: [], acceptance, dependsOn: [], ...more };
}

function propose(...tasks: PlanTask[]): Reply {
  return { toolCalls: [{ tool: "propose_plan", arguments: { summary: "The plan.", tasks } }] };
}

function instead(...tasks: PlanTask[]): Reply {
  return { toolCalls: [{ tool: "propose_tasks", arguments: { tasks } }] };
}

const done = (id: string): Script[number] => ({
  when: { firstUser: `Your task (${id})`, turn: 0 },
  reply: { text: `Did ${id}.` },
});
const asked = ({ pendingApprovals }: RunState) => pendingApprovals.some(({ subject }) => subject.kind === "plan");

function edit(runId: string, plan: Plan, key: string, more: { revisions?: number } = {}) {
  return engine.service.editPlan(
    { runId, plan, reason: "I want it so.", idempotencyKey: `edit-${key}-0000`, ...more },
    me,
  );
}

async function answer(runId: string, state: RunState, decision: "approve" | "reject" = "approve"): Promise<void> {
  const approval = state.pendingApprovals[0];
  if (approval === undefined) throw new Error("nothing is asked");
  const { approvalId, subjectHash } = approval;
  await engine.service.answer({ runId, approvalId, subjectHash, decision }, me);
}

async function planOf(runId: string): Promise<Plan> {
  const { plan } = await engine.service.showPlan({ runId });
  if (plan === null) throw new Error("there is no plan");
  return plan;
}

describe("the question about a plan", () => {
  it("says what the plan is thought to take, before anything is done", async () => {
    await open({ files: FILES, script: [{ reply: propose(task("a"), task("b", { difficulty: "low" })) }] });
    const runId = await engine.start(GOAL, { headless: false });
    const { pendingApprovals, plan } = await engine.until(runId, asked);
    const estimate = { tokens: 140_000, usd: 0, minutes: 5, basis: "default" };
    expect(pendingApprovals[0]?.subject).toMatchObject({ taskCount: 2, estimate });
    expect(plan).toMatchObject({ concurrency: 2, tasks: [{ estimate: { tokens: 100_000 } }, { deadlineMinutes: 30 }] });
  });

  it("is asked anew when a person changes the plan meanwhile, whatever was changed", async () => {
    await open({ files: FILES, script: [{ reply: propose(task("a"), task("b")) }, done("a")] });
    const runId = await engine.start(GOAL, { headless: false });
    const first = (await engine.until(runId, asked)).pendingApprovals[0];
    const plan = await planOf(runId);
    const [a] = plan.tasks;
    if (a === undefined) throw new Error("no task");
    // Only the goal differs: nothing that the question spells out.
    const changed = await edit(runId, { ...plan, tasks: [{ ...a, goal: "Do a well." }, ...plan.tasks.slice(1)] }, "1");
    expect(changed).toMatchObject({ problems: [], change: { changed: [{ id: "a", field: "goal" }] } });
    await engine.until(runId, (state) => asked(state) && state.pendingApprovals[0]?.approvalId !== first?.approvalId);
    expect(await edit(runId, { ...plan, tasks: [{ ...a, goal: "Do a well." }] }, "2")).toMatchObject({
      change: { removed: ["b"] },
    });
    const again = await engine.until(runId, (state) => asked(state) && state.planRevisions === 2);
    await engine.restart();
    await answer(runId, again);
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", planRevisions: 2, tasks: [{ id: "a", status: "done" }] });
    expect(state.tasks).toHaveLength(1);
  });
});

describe("an edit", () => {
  it("that cannot be carried out changes nothing and says why", async () => {
    await open({ files: FILES, script: [{ reply: propose(task("a")) }] });
    const runId = await engine.start(GOAL, { headless: false });
    await engine.until(runId, asked);
    const plan = await planOf(runId);
    const cyclic = { ...plan, tasks: [task("a", { dependsOn: ["b"] }), task("b", { dependsOn: ["a"] })] };
    expect(await edit(runId, cyclic, "1")).toMatchObject({ change: null, problems: [expect.stringMatching(/cycle/)] });
    const outside = { ...plan, tasks: [task("a", { files: ["../../etc/passwd"], agent: "wizard" })] };
    expect((await edit(runId, outside, "2")).problems.join()).toMatch(/unknown agent.*not relative/);
    expect((await edit(runId, plan, "3", { revisions: 7 })).problems.join()).toMatch(/look again/);
    expect(await planOf(runId)).toEqual(plan);
    await expect(edit("nobody", plan, "4")).rejects.toMatchObject({ value: { code: "run.unknown" } });
  });

  it("sent again after a lost answer is made once", async () => {
    await open({ files: FILES, script: [{ reply: propose(task("a")) }] });
    const runId = await engine.start(GOAL, { headless: false });
    await engine.until(runId, asked);
    const plan = await planOf(runId);
    const wanted = { ...plan, tasks: [...plan.tasks, task("b")] };
    const [one, other] = await Promise.all([edit(runId, wanted, "same"), edit(runId, wanted, "same")]);
    expect([one.change?.added, other.change?.added]).toEqual([["b"], ["b"]]);
    expect((await edit(runId, wanted, "same")).change?.added).toEqual(["b"]);
    expect((await engine.service.showPlan({ runId })).revisions).toBe(1);
  });

  it("while the run works changes what has not begun, and nothing else", async () => {
    const wait = { tool: "run_command", arguments: { command: "touch never" } };
    const script: Script = [
      { reply: propose(task("a"), task("b", { dependsOn: ["a"] })) },
      { when: { firstUser: "Your task (a)", turn: 0 }, reply: { toolCalls: [wait] } },
      { when: { firstUser: "Your task (a)", turn: 1 }, reply: { text: "Did a." } },
      done("c"),
    ];
    await open({ files: FILES, script });
    const runId = await engine.start(GOAL, { headless: false, policy: { plan: "allow" } });
    const state = await engine.until(runId, ({ pendingApprovals }) => pendingApprovals.length > 0);
    const plan = await planOf(runId);
    const [a, b] = plan.tasks;
    if (a === undefined || b === undefined) throw new Error("no tasks");
    const touched = { ...plan, tasks: [{ ...a, goal: "Another." }, b] };
    expect((await edit(runId, touched, "1")).problems.join()).toMatch(/task a is at work/);
    expect((await edit(runId, { ...plan, tasks: [b] }, "2")).problems.join()).toMatch(/must stay/);
    const wanted = { ...plan, tasks: [a, task("c", { dependsOn: ["a"] })] };
    expect(await edit(runId, wanted, "3")).toMatchObject({ change: { added: ["c"], removed: ["b"] } });
    await answer(runId, state, "reject");
    const ended = await engine.ended(runId);
    expect(ended.tasks.map(({ id, status }) => [id, status])).toEqual([
      ["a", "done"],
      ["c", "done"],
    ]);
    await expect(edit(runId, wanted, "4")).rejects.toMatchObject({ value: { code: "run.ended" } });
  });
});

describe("a plan that evidence contradicts", () => {
  const obstacle: Reply = {
    toolCalls: [{ tool: "report_obstacle", arguments: { found: "There is no such module.", why: "b needs it." } }],
  };
  const doubt = { firstUser: "It does not hold. Task a found:" };

  it("is made anew for what has not begun, and goes on with that", async () => {
    await open({
      files: FILES,
      script: [
        { reply: propose(task("a"), task("b", { dependsOn: ["a"] })) },
        { when: { firstUser: "Your task (a)", tool: "report_obstacle" }, reply: obstacle },
        { when: { ...doubt, contains: "There is no such module." }, reply: instead(task("a"), task("x")) },
        { when: { ...doubt, last: "needs an id of its own" }, reply: instead(task("x")) },
        done("x"),
      ],
    });
    const runId = await engine.start(GOAL);
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", error: null, planRevisions: 1 });
    expect(state.tasks.map(({ id, status }) => [id, status])).toEqual([
      ["x", "done"],
      ["a", "failed"],
    ]);
    const revised = (await engine.events(runId)).find(({ body }) => body.type === "plan.revised");
    expect(revised?.body).toMatchObject({ by: "nexus", change: { added: ["x"], removed: ["a", "b"] } });
    const { outcomes } = await engine.service.planHistory({ workspace: engine.workspace });
    expect(outcomes.map(({ taskId, outcome }) => [taskId, outcome])).toEqual([
      ["x", "done"],
      ["a", "failed"],
    ]);
    expect(outcomes[0]).toMatchObject({ agent: "coder", model: "scripted", estimate: { basis: "default" } });
    expect(outcomes[0]?.actual.tokens).toBeGreaterThan(0);
  });

  it("asks again when the new one may do more, and fails with the old reason when it is refused", async () => {
    await open({
      files: FILES,
      script: [
        { reply: propose(task("a", { files: ["README.md"] })) },
        { when: { firstUser: "Your task (a)" }, reply: obstacle },
        { when: doubt, reply: instead(task("x", { files: ["secret.md"] })) },
      ],
    });
    const runId = await engine.start(GOAL, { headless: false });
    await answer(runId, await engine.until(runId, asked));
    const state = await engine.until(runId, (now) => asked(now) && now.tasks[0]?.status === "failed");
    expect(state.pendingApprovals[0]).toMatchObject({
      title: "Approve the new plan?",
      reason: "It also changes secret.md.",
      subject: { change: { added: ["x"], removed: ["a"] } },
    });
    await engine.restart();
    await answer(runId, state, "reject");
    expect(await engine.ended(runId)).toMatchObject({ status: "failed", error: { code: "plan.contradicted" } });
    expect((await planOf(runId)).tasks.map(({ id }) => id)).toEqual(["a"]);
  });

  it("is made anew twice and no more", async () => {
    const lost = (id: string): Script[number] => ({ when: { firstUser: `Your task (${id})` }, reply: obstacle });
    await open({
      files: FILES,
      script: [
        { reply: propose(task("a")) },
        ...[lost("a"), lost("x"), lost("y")],
        { when: doubt, reply: instead(task("x")) },
        { when: { firstUser: "It does not hold. Task x found:" }, reply: instead(task("y")) },
        { when: { firstUser: "It does not hold. Task y found:" }, reply: instead(task("z")) },
      ],
    });
    const state = await engine.ended(await engine.start(GOAL));
    expect(state).toMatchObject({ status: "failed", error: { code: "plan.contradicted" }, planRevisions: 2 });
    expect(engine.server.unused()).toHaveLength(1);
  });
});

it("goes through milestones where the goal is large, and keeps what is said of them", async () => {
  const outline = {
    summary: "Much.",
    milestones: [
      { id: "base", title: "Base", outcome: "It starts.", risks: [{ risk: "r", mitigation: "m" }] },
      { id: "top", title: "Top", outcome: "It shines." },
    ],
  };
  const goal = Array.from({ length: 12 }, (_, n) => `- thing ${n}`).join("\n");
  await open({
    files: FILES,
    script: [
      { when: { tool: "propose_outline" }, reply: { toolCalls: [{ tool: "propose_outline", arguments: outline }] } },
      { when: { contains: "Plan the tasks of the milestone base only" }, reply: instead(task("a")) },
      {
        when: { contains: "Plan the tasks of the milestone top only" },
        reply: instead(task("b", { dependsOn: ["a"] })),
      },
      ...[done("a"), done("b")],
    ],
  });
  const state = await engine.ended(await engine.start(goal));
  expect(state).toMatchObject({ status: "done", milestones: [{ id: "base" }, { id: "top" }] });
  expect(state.plan?.milestones?.map(({ estimate }) => estimate?.tokens)).toEqual([100_000, 100_000]);
  expect(state.tasks.map(({ milestone }) => milestone)).toEqual(["base", "top"]);
});

it("lets a task work with the model that the settings name for its difficulty", async () => {
  await open({
    files: FILES,
    models: { low: "scripted-small" },
    script: [{ reply: propose(task("a", { difficulty: "low" })) }, done("a")],
  });
  const runId = await engine.start(GOAL);
  await engine.ended(runId);
  const names = (await engine.events(runId)).flatMap(({ body }) =>
    body.type === "model.requested" ? [[body.taskId, body.model.model]] : [],
  );
  expect(names).toEqual([
    ["plan", "scripted"],
    ["a", "scripted-small"],
  ]);
});
