import { expect, it } from "vitest";
import { proofText } from "../../daemon/cli/proof-text.ts";
import type { Proof } from "../../protocol/index.ts";

const plain = (_colour: unknown, text: string) => text;

it("tells what a task rests on, and what it does not", () => {
  const proof: Proof = {
    verdict: "proved",
    reasons: [],
    acceptance: { command: "npm test", exitCode: 0, satisfied: true },
    diagnostics: { command: "tsc", before: 2, after: 2, fresh: [] },
    tests: {
      command: "npm test",
      before: null,
      after: { passed: 3, failed: 1, skipped: 0 },
      ...{ added: ["a"], removed: [], skipped: [], failing: ["b"], fixed: [] },
    },
    coverage: { lines: 6, covered: 4, uncovered: [{ file: "minus.js", lines: "3-4" }] },
  };
  expect(proofText(proof, plain, 80)).toBe(
    "  ● proved: acceptance met; 0 new problems of 2; 3 tests passed, 1 failed; 1 new; 1 broken; tests reach 4 of 6 new lines, not minus.js 3-4",
  );
  const none: Proof = {
    verdict: "unproved",
    reasons: ["Why."],
    acceptance: null,
    diagnostics: null,
    tests: null,
    coverage: null,
  };
  expect(proofText(none, plain, 80)).toBe("  ● unproved\n    Why.");
});
