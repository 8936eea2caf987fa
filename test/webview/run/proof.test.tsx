import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { applyRunEvent, type RunEventBody, type RunState } from "../../../protocol/index.ts";
import { EvidenceCard } from "../../../webview/run/result-cards.tsx";
import { CREATED, numbered, SAMPLE_PLAN } from "../sample-run.ts";

const PROOF: Extract<RunEventBody, { type: "evidence.gathered" }>["proof"] = {
  verdict: "refused",
  reasons: ["A test was switched off.", "Switch it on again."],
  acceptance: { command: "npm test", exitCode: 0, satisfied: true },
  diagnostics: {
    command: "tsc",
    before: 2,
    after: 3,
    fresh: [{ file: "src/a.ts", line: 3, message: "x is not known" }],
  },
  tests: {
    command: "npm test",
    before: { passed: 4, failed: 0, skipped: 0 },
    after: { passed: 5, failed: 0, skipped: 1 },
    added: ["limits the list", "knows zero"],
    removed: [],
    skipped: ["lists all"],
    failing: [],
    fixed: [],
  },
  coverage: { lines: 10, covered: 8, uncovered: [{ file: "src/a.ts", lines: "3-4" }] },
};

function draw(...bodies: RunEventBody[]): string {
  const events = numbered([CREATED, { type: "plan.proposed", plan: SAMPLE_PLAN }, ...bodies]);
  const run = events.reduce<RunState | null>(applyRunEvent, null);
  return run === null ? "" : renderToStaticMarkup(<EvidenceCard run={run} />);
}

const check = (ok: boolean, summary: string): RunEventBody => {
  return { type: "task.checked", taskId: "service", turn: 3, check: "migrations", ok, summary, findings: [] };
};

it("says what was measured: problems, tests before and after, lines that tests reach", () => {
  const html = draw({ type: "evidence.gathered", taskId: "service", turn: 3, proof: PROOF });
  expect(html).toContain("not accepted: A test was switched off.");
  expect(html).toContain("1 new problem from tsc (2 before, 3 after)");
  expect(html).toContain("src/a.ts:3 x is not known");
  expect(html).toContain("5 tests passed (4 before), 2 new, 1 switched off");
  expect(html).toContain("switched off: lists all");
  expect(html).toContain("tests reach 8 of 10 new lines");
  expect(html).toContain("card tone-bad");
});

it("says what the checks of a field found when they last ran", () => {
  const html = draw(check(false, "The way back is missing."), check(true, "Up and down again."));
  expect(html).toContain("migrations: Up and down again.");
  expect(html).not.toContain("The way back is missing.");
  expect(html).toContain("card tone-good");
});

it("is not drawn while nothing was measured", () => {
  expect(draw()).toBe("");
});
