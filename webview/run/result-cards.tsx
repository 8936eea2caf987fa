/** What a run brought: the answer, the summary, the evidence and the findings. */
import type { ReactNode } from "react";
import { isEnded, type RunState } from "../../protocol/run-state.ts";
import { plural } from "../format.ts";
import { MarkdownView } from "../text/markdown-view.tsx";
import { Card } from "./card.tsx";
import { EvidenceView } from "./evidence-view.tsx";
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

export function EvidenceCard({ run }: { readonly run: RunState }): ReactNode {
  const ofTasks = run.tasks.flatMap((task) =>
    task.evidence === null ? [] : [{ id: task.id, name: task.title, evidence: task.evidence }],
  );
  const whole = run.verification?.evidence ?? null;
  const all = whole === null ? ofTasks : [...ofTasks, { id: "", name: "The whole change", evidence: whole }];
  if (all.length === 0) return null;
  const good = all.every(({ evidence }) => evidence.satisfied);
  return (
    <Card title="Evidence" icon="terminal" tone={good ? "good" : "bad"} aside={plural(all.length, "check")}>
      <ul className="plain-list">
        {all.map(({ id, name, evidence }) => (
          <li key={id}>
            <span className="evidence-name">{name}</span>
            <EvidenceView evidence={evidence} isOpen={!evidence.satisfied} />
          </li>
        ))}
      </ul>
    </Card>
  );
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
