import fc from "fast-check";
import { expect, it } from "vitest";
import { bestPlaces, createWordIndex } from "../../../daemon/memory/history/word-index.ts";

it("scores by BM25", () => {
  const documents = [
    new Map([
      ["a", 2],
      ["b", 1],
    ]),
    new Map([["a", 1]]),
    new Map<string, number>(),
  ];
  const [first = 0, second = 0, third] = createWordIndex({ k1: 1.2, b: 0.75 }, documents).scores(["a", "a", "none"]);
  const rarity = Math.log(1 + 1.5 / 2.5);
  const average = 4 / 3;
  const expected = (count: number, length: number) =>
    (rarity * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / average));
  expect(first).toBeCloseTo(expected(2, 3), 10);
  expect(second).toBeCloseTo(expected(1, 1), 10);
  expect(third).toBe(0);
});

it("has no scores without documents", () => {
  expect(createWordIndex({ k1: 1.2, b: 0.75 }, []).scores(["a"])).toEqual(new Float64Array());
});

it("finds the best as sorting does", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.integer({ min: 1, max: 8 }), (scores, limit) => {
      const sorted = scores
        .map((score, place) => ({ score, place }))
        .filter(({ score }) => score > 0)
        .sort((first, second) => second.score - first.score || first.place - second.place)
        .slice(0, limit)
        .map(({ place }) => place);
      expect(bestPlaces(Float64Array.from(scores), limit)).toEqual(sorted);
    }),
  );
});
