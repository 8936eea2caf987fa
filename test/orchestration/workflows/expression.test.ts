import { describe, expect, it } from "vitest";
import { evaluate, fill, namesIn } from "../../../daemon/orchestration/workflows/expression.ts";

const values = { n: 3, half: 0.5, text: "abc", list: [1, 2], map: { "a-b": true } };

const hole = (source: string) => `\${{ ${source} }}`;

describe("an expression", () => {
  it.each<[source: string, value: unknown]>([
    ["n + 1", 4],
    ["half * 2.0", 1],
    ["text.upperAscii()", "ABC"],
    ["list.map(x, x * n)", [3, 6]],
    ['map["a-b"] ? "yes" : "no"', "yes"],
    ["{'k': [n, null]}", { k: [3, null] }],
    ["size(list) == 2 && 'b' in ['b']", true],
  ])("%s is told", (source, value) => {
    expect(evaluate(source, { values })).toEqual({ ok: true, value });
  });

  it("compares with the time where it waits", () => {
    const source = 'now >= timestamp("2026-01-01T00:00:00Z")';
    expect(evaluate(source, { values, now: Date.UTC(2026, 0, 2) })).toEqual({ ok: true, value: true });
    expect(evaluate(source, { values, now: Date.UTC(2025, 0, 2) })).toEqual({ ok: true, value: false });
  });

  it.each(["missing.x", "n / 0", "text + n", "list[9]", "nothing(1)", "text.replace('a', text)", "timestamp('x')"])(
    "%s fails with an explanation and does not throw",
    (source) => {
      const result = evaluate(source, { values });
      expect(result).toMatchObject({ ok: false });
      expect(result.ok ? "" : result.reason).toContain(source);
    },
  );

  it("is bounded", () => {
    expect(namesIn("[1].all(a, [1].all(b, [1].all(c, true)))")).toHaveProperty("problem");
    expect(namesIn(Array.from({ length: 200 }, () => "1").join(" + "))).toHaveProperty("problem");
    const long = { values: { list: Array.from({ length: 1001 }, () => 1) } };
    expect(evaluate("list.all(x, x == 1)", long)).toMatchObject({ ok: false });
    expect(namesIn(`"${"x".repeat(10_000)}"`)).toHaveProperty("problem");
    const letters = { values: { text: "a".repeat(100_000) } };
    const endless = 'text.split("").all(x, text.split("").all(y, y != "b"))';
    expect(evaluate(endless, letters)).toMatchObject({ ok: false, reason: expect.stringContaining("takes longer") });
  });

  it("fills texts, and stays a value where it is all of one", () => {
    const tell = (source: string) => evaluate(source, { values });
    expect(fill({ a: hole("list"), b: `n is ${hole("n")}, ${hole("map")}`, c: [true, "x"] }, tell)).toEqual({
      ok: true,
      value: { a: [1, 2], b: 'n is 3, {"a-b":true}', c: [true, "x"] },
    });
    expect(fill(hole("missing.x"), tell)).toMatchObject({ ok: false });
  });
});
