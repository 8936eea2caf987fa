import { expect, it } from "vitest";
import * as z from "zod/mini";
import { AGENTS } from "../../daemon/agents/coder.ts";
import { estimateTokens } from "../../daemon/models/tokens.ts";
import { jsonSchemaOf, TOOLS, toolSchemas } from "../../daemon/tools/catalogue.ts";

it("costs few tokens: all tools of the start at most 1 300, with the agent's prompt under 3 000", () => {
  // read_result is offered only once a result was cut.
  const tokens = estimateTokens(JSON.stringify(toolSchemas((tool) => tool.name !== "read_result")));
  expect(tokens).toBeLessThanOrEqual(1300);
  for (const agent of AGENTS) expect(tokens + estimateTokens(agent.system)).toBeLessThan(3000);
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
    "show_diff",
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
  for (const agent of AGENTS) expect(names).toEqual(expect.arrayContaining([...agent.tools]));
});

it("drops the bounds that say nothing, and keeps those that do", () => {
  const schema = z.object({ any: z.int(), some: z.int().check(z.gte(1), z.lte(9)) });
  expect(jsonSchemaOf(schema)).toMatchObject({
    properties: { any: { type: "integer" }, some: { type: "integer", minimum: 1, maximum: 9 } },
  });
  expect(JSON.stringify(jsonSchemaOf(schema))).not.toContain(String(Number.MAX_SAFE_INTEGER));
});
