/** The steps of a run that follows a workflow, in the order in which they began. */
import type { ReactNode } from "react";
import type { RunState } from "../../protocol/run-state.ts";
import type { WorkflowStep } from "../../protocol/workflow-state.ts";
import { formatDuration, plural } from "../format.ts";
import { Icon } from "../icons.tsx";
import { Card } from "./card.tsx";
import type { StatusLook } from "./status.ts";

const LOOKS: Record<WorkflowStep["status"], StatusLook> = {
  working: { label: "working", icon: "spark", tone: "busy" },
  done: { label: "done", icon: "check", tone: "good" },
  failed: { label: "failed", icon: "cross", tone: "bad" },
  skipped: { label: "left out", icon: "chevron", tone: "plain" },
  timed_out: { label: "out of time", icon: "clock", tone: "bad" },
  cancelled: { label: "cancelled", icon: "stop", tone: "plain" },
};

export function WorkflowCard({ run }: { readonly run: RunState }): ReactNode {
  const { workflow, workflowSteps: steps = [] } = run;
  if (workflow === undefined) return null;
  const done = steps.filter(({ status }) => status === "done").length;
  return (
    <Card title={`Workflow ${workflow.name}`} icon="list" aside={`${done} of ${plural(steps.length, "step")} done`}>
      {steps.length === 0 ? (
        <p className="muted">No step has begun yet.</p>
      ) : (
        <ol className="workflow-steps" aria-label="Steps that have begun, in that order">
          {steps.map((step) => (
            <StepRow key={step.at} step={step} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function StepRow({ step }: { readonly step: WorkflowStep }): ReactNode {
  const { at, kind, attempt, status, reason, startedAt, finishedAt, undone } = step;
  const look = LOOKS[status];
  const depth = at.split("/").length - 1;
  return (
    <li style={{ paddingLeft: `${depth * 18}px` }}>
      <span className="step-at">{at}</span>
      <span className="muted">
        {kind}
        {attempt > 1 ? `, try ${attempt}` : ""}
      </span>
      <span className={`task-status tone-${look.tone}`}>
        <Icon name={look.icon} /> {look.label}
        {undone === undefined ? "" : undone === "done" ? ", then undone" : ", could not be undone"}
      </span>
      <span className="muted figure">
        {finishedAt === null || finishedAt === startedAt
          ? ""
          : formatDuration(Date.parse(finishedAt) - Date.parse(startedAt))}
      </span>
      {reason === "" ? null : <span className="goal">{reason}</span>}
    </li>
  );
}
