import { describe, expect, it } from "vitest";
import type { ModelRequest } from "../../daemon/models/model.ts";
import { makePlan } from "../../daemon/planning/planner.ts";
import type { Outline } from "../../daemon/planning/strategic.ts";
import { needsOutline } from "../../daemon/planning/strategic.ts";
import type { Plan } from "../../protocol/index.ts";
import { plan, task } from "./plans.ts";

const USAGE = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1, estimated: false };
const AGENTS = [
  { name: "coder", purpose: "Code." },
  { name: "testing", purpose: "Tests." },
];
const LARGE = Array.from({ length: 12 }, (_, n) => `- thing ${n}`).join("\n");

/** A planner whose scripted answers come in this order, and what it was asked. */
function scripted(
  answers: readonly unknown[],
  goal = "- one\n- two\n- three",
  checkPlan = async (): Promise<string[]> => [],
) {
  const asked: { stage: string; attempt: number; request: ModelRequest }[] = [];
  const rejected: string[][] = [];
  const outlined: Outline[] = [];
  const onOutlined = async (outline: Outline) => {
    outlined.push(outline);
    return outline;
  };
  const made = makePlan(
    { goal, opening: `Goal:\n${goal}`, agents: AGENTS, checkPlan, onOutlined },
    {
      async respond(request, stage, attempt) {
        const tool = request.tools[0]?.name ?? "";
        const argumentsText = JSON.stringify(answers[asked.length] ?? {});
        asked.push({ stage, attempt, request });
        return { text: "", toolCalls: [{ callId: "1", tool, argumentsText }], stopReason: "tool_calls", usage: USAGE };
      },
      async onRejected(_stage, _attempt, problems) {
        rejected.push(problems);
      },
    },
  );
  return { made, asked, rejected, outlined };
}

const OUTLINE = {
  summary: "All of it.",
  milestones: [
    {
      ...{ id: "base", title: "Base", outcome: "It starts." },
      risks: [{ risk: "Old data", mitigation: "Keep a copy." }],
      estimate: { tokens: 1000, minutes: 5 },
    },
    { id: "top", title: "Top", outcome: "It shines." },
  ],
};
const BASE = { tasks: [task("schema", { outputs: [{ name: "the schema", kind: "file", path: "s.sql" }] })] };
const TOP = {
  tasks: [task("page", { inputs: ["the schema"], agent: "testing" }), task("docs", { dependsOn: ["page"] })],
};

describe("a small goal", () => {
  it("is planned with one call", async () => {
    const { made, asked, outlined } = scripted([plan(task("a"), task("b", { dependsOn: ["a"] }))]);
    expect((await made).tasks.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(asked.map(({ stage }) => stage)).toEqual(["plan"]);
    expect(outlined).toEqual([]);
  });

  it("is corrected with the reasons, twice at most", async () => {
    const cyclic = plan(task("a", { dependsOn: ["b"] }), task("b", { dependsOn: ["a"] }));
    const { made, rejected } = scripted([cyclic, { tasks: "none" }, cyclic]);
    await expect(made).rejects.toMatchObject({ value: { code: "plan.invalid" } });
    expect(rejected).toHaveLength(3);
    expect(rejected[0]).toEqual(["the dependencies form a cycle: a → b → a"]);
  });

  it("takes a check that may not run after two objections, not a cycle", async () => {
    const doubtful = plan(task("a"));
    const object = async () => ["task a: its acceptance command cannot run"];
    const { made, rejected } = scripted([doubtful, doubtful, doubtful], undefined, object);
    expect(await made).toMatchObject({ tasks: [{ id: "a" }] });
    expect(rejected).toHaveLength(2);
  });
});

describe("a large goal", () => {
  it("is told by what it lists and by its length", () => {
    expect(needsOutline(LARGE)).toBe(true);
    expect(needsOutline("word ".repeat(400))).toBe(true);
    expect(needsOutline("- one\n- two\n- three")).toBe(false);
  });

  it("is outlined, and each milestone's planner is told what those before it make", async () => {
    const { made, asked, outlined } = scripted([OUTLINE, BASE, TOP], LARGE);
    const whole = await made;
    expect(asked.map(({ stage }) => stage)).toEqual(["outline", "plan-base", "plan-top"]);
    expect(asked[2]?.request.messages[0]?.text).toContain("- schema: Do schema; hands on the schema (file)");
    expect(outlined[0]?.milestones[0]?.estimate).toMatchObject({ tokens: 1000, basis: "model" });
    expect(whole.milestones?.map(({ id }) => id)).toEqual(["base", "top"]);
    expect(whole.tasks.map(({ id, milestone, dependsOn }) => [id, milestone, dependsOn])).toEqual([
      ["schema", "base", []],
      ["page", "top", ["schema"]],
      ["docs", "top", ["page"]],
    ]);
  });

  it("is outlined too when the planner hands in a plan without tasks", async () => {
    const { made, asked } = scripted([{ summary: "Too much.", tasks: [] }, OUTLINE, BASE, TOP]);
    expect((await made).tasks).toHaveLength(3);
    expect(asked.map(({ stage }) => stage)).toEqual(["plan", "outline", "plan-base", "plan-top"]);
  });

  it("has ids that are unique over its milestones, and thirty tasks at most", async () => {
    const again = { tasks: [task("schema")] };
    const many = { tasks: Array.from({ length: 30 }, (_, n) => task(`t${n}`)) };
    const { made, rejected } = scripted([OUTLINE, BASE, again, many, TOP], LARGE);
    await made;
    expect(rejected).toEqual([
      ["two tasks have the same id"],
      ["1 tasks too many: all milestones together have 30 at most"],
    ]);
  });

  it("lets a milestone end with what nobody takes", async () => {
    const { made } = scripted([OUTLINE, BASE, { tasks: [task("docs")] }], LARGE);
    const whole: Plan = await made;
    expect(whole.tasks[0]?.outputs?.[0]?.final).toBe(true);
  });
});
