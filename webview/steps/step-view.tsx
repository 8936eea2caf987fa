/** One step of the timeline. */
import { memo, type ReactNode } from "react";
import { formatCost, formatDuration, formatTokens } from "../format.ts";
import { Icon, type IconName } from "../icons.tsx";
import { EvidenceView } from "../run/evidence-view.tsx";
import { usePanel } from "../state/panel-context.tsx";
import { streamKey } from "../state/panel-state.ts";
import { InlineCode } from "../text/inline-code.tsx";
import { MarkdownView } from "../text/markdown-view.tsx";
import { RewindTo, UndoRewind } from "./rewind-buttons.tsx";
import type { NoteStep, Step, TurnStep } from "./step.ts";
import { ToolCall } from "./tool-call.tsx";

const PHASES = {
  triage: "Triage",
  recall: "Recall",
  plan: "Plan",
  approve: "Approve",
  tasks: "Work",
  verify: "Verify",
  review: "Review",
  finish: "Finish",
} as const;

const NOTE_ICONS: Record<NoteStep["tone"], IconName> = {
  plain: "chevron",
  good: "check",
  bad: "cross",
  warning: "warning",
};

export const StepView = memo(function StepView({ step }: { readonly step: Step }): ReactNode {
  switch (step.kind) {
    case "phase":
      return <h3 className="step-phase">{PHASES[step.phase]}</h3>;
    case "task":
      return (
        <p className="step-task">
          <Icon name="graph" />
          <strong>{step.title}</strong>
          <span className="muted">{step.agent}</span>
        </p>
      );
    case "turn":
      return <Turn step={step} />;
    case "tool":
      return <ToolCall step={step} />;
    case "check":
      return <EvidenceView evidence={step.evidence} />;
    case "prompt":
      return (
        <div className="step-prompt">
          <span className="muted">{step.delivery === "steer" ? "You, to the agent" : "You, for the next run"}</span>
          <p>{step.text}</p>
        </div>
      );
    case "approval":
      return <Asked step={step} />;
    case "note":
      return <Note step={step} />;
  }
});

function Asked({ step }: { readonly step: Extract<Step, { kind: "approval" }> }): ReactNode {
  const { subject, title } = step.approval;
  const isApproved = step.decision === "approve";
  const tone = step.decision === null ? "wait" : isApproved ? "good" : "bad";
  return (
    <div className={`step-note tone-${tone}`}>
      <Icon name={step.decision === null ? "bell" : isApproved ? "check" : "cross"} />
      <span>
        {title} {subject.kind === "command" ? <code>{subject.command}</code> : null}
        {subject.kind === "write" || subject.kind === "read" ? <code>{subject.path}</code> : null}{" "}
        <span className="muted">
          {step.decision === null
            ? "waiting for you"
            : `${isApproved ? "approved" : "rejected"} in ${step.by.split(" ")[0]}`}
        </span>
        {step.feedback === "" ? null : <q>{step.feedback}</q>}
      </span>
    </div>
  );
}

function Note({ step }: { readonly step: NoteStep }): ReactNode {
  const tone = { plain: "plain", good: "good", bad: "bad", warning: "wait" }[step.tone];
  if (step.details.length === 0)
    return (
      <div className={`step-note tone-${tone}`}>
        <Icon name={NOTE_ICONS[step.tone]} />
        <span>
          <InlineCode text={step.text} />
        </span>
        {step.rewind === undefined ? null : <UndoRewind rewind={step.rewind} />}
      </div>
    );
  return (
    <details className={`step-note tone-${tone}`} open={step.tone === "bad"}>
      <summary>
        <Icon name={NOTE_ICONS[step.tone]} />
        <span>{step.text}</span>
      </summary>
      <ul>
        {[...new Set(step.details)].map((detail) => (
          <li key={detail}>{detail}</li>
        ))}
      </ul>
    </details>
  );
}

/** What the model wrote, while it writes and after; with its price. */
function Turn({ step }: { readonly step: TurnStep }): ReactNode {
  const stream = usePanel().state.streams[streamKey(step.taskId, step.turn)];
  const text = step.status === "done" ? step.text : (stream ?? "");
  const isWriting = step.status === "working";
  return (
    <div className={`step-turn ${isWriting ? "writing" : ""}`} aria-busy={isWriting}>
      {text.trim() === "" ? null : <MarkdownView source={text} />}
      {step.error === null || step.status === "done" ? null : (
        <p className="turn-error">
          {step.error.message} {isWriting ? "Trying again." : ""}
        </p>
      )}
      <p className="turn-facts">
        {step.checkpoint === null ? null : <RewindTo checkpoint={step.checkpoint} turn={step.turn} />}
        {isWriting ? (
          <>
            <span className="pulse" aria-hidden="true" /> {stream === undefined ? "Thinking" : "Writing"}… ·{" "}
            {formatTokens(step.inputTokens)} tokens in
          </>
        ) : (
          <>
            {formatDuration(step.durationMs)} · {formatTokens(step.inputTokens)} in, {formatTokens(step.outputTokens)}{" "}
            out · {formatCost(step.costUsd)}
          </>
        )}
      </p>
    </div>
  );
}
