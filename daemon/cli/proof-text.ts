/** What a finished task rests on, in a few lines. */
import type { Proof } from "../../protocol/index.ts";
import { count, oneLine, type Paint } from "./format.ts";

const COLOURS = { proved: "green", unproved: "yellow", refused: "red" } as const;

export function proofText(proof: Proof, paint: Paint, width: number): string {
  const { verdict, reasons } = proof;
  const facts = [...acceptanceFacts(proof), ...diagnosticsFacts(proof), ...testFacts(proof), ...coverageFacts(proof)];
  const title = `  ${paint(COLOURS[verdict], "●")} ${verdict}${facts.length === 0 ? "" : `: ${facts.join("; ")}`}`;
  return [title, ...reasons.map((reason) => paint("dim", `    ${oneLine(reason, width - 6)}`))].join("\n");
}

function acceptanceFacts({ acceptance }: Proof): string[] {
  return acceptance === null ? [] : [`acceptance ${acceptance.satisfied ? "met" : "not met"}`];
}

function diagnosticsFacts({ diagnostics }: Proof): string[] {
  if (diagnostics === null) return [];
  const { fresh, after } = diagnostics;
  return [`${count(fresh.length, "new problem")} of ${after}`];
}

function testFacts({ tests }: Proof): string[] {
  if (tests === null) return [];
  const { after, added, removed, skipped, failing, fixed } = tests;
  const changes = Object.entries({ new: added, gone: removed, "switched off": skipped, broken: failing, fixed })
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${names.length} ${what}`);
  return [`${count(after.passed, "test")} passed${after.failed > 0 ? `, ${after.failed} failed` : ""}`, ...changes];
}

function coverageFacts({ coverage }: Proof): string[] {
  if (coverage === null) return [];
  const { lines, covered, uncovered } = coverage;
  const missed = uncovered.slice(0, 3).map(({ file, lines: where }) => `${oneLine(file, 60)} ${oneLine(where, 40)}`);
  const rest = missed.length === 0 ? "" : `, not ${missed.join(", ")}`;
  return [`tests reach ${covered} of ${lines} new lines${rest}`];
}
