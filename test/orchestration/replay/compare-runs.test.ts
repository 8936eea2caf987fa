import { afterEach, expect, it } from "vitest";
import { replayRun } from "../../../daemon/orchestration/replay/replay.ts";
import { type Engine, startEngine } from "../../support/engine.ts";
import type { Reply, Script } from "../../support/scripted/script.ts";

let engine: Engine;
afterEach(() => engine.close());

function call(tool: string, ...inputs: unknown[]): Reply {
  return { toolCalls: inputs.map((input) => ({ tool, arguments: input })) };
}

const WORK: Script = [
  { when: { lastUser: "in capitals" }, reply: call("write_file", { path: "a.txt", content: "NEW\n" }) },
  { when: { turn: 0 }, reply: call("write_file", { path: "a.txt", content: "new\n" }) },
  { when: { turn: 1 }, reply: { text: "Done." }, repeat: true },
];

it("puts a run and its fork with another prompt and model side by side, since they parted", async () => {
  engine = await startEngine({ script: WORK, settings: { price: { input: 1, output: 1 } } });
  const runId = await engine.start("Write a.txt");
  await engine.ended(runId);
  const { server } = engine;
  const modelSettings = {
    provider: "openai" as const,
    model: "other",
    baseUrl: server.url,
    apiKey: "test-key-0123456789",
  };
  const wish = { runId, checkpoint: 1, idempotencyKey: "fork-00001", prompt: "Write it in capitals." };
  const fork = await engine.service.fork(
    { ...wish, modelSettings: { ...modelSettings, price: { input: 2, output: 2 } } },
    { name: "t" },
  );
  expect(await engine.ended(fork.runId)).toMatchObject({ status: "done" });
  const compared = await engine.service.compare({ runId, other: fork.runId });
  expect(compared).toMatchObject({
    first: { runId, status: "done", model: "scripted", files: [{ path: "a.txt" }] },
    second: { runId: fork.runId, status: "done", model: "other", files: [{ path: "a.txt" }] },
  });
  expect(compared.patch).toMatch(/^-new$/m);
  expect(compared.patch).toMatch(/^\+NEW$/m);
  expect(compared.first.modelCalls).toBe(compared.second.modelCalls);
  expect(compared.second.costUsd).toBeGreaterThan(compared.first.costUsd);
  expect(await replayRun(engine.store, fork.runId)).toMatchObject({ divergence: null });
});

it("lets another agent take over what a plan has left", async () => {
  const task = (id: string, dependsOn: string[] = []) => ({
    ...{ id, title: `Do ${id}`, goal: `Do ${id}.`, agent: "coder", files: [], acceptance: null, dependsOn },
  });
  const plan = call("propose_plan", { summary: "Two steps.", tasks: [task("one"), task("two", ["one"])] });
  const write = (id: string): Script => [
    {
      when: { firstUser: `Your task (${id})`, turn: 0 },
      reply: call("write_file", { path: `${id}.txt`, content: "1\n" }),
      repeat: true,
    },
    { when: { firstUser: `Your task (${id})`, turn: 1 }, reply: { text: `${id} is done.` }, repeat: true },
  ];
  engine = await startEngine({
    script: [{ when: { tool: "propose_plan", turn: 0 }, reply: plan }, ...write("one"), ...write("two")],
  });
  const runId = await engine.start("- do one thing\n- do another thing\n- do a third thing");
  expect(await engine.ended(runId)).toMatchObject({ status: "done" });
  const { checkpoints } = await engine.service.checkpoints({ runId });
  const before = checkpoints.find(({ taskId }) => taskId === "two")?.number ?? 0;
  const params = { runId, checkpoint: before, idempotencyKey: "agent-0001" };
  await expect(engine.service.fork({ ...params, agent: "nobody" }, { name: "t" })).rejects.toMatchObject({
    value: { code: "request.invalid", message: expect.stringContaining("backend") },
  });
  const fork = await engine.service.fork({ ...params, agent: "backend" }, { name: "t" });
  const asked = engine.server.requests.length;
  const state = await engine.ended(fork.runId);
  expect(state.plan?.tasks.map(({ agent }) => agent)).toEqual(["coder", "backend"]);
  const instructions = engine.server.requests.map(({ body }) => JSON.stringify(body["messages"]).slice(0, 300));
  expect(instructions.slice(asked)).not.toEqual([]);
  expect(instructions.slice(0, asked)).not.toContain(instructions.at(-1));
});
