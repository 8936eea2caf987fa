/** The weights are measured values: nobody changes them unseen, and docs/search.md tells them as they are. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { analyseQuery } from "../../../daemon/memory/search/query.ts";
import { PARTS, weightsFor } from "../../../daemon/memory/search/ranking.ts";

const page = readFileSync(new URL("../../../docs/search.md", import.meta.url), "utf8");

/** Part → its weights on the page: one, or that of a user's words and that of the code's. */
function toldWeights(): Map<string, number[]> {
  const rows = [...page.matchAll(/^\| (\w+) \| ([\d.]+(?:, or [\d.]+)?) \|/gm)];
  return new Map(rows.map(([, part = "", weights = ""]) => [part, weights.split(", or ").map(Number)]));
}

it.each([
  ["words of a user", "people see their cart twice after they sign in", 0],
  ["words of the code", "fix readCart in src/cart.ts", -1],
])("weighs the parts as the page tells: %s", (_name, text, which) => {
  const told = [...toldWeights()].map(([part, weights]) => [part, weights.at(which)]);
  const { demotion, ...weights } = weightsFor(analyseQuery(text));
  expect(demotion).toBe(true);
  expect(weights).toEqual(Object.fromEntries(told));
  expect(told.map(([part]) => part)).toEqual([...PARTS]);
});
