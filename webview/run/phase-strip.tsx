/** Where the run stands on its way. Phases it never entered on a shorter way (a question, a small change) are left out. */
import type { ReactNode } from "react";
import type { RunKind, RunPhase } from "../../protocol/run-events.ts";
import { isEnded, type RunState } from "../../protocol/run-state.ts";

const GOAL: readonly RunPhase[] = ["triage", "recall", "plan", "approve", "tasks", "verify", "review", "finish"];
const WAYS: Record<RunKind, readonly RunPhase[]> = {
  goal: GOAL,
  change: ["triage", "recall", "tasks", "verify", "review", "finish"],
  question: ["triage", "recall", "tasks", "finish"],
  workflow: ["tasks", "verify", "review", "finish"],
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

const READER_WORDS = {
  done: ", done",
  stopped: ", stopped here",
  missed: ", left out",
  current: "",
  ahead: "",
} as const;

export type PhaseMark = "done" | "current" | "ahead" | "stopped" | "missed";

/** What the state tells of a run; a run that ends early jumps to its last phase and misses those between. */
type Progress = Pick<RunState, "kind" | "phase" | "status" | "plan" | "tasks" | "verification">;

export function phaseMarks(run: Progress): [RunPhase, PhaseMark][] {
  const way = run.plan !== null ? GOAL : WAYS[run.kind ?? "goal"];
  const phases = run.phase === null || way.includes(run.phase) ? way : GOAL;
  const current = run.phase === null ? -1 : phases.indexOf(run.phase);
  const endedEarly = isEnded(run.status) && run.status !== "done";
  return phases.map((phase, index) => {
    if (run.status === "done") return [phase, "done"];
    if (index > current) return [phase, "ahead"];
    if (index === current) return [phase, endedEarly ? "stopped" : "current"];
    return [phase, endedEarly && !wasEntered(phase, run) ? "missed" : "done"];
  });
}

function wasEntered(phase: RunPhase, { kind, plan, tasks, verification }: Progress): boolean {
  switch (phase) {
    case "triage":
    case "recall":
      return kind !== null;
    case "plan":
    case "approve":
      return plan !== null;
    case "tasks":
      return tasks.some((task) => task.status !== "waiting");
    case "verify":
      return verification !== null;
    case "review":
    case "finish":
      return false;
  }
}

export function PhaseStrip({ run }: { readonly run: RunState }): ReactNode {
  return (
    <ol className="phases" aria-label="Phases of the run">
      {phaseMarks(run).map(([phase, mark]) => (
        <li key={phase} className={`phase phase-${mark}`} {...(mark === "current" ? { "aria-current": "step" } : {})}>
          <span className="dot" aria-hidden="true" />
          {phase === "tasks" && run.kind === "workflow" ? "Steps" : NAMES[phase]}
          <span className="reader-only">{READER_WORDS[mark]}</span>
        </li>
      ))}
    </ol>
  );
}
