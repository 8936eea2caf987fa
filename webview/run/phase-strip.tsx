/** Where the run stands on its way. Phases it never entered on a shorter way (a question, a small change) are left out. */
import type { ReactNode } from "react";
import type { RunKind, RunPhase } from "../../protocol/run-events.ts";
import { isEnded, type RunState } from "../../protocol/run-state.ts";

const GOAL: readonly RunPhase[] = ["triage", "recall", "plan", "approve", "tasks", "verify", "review", "finish"];
const WAYS: Record<RunKind, readonly RunPhase[]> = {
  goal: GOAL,
  change: ["triage", "recall", "tasks", "verify", "review", "finish"],
  question: ["triage", "recall", "tasks", "finish"],
};
const NAMES: Record<RunPhase, string> = {
  triage: "Triage",
  recall: "Recall",
  plan: "Plan",
  approve: "Approve",
  tasks: "Work",
  verify: "Verify",
  review: "Review",
  finish: "Finish",
};

export type PhaseMark = "done" | "current" | "ahead" | "stopped";

export function phaseMarks(run: Pick<RunState, "kind" | "phase" | "status" | "plan">): [RunPhase, PhaseMark][] {
  const way = run.plan !== null ? GOAL : WAYS[run.kind ?? "goal"];
  const phases = run.phase === null || way.includes(run.phase) ? way : GOAL;
  const current = run.phase === null ? -1 : phases.indexOf(run.phase);
  return phases.map((phase, index) => {
    if (index < current || run.status === "done") return [phase, "done"];
    if (index > current) return [phase, "ahead"];
    return [phase, isEnded(run.status) ? "stopped" : "current"];
  });
}

export function PhaseStrip({ run }: { readonly run: RunState }): ReactNode {
  return (
    <ol className="phases" aria-label="Phases of the run">
      {phaseMarks(run).map(([phase, mark]) => (
        <li key={phase} className={`phase phase-${mark}`} {...(mark === "current" ? { "aria-current": "step" } : {})}>
          <span className="dot" aria-hidden="true" />
          {NAMES[phase]}
          <span className="reader-only">{mark === "done" ? ", done" : mark === "stopped" ? ", stopped here" : ""}</span>
        </li>
      ))}
    </ol>
  );
}
