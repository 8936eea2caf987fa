import { expect, it } from "vitest";
import { createNarrator } from "../../../daemon/metagpt/adapter/narrate.ts";

it("a report that is none says nothing and throws nothing", () => {
  const told: string[] = [];
  const narrator = createNarrator((text) => told.push(text));
  const odd = { toString: "no function", valueOf: 1 };
  for (const report of [
    undefined,
    null,
    1,
    "x",
    [],
    {},
    { block: odd, name: "path", value: "x" },
    { block: "Docs", name: odd },
  ])
    narrator.report(report);
  expect(told).toEqual([]);
  narrator.report({ block: "Docs", name: "path", role: odd, value: odd });
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^MetaGPT · Docs path: /);
});
