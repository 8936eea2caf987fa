/** Questions of an agent, and its list of steps, through the whole engine. */
import { afterEach, expect, it } from "vitest";
import { type Engine, startEngine } from "../../support/engine.ts";
import type { Reply, Script } from "../../support/scripted/script.ts";

let engine: Engine;
afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const call = (tool: string, input: unknown): Reply => ({ toolCalls: [{ tool, arguments: input }] });
const GOAL = "Build a shop with a basket, a checkout and an order history, each with tests";
const task = {
  id: "one",
  title: "Do one",
  goal: "Do one.",
  agent: "coder",
  files: [],
  acceptance: null,
  dependsOn: [],
};
const plan = call("propose_plan", { summary: "One step.", tasks: [task, { ...task, id: "two", title: "Do two" }] });
const items = [
  { text: "Ask", status: "done" },
  { text: "Build", status: "doing" },
];
const question = { question: "Which currency?", choices: ["euro", "yen"] };
const work: Script = [
  { reply: plan },
  { when: { firstUser: "Your task (one)", turn: 0 }, reply: call("ask_user", question) },
  {
    when: { firstUser: "Your task (one)", turn: 1, last: "The user answers:\nfrancs, as ever" },
    reply: call("todo", { items }),
  },
  { when: { firstUser: "Your task (one)", turn: 2 }, reply: { text: "One is done." } },
  { when: { firstUser: "Your task (two)", turn: 0 }, reply: { text: "Two is done." } },
];

async function startWithPlan(): Promise<string> {
  engine = await startEngine({ script: work });
  const runId = await engine.start(GOAL, { headless: false });
  const { pendingApprovals } = await engine.until(runId, (state) => state.status === "awaiting_approval");
  const { approvalId = "", subjectHash = "" } = pendingApprovals[0] ?? {};
  await engine.service.answer({ runId, approvalId, subjectHash, decision: "approve" }, { name: "t" });
  return runId;
}

it("waits for a person through a restart, and gives the agent the person's words", async () => {
  const runId = await startWithPlan();
  const asked = await engine.until(runId, (state) => (state.pendingQuestions ?? []).length > 0);
  expect(asked.status).toBe("awaiting_approval");
  const [pending] = asked.pendingQuestions ?? [];
  expect(pending).toMatchObject({ taskId: "one", agent: "coder", text: "Which currency?", choices: ["euro", "yen"] });
  await engine.restart();
  const answer = { runId, questionId: pending?.questionId ?? "", answer: "francs, as ever" };
  await engine.service.answerQuestion(answer, { name: "editor" });
  const late = engine.service.answerQuestion({ ...answer, answer: "yen" }, { name: "terminal" });
  await expect(late).rejects.toMatchObject({ value: { code: "question.unknown" } });
  const state = await engine.ended(runId);
  expect(state).toMatchObject({ status: "done", pendingQuestions: [], todo: { taskId: "one", items } });
  const types = (await engine.events(runId)).map(({ body }) => body.type);
  expect(types.filter((type) => type.startsWith("question."))).toEqual(["question.asked", "question.answered"]);
  expect(engine.server.unused()).toEqual([]);
});

it("ends with the run when it is cancelled", async () => {
  const runId = await startWithPlan();
  await engine.until(runId, (state) => (state.pendingQuestions ?? []).length > 0);
  await engine.service.cancel({ runId }, { name: "t" });
  expect(await engine.ended(runId)).toMatchObject({ status: "cancelled", pendingQuestions: [] });
});

it("asks nobody in a headless run", async () => {
  const script = work.map((entry) => {
    const last = entry.when?.last === undefined ? {} : { last: "Nobody is there. Decide by yourself" };
    return entry.when === undefined ? entry : { ...entry, when: { ...entry.when, ...last } };
  });
  engine = await startEngine({ script });
  const runId = await engine.start(GOAL);
  expect(await engine.ended(runId)).toMatchObject({ status: "done", todo: { items } });
  expect((await engine.events(runId)).map(({ body }) => body.type)).not.toContain("question.asked");
});

it("offers neither to a small change", async () => {
  engine = await startEngine({ script: [{ reply: { text: "Nothing to do." } }] });
  await engine.ended(await engine.start("Fix the typo in the title", { headless: false }));
  const [request] = engine.server.requests;
  for (const name of ["ask_user", "todo", "run_tests", "git_record", "recall"])
    expect(JSON.stringify(request?.body)).not.toContain(`"${name}"`);
});
