import { expect, it } from "vitest";
import { average, qualityLine, qualityOf } from "../../../bench/search/measures.ts";

const ranked = Array.from({ length: 30 }, (_, place) => `${place + 1}`);

it.each([
  ["the first", ["1"], { recall1: 1, recall5: 1, recall10: 1, recall20: 1, reciprocal: 1 }],
  ["the fifth", ["5"], { recall1: 0, recall5: 1, recall10: 1, recall20: 1, reciprocal: 0.2 }],
  ["the sixth", ["6"], { recall1: 0, recall5: 0, recall10: 1, recall20: 1, reciprocal: 1 / 6 }],
  [
    "two of four",
    ["2", "9", "21", "none"],
    { recall1: 0, recall5: 0.25, recall10: 0.5, recall20: 0.5, reciprocal: 0.5 },
  ],
  ["none", ["none"], { recall1: 0, recall5: 0, recall10: 0, recall20: 0, reciprocal: 0 }],
])("measures %s", (_name, gold, quality) => {
  expect(qualityOf(ranked, gold)).toEqual(quality);
});

it("averages over queries, and prints a line", () => {
  const both = average([qualityOf(ranked, ["1"]), qualityOf(ranked, ["none"])]);
  expect(both).toEqual({ recall1: 0.5, recall5: 0.5, recall10: 0.5, recall20: 0.5, reciprocal: 0.5 });
  expect(qualityLine("half", both)).toMatch(/^half +0\.500 {2}0\.500/);
  expect(average([]).recall1).toBe(0);
});
