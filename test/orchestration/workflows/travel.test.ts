/** Going back to a state, two forks side by side, and going on with a changed definition. */
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { type Engine, startEngine } from "../../support/engine.ts";

let engine: Engine;
const slow = { timeout: 60_000 };
const caller = { name: "t" };
const path = ".nexus/workflows/w.yaml";

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const GATED = `name: w
outputs: { line: steps.show.output.output }
steps:
  - { id: make, command: { run: echo one > made.txt } }
  - { id: ask, gate: { ask: Which?, choices: [red, blue] } }
  - { id: show, command: { run: 'echo "$COLOUR"', env: { COLOUR: "\${{ steps.ask.output.answer }}" } } }
`;

async function answer(runId: string, words: string): Promise<void> {
  const { pendingQuestions = [] } = await engine.until(runId, (state) => (state.pendingQuestions ?? []).length > 0);
  await engine.service.answerQuestion(
    { runId, questionId: pendingQuestions[0]?.questionId ?? "", answer: words },
    caller,
  );
}

async function begin(text = GATED): Promise<string> {
  engine = await startEngine({ script: [], files: { "a.txt": "a\n", [path]: text } });
  return engine.start("Workflow w", { workflow: { path }, headless: false });
}

describe("a workflow's run", () => {
  it("is gone on from in any of its states, and the ends are compared", slow, async () => {
    const first = await begin();
    await answer(first, "red");
    expect(JSON.parse((await engine.ended(first)).answer ?? "")).toEqual({ line: "red\n" });
    const { states } = await engine.service.workflows.states({ runId: first });
    expect(states.map(({ at, ended }) => [at, ended.map((step) => step.at).join()])).toEqual([
      ["make", ""],
      ["ask", "make"],
      ["show", "make,ask"],
    ]);
    const checkpoint = states[1]?.number ?? 0;
    const fork = await engine.service.fork({ runId: first, checkpoint, idempotencyKey: randomUUID() }, caller);
    await answer(fork.runId, "blue");
    const forked = await engine.ended(fork.runId);
    expect(JSON.parse(forked.answer ?? "")).toEqual({ line: "blue\n" });
    expect(forked.changes?.changeSet.files.map((file) => file.path)).toEqual(["made.txt"]);
    const { steps } = await engine.service.workflows.compare({ first, second: fork.runId });
    expect(steps.map(({ at, same }) => [at, same])).toEqual([
      ["make", true],
      ["ask", false],
      ["show", false],
    ]);
    expect(steps[2]?.second).toMatchObject({ outcome: "done", costUsd: 0, attempts: 1 });
  });

  it("goes on with a changed definition where what is done is the same", slow, async () => {
    const runId = await begin();
    await engine.until(runId, (state) => (state.pendingQuestions ?? []).length > 0);
    const changed = GATED.replace("Which?", "Which colour?").replace("outputs:", "description: changed\noutputs:");
    writeFileSync(`${engine.workspace}/${path}`, `${changed}  - { id: more, set: { done: true } }\n`);
    const dry = await engine.service.workflows.migrate({ runId, workflow: { path }, dryRun: true }, caller);
    expect(dry.migrated).toBe(false);
    expect(dry.steps.map(({ at, fate }) => `${at} ${fate}`)).toEqual([
      "make kept",
      "ask redone",
      "show waiting",
      "more waiting",
    ]);
    expect((await engine.service.workflows.migrate({ runId, workflow: { path } }, caller)).migrated).toBe(true);
    await engine.until(runId, (state) => state.pendingQuestions?.some(({ text }) => text === "Which colour?") === true);
    const { pendingQuestions = [] } = (await engine.service.show({ runId })).run;
    const question = pendingQuestions.find(({ text }) => text === "Which colour?");
    await engine.service.answerQuestion({ runId, questionId: question?.questionId ?? "", answer: "red" }, caller);
    await engine.ended(runId);
    const ended = (await engine.events(runId)).flatMap(({ body }) => (body.type === "step.finished" ? [body.at] : []));
    expect(ended).toEqual(["make", "ask", "show", "more"]);
  });

  it("does not go on with one in which something done is another thing, or needs what is not done", slow, async () => {
    const runId = await begin();
    await engine.until(runId, (state) => (state.pendingQuestions ?? []).length > 0);
    const migrate = (text: string) =>
      engine.service.workflows.migrate({ runId, workflow: { path: "changed.yaml", text } }, caller);
    await expect(migrate("name: w\nsteps: [{ id: make, set: {} }]\n")).rejects.toMatchObject({
      value: { code: "workflow.not_migratable" },
    });
    const before = GATED.replace("steps:\n", "steps:\n  - { id: first, set: {} }\n");
    await expect(migrate(before)).rejects.toThrow(/make: It is done, and needs first now/);
    await answer(runId, "blue");
    expect(JSON.parse((await engine.ended(runId)).answer ?? "")).toEqual({ line: "blue\n" });
  });
});
