import { expect, it } from "vitest";
import * as z from "zod/mini";
import { BUILT_IN_AGENTS } from "../../daemon/agents/registry.ts";
import { estimateTokens } from "../../daemon/models/tokens.ts";
import { jsonSchemaOf, TEAM_TOOLS, TOOLS, toolSchemas } from "../../daemon/tools/catalogue.ts";
import { isFormFor } from "../../daemon/tools/edits/forms.ts";

/** A second way of editing has its price. */
const MODELS = [
  ["gpt-5.1", 1200],
  ["claude-sonnet-5-5", 1330],
  ["qwen2.5-coder", 1200],
] as const;

it.each(MODELS)(
  "costs few tokens for %s: for a small change at most %i, for anything with the agent's prompt under 3 000",
  (model, limit) => {
    for (const { tools, moreTools, system } of BUILT_IN_AGENTS) {
      const costOf = (names: readonly string[]) =>
        estimateTokens(JSON.stringify(toolSchemas(({ name }) => names.includes(name) && isFormFor(name, model))));
      expect(costOf(tools)).toBeLessThanOrEqual(limit);
      for (const more of Object.values(moreTools))
        expect(costOf([...tools, ...more]) + estimateTokens(system)).toBeLessThan(3000);
    }
  },
);

it("costs an agent beside others at most 500 tokens more", () => {
  const names = TEAM_TOOLS.map(({ name }) => name);
  expect(estimateTokens(JSON.stringify(toolSchemas(({ name }) => names.includes(name))))).toBeLessThanOrEqual(500);
});

it("offers only what is allowed, in the same order, as the same objects", () => {
  const first = toolSchemas((tool) => tool.effect === "pure");
  expect(first.map((schema) => schema.name)).toEqual([
    "list_files",
    "read_file",
    "search_text",
    "search_code",
    "find_symbol",
    "command_output",
    "find_agents",
    "check_citations",
    "git",
    "show_diff",
    "recall",
    "board_read",
    "check_delivery",
    "query_data",
    "read_result",
  ]);
  expect(toolSchemas(() => true)[0]).toBe(first[0]);
  expect(toolSchemas(() => false)).toEqual([]);
});

it("has a name, a description and an object schema for each tool, as every provider wants them", () => {
  expect(new Set(TOOLS.map((tool) => tool.name)).size).toBe(TOOLS.length);
  for (const { name, description, parameters } of toolSchemas(() => true)) {
    expect(name).toMatch(/^[a-z][a-z_]{2,40}$/);
    expect(description.length).toBeGreaterThan(10);
    expect(parameters).toMatchObject({ type: "object", properties: {} });
    expect(parameters).not.toHaveProperty("$schema");
  }
});

it("knows every tool that an agent names", () => {
  const names = TOOLS.map((tool) => tool.name);
  for (const agent of BUILT_IN_AGENTS)
    expect(names).toEqual(expect.arrayContaining([...agent.tools, ...Object.values(agent.moreTools).flat()]));
});

it("drops the bounds that say nothing, and keeps those that do", () => {
  const schema = z.object({ any: z.int(), some: z.int().check(z.gte(1), z.lte(9)) });
  expect(jsonSchemaOf(schema)).toMatchObject({
    properties: { any: { type: "integer" }, some: { type: "integer", minimum: 1, maximum: 9 } },
  });
  expect(JSON.stringify(jsonSchemaOf(schema))).not.toContain(String(Number.MAX_SAFE_INTEGER));
});
