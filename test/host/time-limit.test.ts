import { expect, it } from "vitest";
import { withinTime } from "../../daemon/host/time-limit.ts";

it("answers with what the work answers, undefined included", () => {
  expect(withinTime(1000, () => 1 + 1)).toEqual({ value: 2 });
  expect(withinTime(1000, () => undefined)).toEqual({ value: undefined });
});

it("cuts off what takes without end, and goes on", () => {
  const endless = () => {
    for (;;);
  };
  expect(withinTime(20, endless)).toBeUndefined();
  expect(withinTime(1000, () => "next")).toEqual({ value: "next" });
});

it("throws what the work throws", () => {
  const broken = () => {
    throw new RangeError("no");
  };
  expect(() => withinTime(1000, broken)).toThrow(RangeError);
});
