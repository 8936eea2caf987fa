import { expect, it } from "vitest";
import { figureLine, isAbove, median, sideBySide } from "../../bench/measure.ts";

it("finds the middle, between two where there is none", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 6])).toBe(5.5);
  expect(median([])).toBeNaN();
});

it("judges a figure by its limit", () => {
  const figure = { name: "a", value: 2.5, limit: 2.5, unit: "×" };
  expect(figureLine(figure)).toBe("a: 2.5 × (limit 2.5 ×) ok");
  expect(figureLine({ ...figure, value: 2.512 })).toBe("a: 2.51 × (limit 2.5 ×) ABOVE");
  expect(figureLine({ name: "a", value: 0.123456, unit: "ms" })).toBe("a: 0.123 ms");
});

it("counts a figure that could not be measured as above", () => {
  expect(isAbove({ name: "a", value: Number.NaN, limit: 1, unit: "×" })).toBe(true);
  expect(isAbove({ name: "a", value: 3, unit: "×" })).toBe(false);
});

it("measures in turns and leaves the first round out", async () => {
  const order: string[] = [];
  const take = (name: string, times: number[][]) => async () => {
    order.push(name);
    return times.shift() ?? [];
  };
  const medians = await sideBySide(2, take("first", [[100], [1], [3]]), take("second", [[100], [4], [6]]));
  expect(medians).toEqual({ first: 2, second: 5 });
  expect(order).toEqual(["first", "second", "first", "second", "first", "second"]);
});
