import { afterEach, describe, expect, it } from "vitest";
import { type Engine, type EngineOptions, startEngine } from "../../support/engine.ts";
import type { Reply, Script } from "../../support/scripted/script.ts";
import { bodies, call, createGate, GOAL, planned, task, turns } from "../team/fixture.ts";

let engine: Engine;

async function open(options: EngineOptions): Promise<Engine> {
  engine = await startEngine(options);
  return engine;
}

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const REVIEW = "Review what the agent coder did";
const write = (text: string) => call("write_file", { path: "a.txt", content: `${text}\n` });
const says = (verdict: string, ...comments: string[]): Reply => call("give_verdict", { verdict, comments });
const reviews = (...replies: Reply[]): Script => replies.map((reply) => ({ when: { firstUser: REVIEW }, reply }));
const judges = (decision: string, reason: string): Script => [
  { when: { system: "You decide between an agent" }, reply: call("decide", { decision, reason }) },
];
const reviewed = (rounds: number, more = {}) => task("a", { review: { by: "testing", rounds }, ...more });
const DONE = { text: "a is done." };

describe("a review", () => {
  it("sends the work back with its comments, then accepts it, also through a restart", async () => {
    const held = createGate();
    await open({
      script: [
        ...planned(reviewed(2), task("b")),
        ...turns("a", write("one"), DONE, write("two"), DONE),
        ...turns("b", call("write_file", { path: "b.txt", content: "b\n" }), { text: "b is done." }),
        ...reviews(says("rejected"), says("rejected", "Write two, not one."), says("accepted")),
      ],
      hold: ({ messages }) =>
        messages[0]?.text.includes("Your task (a)") && messages.at(-1)?.text.includes("Write two")
          ? held.passed
          : undefined,
    });
    const runId = await engine.start(GOAL);
    await engine.until(runId, ({ tasks }) => tasks.some(({ id, reviews: count }) => id === "a" && count === 1));
    const restarted = engine.restart();
    held.open();
    await restarted;
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", error: null });
    const events = await engine.events(runId);
    expect(bodies(events, "task.reviewed")).toMatchObject([
      { by: "testing", round: 1, verdict: "rejected", comments: ["Write two, not one."], decidedBy: "review" },
      { by: "testing", round: 2, verdict: "accepted", decidedBy: "review" },
    ]);
    expect(bodies(events, "task.delegated")).toMatchObject([
      { taskId: "a-review-1", parent: "a", agent: "testing", contract: { readOnly: true } },
      { taskId: "a-review-2" },
    ]);
    const asked = engine.server.requests.map(({ body }) => JSON.stringify(body));
    const ofReviewer = asked.filter((text) => text.includes(REVIEW));
    expect(ofReviewer[0]).toContain("+one");
    expect(ofReviewer.every((text) => !text.includes('"write_file"'))).toBe(true);
    expect(asked.some((text) => text.includes("found what must change"))).toBe(true);
  });

  const rejected = { script: [...turns("a", write("one"), DONE), ...reviews(says("rejected", "Not good."))] };
  const b: Script = turns("b", call("write_file", { path: "b.txt", content: "b\n" }), { text: "b is done." });
  const passing = { acceptance: { command: "true", expect: "pass" } };

  it.each([
    ["accepts it", judges("accepted", "It is what was asked."), "done", "judge", "accepted"],
    ["rejects it", judges("rejected", "It is not."), "failed", "judge", "rejected"],
  ] as const)(
    "that will not be satisfied goes to a judge, who %s",
    async (_name, judge, status, decidedBy, verdict) => {
      await open({ script: [...planned(reviewed(1), task("b")), ...rejected.script, ...judge, ...b] });
      const runId = await engine.start(GOAL);
      const state = await engine.ended(runId);
      expect(state.tasks.find(({ id }) => id === "a")?.status).toBe(status);
      expect(bodies(await engine.events(runId), "task.reviewed").at(-1)).toMatchObject({ decidedBy, verdict });
    },
  );

  it.each([
    ["passes what its own check passed", passing, "done", "accepted"],
    ["does not pass what nothing speaks for", {}, "failed", "rejected"],
  ] as const)(
    "is decided by rule where the judge cannot tell and nobody is there: it %s",
    async (_name, more, status, verdict) => {
      const script = [...rejected.script, ...judges("undecided", "I cannot see it."), ...b];
      await open({ script: [...planned(reviewed(1, more), task("b")), ...script] });
      const runId = await engine.start(GOAL, { policy: { plan: "allow", command: "allow" } });
      const state = await engine.ended(runId);
      expect(bodies(await engine.events(runId), "task.reviewed").at(-1)).toMatchObject({ decidedBy: "rule", verdict });
      expect(state.tasks.find(({ id }) => id === "a")?.status).toBe(status);
    },
  );

  it("is decided by the person where the judge cannot tell", async () => {
    const script = [...rejected.script, ...judges("undecided", "I cannot see it."), ...b];
    await open({ script: [...planned(reviewed(1), task("b")), ...script] });
    const runId = await engine.start(GOAL, { headless: false, policy: { plan: "allow" } });
    const { pendingQuestions = [] } = await engine.until(runId, (now) => (now.pendingQuestions ?? []).length > 0);
    expect(pendingQuestions[0]?.text).toContain("testing rejects what coder did for “Do a”");
    const answer = { runId, questionId: pendingQuestions[0]?.questionId ?? "", answer: "accept" };
    await engine.service.answerQuestion(answer, { name: "test" });
    expect((await engine.ended(runId)).status).toBe("done");
    expect(bodies(await engine.events(runId), "task.reviewed").at(-1)).toMatchObject({ decidedBy: "person" });
  });

  it("without a verdict lets the work pass, and says so", async () => {
    const silent: Script = Array.from({ length: 3 }, () => ({
      when: { firstUser: REVIEW },
      reply: { text: "Looks fine." },
    }));
    await open({ script: [...planned(reviewed(1), task("b")), ...turns("a", write("one"), DONE), ...silent, ...b] });
    const runId = await engine.start(GOAL);
    expect((await engine.ended(runId)).status).toBe("done");
    expect(bodies(await engine.events(runId), "task.reviewed")).toMatchObject([
      { verdict: "accepted", decidedBy: "rule" },
    ]);
  });
});
