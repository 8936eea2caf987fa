/** What a finished task was measured by, beside its acceptance command: problems, tests, covered lines, checks of its field. */
import type { ReactNode } from "react";
import type { Proof } from "../../protocol/evidence-events.ts";
import type { TaskCheck } from "../../protocol/task-state.ts";
import { plural } from "../format.ts";
import { Icon, type IconName } from "../icons.tsx";

interface Fact {
  readonly text: string;
  readonly tone: "good" | "bad" | "plain";
  /** Shown on demand. */
  readonly details: readonly string[];
}

const ICONS: Record<Fact["tone"], IconName> = { good: "check", bad: "cross", plain: "chevron" };

export function ProofView(props: {
  readonly proof: Proof | undefined;
  readonly checks: readonly TaskCheck[];
}): ReactNode {
  const facts = proofFacts(props.proof, props.checks);
  if (facts.length === 0) return null;
  return (
    <ul className="proof">
      {facts.map((fact) => (
        <li key={fact.text} className={`tone-${fact.tone}`}>
          <Icon name={ICONS[fact.tone]} />
          <FactText {...fact} />
        </li>
      ))}
    </ul>
  );
}

function FactText({ text, details }: Fact): ReactNode {
  if (details.length === 0) return <span>{text}</span>;
  return (
    <details>
      <summary>{text}</summary>
      <ul>
        {details.map((detail) => (
          <li key={detail}>{detail}</li>
        ))}
      </ul>
    </details>
  );
}

function proofFacts(proof: Proof | undefined, checks: readonly TaskCheck[]): Fact[] {
  const ofField = checks.map(({ check, ok, summary }): Fact => {
    return { text: `${check}: ${summary}`, tone: ok ? "good" : "bad", details: [] };
  });
  if (proof === undefined) return ofField;
  return [...verdictFacts(proof), ...diagnosticsFacts(proof), ...testFacts(proof), ...coverageFacts(proof), ...ofField];
}

function verdictFacts({ verdict, reasons }: Proof): Fact[] {
  if (verdict === "proved") return [];
  const [first, ...rest] = reasons;
  if (first === undefined) return [];
  const title = verdict === "refused" ? "not accepted" : "nothing was measured";
  return [{ text: `${title}: ${first}`, tone: verdict === "refused" ? "bad" : "plain", details: rest }];
}

function diagnosticsFacts({ diagnostics }: Proof): Fact[] {
  if (diagnostics === null) return [];
  const { command, before, after, fresh } = diagnostics;
  const text = `${fresh.length === 0 ? "no new problem" : plural(fresh.length, "new problem")} from ${command} (${before} before, ${after} after)`;
  const details = fresh.map(({ file, line, message }) => `${file}:${line} ${message}`);
  return [{ text, tone: fresh.length === 0 ? "good" : "bad", details }];
}

function testFacts({ tests }: Proof): Fact[] {
  if (tests === null) return [];
  const { before, after, added, removed, skipped, failing, fixed } = tests;
  const earlier = before === null ? "" : ` (${before.passed} before)`;
  const changes = { new: added, gone: removed, "switched off": skipped, broken: failing, fixed };
  const named = Object.entries(changes).filter(([, names]) => names.length > 0);
  const words = [
    `${plural(after.passed, "test")} passed${earlier}`,
    ...(after.failed > 0 ? [`${after.failed} failed`] : []),
    ...named.map(([what, names]) => `${names.length} ${what}`),
  ];
  const isWorse = failing.length + removed.length + skipped.length > 0;
  const details = named.flatMap(([what, names]) => names.map((name) => `${what}: ${name}`));
  return [{ text: words.join(", "), tone: isWorse ? "bad" : "good", details }];
}

function coverageFacts({ coverage }: Proof): Fact[] {
  if (coverage === null) return [];
  const { lines, covered, uncovered } = coverage;
  const text = `tests reach ${covered} of ${plural(lines, "new line")}`;
  const details = uncovered.map(({ file, lines: where }) => `not ${file} ${where}`);
  return [{ text, tone: covered === lines ? "good" : "plain", details }];
}
