import fc from "fast-check";
import { expect, it } from "vitest";
import { applyEdits } from "../../../daemon/tools/edits/apply.ts";
import { occurrencesOfEach } from "../../../daemon/tools/edits/scan.ts";

const text = (bounds: { minLength: number; maxLength: number }) =>
  fc.array(fc.constantFrom("a", "b", "ab", "é", "😀", " "), bounds).map((parts) => parts.join("").padEnd(3, "b"));

it("finds each pattern wherever it stands, up to the limit", () => {
  fc.assert(
    fc.property(
      text({ minLength: 0, maxLength: 80 }),
      fc.array(text({ minLength: 1, maxLength: 6 }), { maxLength: 9 }),
      fc.integer({ min: 1, max: 30 }),
      (long, patterns, limit) => {
        const expected = patterns.map((pattern) =>
          [...long.split("").keys()].filter((at) => long.startsWith(pattern, at)).slice(0, limit),
        );
        expect(occurrencesOfEach(long, patterns, limit)).toEqual(expected);
      },
    ),
    { numRuns: 1000 },
  );
});

it("serves to find a block of twenty lines that is almost there in a large file of the like", () => {
  const words = "account balance cache daemon entry folder graph handler index journal kernel ledger".split(" ");
  let state = 1;
  const word = () => {
    state = (state * 48_271) % 2_147_483_647;
    return words[state % words.length];
  };
  const lines = Array.from(
    { length: 40_000 },
    () => `  const ${word()}${word()} = ${word()}.${word()}(${word()}, ${word()});`,
  );
  const search = lines.slice(20_000, 20_020).join("\n").replace("const", "cons");
  const outcome = applyEdits(lines.join("\n"), [{ search, replace: "gone" }]);
  expect(outcome).toMatchObject({ status: "applied_approx", lines: [20_001] });
});
