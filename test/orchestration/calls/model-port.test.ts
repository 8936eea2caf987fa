/** What a program that a tool runs asks of the run's model: a call of the run, with its money, its log and its replay. */
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { hashOf } from "../../../daemon/host/files.ts";
import type { ModelPort } from "../../../daemon/tools/model-port.ts";
import type { DirectTool, ToolOutcome } from "../../../daemon/tools/tool.ts";
import { failure } from "../../../protocol/index.ts";
import { type Engine, startEngine } from "../../support/engine.ts";

let engine: Engine;

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const path = ".nexus/workflows/ask.yaml";
const FLOW = `name: ask
outputs: { said: steps.ask.output.text }
steps:
  - { id: ask, tool: { name: ask_often } }
`;
const FILES = { "README.md": "# A\n", [path]: FLOW };
const price = { input: 1, output: 1 };

function tool(work: (models: ModelPort, signal: AbortSignal) => Promise<ToolOutcome>): DirectTool {
  return {
    name: "ask_often",
    description: "Asks.",
    input: z.object({}),
    effect: "idempotent",
    access: () => ({ kind: "none" }),
    async execute(_, { models, signal }) {
      if (models === undefined) throw new Error("there is no model");
      return work(models, signal);
    },
  };
}

const question = (text: string) => ({
  system: "",
  messages: [{ role: "user" as const, text }],
  tools: [],
  maxOutputTokens: 1000,
});

async function open(work: Parameters<typeof tool>[0]): Promise<Engine> {
  engine = await startEngine({
    files: FILES,
    script: [{ repeat: true, reply: { text: "Yes.", usage: { inputTokens: 100, outputTokens: 10 } } }],
    settings: { price },
    foreignTools: async () => [tool(work)],
  });
  return engine;
}

const start = (more = {}) => engine.start("Ask", { workflow: { path }, ...more });

describe("a model for a tool's program", () => {
  it("is asked at the run's cost, under keys that belong to the call, and replays", async () => {
    await open(async (models) => {
      const answers = [await models.respond(question("One?")), await models.respond(question("One?"))];
      const texts = answers.map((answer) => (answer.ok ? answer.value.text : answer.error.code));
      return { ok: true, output: `${models.model}: ${texts.join(" ")}`, summary: "asked" };
    });
    const state = await engine.ended(await start());
    expect(state).toMatchObject({ status: "done", stats: { modelCalls: 2, inputTokens: 200, outputTokens: 20 } });
    expect(JSON.parse(state.answer ?? "")).toEqual({ said: "scripted: Yes. Yes." });
    expect(state.budget.spentUsd).toBeCloseTo((2 * 110) / 1_000_000, 9);
    const events = await engine.events(state.runId);
    const hash = hashOf(JSON.stringify(question("One?"))).slice(0, 24);
    expect(events.flatMap(({ body }) => (body.type === "model.responded" ? [body.key] : []))).toEqual([
      `tool/step.ask/0/0/model/${hash}/0`,
      `tool/step.ask/0/0/model/${hash}/1`,
    ]);
  });

  it("says that the budget is spent, stops the call, and ends the run for that", async () => {
    const seen: string[] = [];
    await open(async (models, signal) => {
      while (!signal.aborted && seen.length < 10) {
        const answer = await models.respond(question(`Again ${seen.length}?`));
        seen.push(answer.ok ? "yes" : answer.error.code);
      }
      return failure("tool.failed", "There is no more money.");
    });
    // Not even a short answer's worst price fits into what is left after the first two calls.
    const state = await engine.ended(await start({ budgetUsd: 0.00136 }));
    expect(state).toMatchObject({ status: "out_of_budget", error: { code: "budget.exceeded" } });
    expect(seen.at(-1)).toBe("budget.exceeded");
    expect(seen.filter((word) => word !== "yes")).toHaveLength(1);
    expect(state.budget.spentUsd).toBeLessThanOrEqual(0.00136);
  });

  it("gives after a restart the answers that are paid for, and pays for new ones only", async () => {
    let lives = 0;
    const reached = Promise.withResolvers<void>();
    await open(async (models, signal) => {
      lives++;
      await models.respond(question("One?"));
      if (lives === 1) {
        reached.resolve();
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      }
      await models.respond(question("Two?"));
      return { ok: true, output: "both", summary: "both" };
    });
    const runId = await start();
    await reached.promise;
    await engine.restart();
    expect(await engine.ended(runId)).toMatchObject({ status: "done", stats: { modelCalls: 2 } });
    expect(lives).toBe(2);
    expect(engine.server.requests.length).toBe(2);
  });

  it("tells of a model that fails as a value", async () => {
    engine = await startEngine({
      files: FILES,
      script: [{ repeat: true, misbehave: { status: 401, times: "always" } }],
      settings: { price },
      foreignTools: async () => [
        tool(async (models) => {
          const answer = await models.respond(question("One?"));
          return { ok: true, output: answer.ok ? "yes" : answer.error.code, summary: "asked" };
        }),
      ],
    });
    const state = await engine.ended(await start());
    expect(JSON.parse(state.answer ?? "")).toEqual({ said: "model.key_refused" });
  });
});
