import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import type { ModelRequest, ModelResponse } from "../../daemon/models/model.ts";
import { respondStructured } from "../../daemon/models/structured.ts";
import { Plan } from "../../protocol/index.ts";
import { ask, PROVIDERS, requestOf, withModel } from "./ask.ts";

const Triage = z.object({ kind: z.enum(["question", "change"]), reason: z.string().check(z.maxLength(20)) });
const good = { kind: "change", reason: "a typo" };

const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1, estimated: false };
const said = (text: string): ModelResponse => ({ text, toolCalls: [], stopReason: "end", usage });
const called = (argumentsText: string, tool = "triage"): ModelResponse => ({
  ...said(""),
  stopReason: "tool_calls",
  toolCalls: [{ callId: "c1", tool, argumentsText }],
});

async function run(responses: readonly ModelResponse[], check?: (value: z.output<typeof Triage>) => string[]) {
  const requests: ModelRequest[] = [];
  const rejected: string[][] = [];
  const result = await respondStructured({
    schema: Triage,
    name: "triage",
    description: "Tells what is wanted.",
    failure: "plan.invalid",
    request: requestOf("fix the typo"),
    respond: (request) => {
      requests.push(request);
      const response = responses[requests.length - 1];
      return response === undefined ? Promise.reject(new Error("asked too often")) : Promise.resolve(response);
    },
    onRejected: (_attempt, problems) => void rejected.push(problems),
    ...(check === undefined ? {} : { check }),
  }).catch((error: Error & { value?: unknown }) => error.value ?? error.message);
  return { result, requests, rejected };
}

describe("respondStructured", () => {
  it.each([
    ["a tool call", called(JSON.stringify(good))],
    ["arguments in a string", called(JSON.stringify(JSON.stringify(good)))],
    ["arguments with words after them", called(`${JSON.stringify(good)} I hope this helps {really}`)],
    ["a bare object", said(JSON.stringify(good))],
    ["a fenced object", said(`Here you are:\n\`\`\`json\n${JSON.stringify(good, null, 2)}\n\`\`\`\nDone.`)],
    ["an object after thinking aloud", said(`<think>{"kind": maybe}</think> So: ${JSON.stringify(good)}.`)],
    ["a call written as text", said(JSON.stringify({ name: "triage", arguments: good }))],
    ["a call with its arguments as text", said(JSON.stringify({ name: "triage", arguments: JSON.stringify(good) }))],
    ["braces in strings", said(`{"note": "}{"} ${JSON.stringify(good)}`)],
  ])("takes %s", async (_name, response) => {
    expect(await run([response])).toMatchObject({ result: good, rejected: [] });
  });

  it("offers the schema and names the tool", async () => {
    const { requests } = await run([called(JSON.stringify(good))]);
    expect(requests[0]?.tools).toEqual([
      {
        name: "triage",
        description: "Tells what is wanted.",
        parameters: {
          type: "object",
          properties: {
            kind: { type: "string", enum: ["question", "change"] },
            reason: { type: "string", maxLength: 20 },
          },
          required: ["kind", "reason"],
        },
      },
    ]);
    expect(requests[0]?.system).toContain("calling the tool triage");
  });

  it("sends back what is wrong, in words, and takes the corrected answer", async () => {
    const bad = called(JSON.stringify({ kind: "chore", reason: "x".repeat(30) }));
    const { result, requests, rejected } = await run([bad, called(JSON.stringify(good))]);
    expect(result).toEqual(good);
    expect(rejected).toHaveLength(1);
    expect(rejected[0]?.join()).toMatch(/kind: .*"question"\|"change".*reason: Too big/);
    expect(requests[1]?.messages.slice(1)).toMatchObject([
      { role: "assistant", toolCalls: [{ callId: "c1" }] },
      { role: "tool", callId: "c1", isError: true, text: expect.stringContaining("reason: Too big") },
    ]);
  });

  it.each([
    ["another tool", called("{}", "shell"), "no tool shell"],
    ["arguments that do not parse", called('{"kind": '), "not a JSON object"],
    ["an empty answer", said(" "), "empty"],
    ["words alone", said("I think it is a change."), "no JSON object"],
    ["an answer cut off", { ...said('{"kind"'), stopReason: "length" as const }, "cut off"],
    ["code instead of JSON", said('({kind: "change", reason: globalThis.process.exit(3)})'), "no JSON object"],
  ])("rejects %s", async (_name, response, problem) => {
    const { result, rejected } = await run([response, called(JSON.stringify(good))]);
    expect(result).toEqual(good);
    expect(rejected[0]?.join()).toContain(problem);
  });

  it("checks beyond the schema", async () => {
    const other = { kind: "question", reason: "why" };
    const check = ({ kind }: { kind: string }) => (kind === "question" ? ["it is no question"] : []);
    const { result, rejected } = await run([called(JSON.stringify(other)), called(JSON.stringify(good))], check);
    expect(result).toEqual(good);
    expect(rejected).toEqual([["it is no question"]]);
  });

  it("gives up after two corrections with the caller's error and the last problems", async () => {
    const { result, requests, rejected } = await run([said("a"), said("b"), called('{"kind":"change"}')]);
    expect(requests).toHaveLength(3);
    expect(rejected).toHaveLength(3);
    expect(result).toMatchObject({ code: "plan.invalid", message: expect.stringContaining("reason") });
  });
});

it.each(PROVIDERS)("a plan over the wire, corrected once: $provider", (provider) => {
  const task = { id: "one", title: "One", goal: "Do it", agent: "coder", files: [], acceptance: null, dependsOn: [] };
  const plan = { summary: "All of it", tasks: [task] };
  const script = [
    {
      when: { tool: "propose_plan", turn: 0 },
      reply: { toolCalls: [{ tool: "propose_plan", arguments: { tasks: [] } }] },
    },
    { when: { last: "summary" }, reply: { toolCalls: [{ tool: "propose_plan", arguments: plan }] } },
  ];
  return withModel(provider, script, async ({ model }) => {
    const result = await respondStructured({
      schema: Plan,
      name: "propose_plan",
      description: "Hands in the plan.",
      failure: "plan.invalid",
      request: requestOf("plan it"),
      respond: async (request) => {
        const { response, message } = await ask(model, request);
        if (response === undefined) throw new Error(message);
        return response;
      },
    });
    expect(result).toEqual(plan);
  });
});
