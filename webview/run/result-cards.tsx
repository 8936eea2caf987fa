/** What a run brought: the answer, the summary, the evidence and the findings. */
import type { ReactNode } from "react";
import type { Proof } from "../../protocol/evidence-events.ts";
import type { Evidence } from "../../protocol/run-events.ts";
import { isEnded, type RunState } from "../../protocol/run-state.ts";
import type { TaskCheck } from "../../protocol/task-state.ts";
import { plural } from "../format.ts";
import { MarkdownView } from "../text/markdown-view.tsx";
import { Card } from "./card.tsx";
import { EvidenceView } from "./evidence-view.tsx";
import { ProofView } from "./proof-view.tsx";
import { RUN_STATUS } from "./status.ts";

export function AnswerCard({ run }: { readonly run: RunState }): ReactNode {
  // A failed run's summary is its error, which is shown with its remedy.
  const summary = isEnded(run.status) && run.error === null ? run.summary : "";
  const text = run.answer ?? summary;
  if (text.trim() === "") return null;
  const isAnswer = run.answer !== null;
  return (
    <Card
      title={isAnswer ? "Answer" : "Summary"}
      icon={isAnswer ? "message" : "spark"}
      tone={isAnswer || run.status === "done" ? "good" : RUN_STATUS[run.status].tone}
    >
      <MarkdownView source={text} />
    </Card>
  );
}

interface Claim {
  readonly id: string;
  readonly name: string;
  readonly evidence: Evidence | null;
  readonly proof: Proof | undefined;
  readonly checks: readonly TaskCheck[];
}

export function EvidenceCard({ run }: { readonly run: RunState }): ReactNode {
  const claims = claimsOf(run);
  if (claims.length === 0) return null;
  const good = claims.every(isGood);
  return (
    <Card title="Evidence" icon="terminal" tone={good ? "good" : "bad"} aside={plural(claims.length, "check")}>
      <ul className="plain-list">
        {claims.map(({ id, name, evidence, proof, checks }) => (
          <li key={id}>
            <span className="evidence-name">{name}</span>
            {evidence === null ? null : <EvidenceView evidence={evidence} isOpen={!evidence.satisfied} />}
            <ProofView proof={proof} checks={checks} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function claimsOf({ tasks, verification }: RunState): Claim[] {
  const ofTasks = tasks
    .map(({ id, title, evidence, proof, checks = [] }) => ({ id, name: title, evidence, proof, checks }))
    .filter(({ evidence, proof, checks }) => evidence !== null || proof !== undefined || checks.length > 0);
  const evidence = verification?.evidence ?? null;
  const whole = { id: "", name: "The whole change", evidence, proof: undefined, checks: [] };
  return evidence === null ? ofTasks : [...ofTasks, whole];
}

function isGood({ evidence, proof, checks }: Claim): boolean {
  return (evidence?.satisfied ?? true) && proof?.verdict !== "refused" && checks.every(({ ok }) => ok);
}

export function FindingsCard({ run }: { readonly run: RunState }): ReactNode {
  if (run.findings.length === 0) return null;
  const worst = run.findings.some((finding) => finding.severity === "error");
  return (
    <Card title="Review" icon="search" tone={worst ? "bad" : "wait"} aside={plural(run.findings.length, "finding")}>
      <ul className="findings">
        {run.findings.map((finding) => (
          <li key={`${finding.severity}/${finding.path}/${finding.message}`} className={`finding-${finding.severity}`}>
            <strong>{finding.severity}</strong>
            {finding.path === null ? null : <code>{finding.path}</code>}
            <span>{finding.message}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
