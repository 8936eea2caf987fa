/** How far the steps of a run's workflow are. */
import * as z from "zod/mini";
import type { RunEventBody } from "./run-events.ts";

export const WorkflowStep = z.object({
  /** Its path through loops and branches: "build", "each[2]/check". */
  at: z.string(),
  /** agent, command, gate …; "" where only its end is known. */
  kind: z.string(),
  attempt: z.int(),
  status: z.enum(["working", "done", "failed", "skipped", "timed_out", "cancelled"]),
  reason: z.string(),
  startedAt: z.string(),
  finishedAt: z.nullable(z.string()),
  /** Left out where nothing was undone. */
  undone: z.optional(z.enum(["done", "failed"])),
});
export type WorkflowStep = z.infer<typeof WorkflowStep>;

const MOST_STEPS = 300;

type StepEvent = Extract<
  RunEventBody,
  { type: "step.started" | "step.finished" | "step.retried" | "step.compensated" }
>;

/** A step that is tried again, or taken up after a restart, stays in its place. */
export function stepChange(steps: readonly WorkflowStep[], body: StepEvent, at: string): WorkflowStep[] {
  const known = steps.find((step) => step.at === body.at) ?? begun(body.at, at);
  const next = { ...known, ...changeOf(body, at) };
  const others = steps.includes(known) ? steps.map((step) => (step === known ? next : step)) : [...steps, next];
  return others.slice(-MOST_STEPS);
}

function begun(at: string, startedAt: string): WorkflowStep {
  return { at, kind: "", attempt: 1, status: "working", reason: "", startedAt, finishedAt: null };
}

function changeOf(body: StepEvent, at: string): Partial<WorkflowStep> {
  switch (body.type) {
    case "step.started":
      return { kind: body.kind, attempt: body.attempt, status: "working", reason: "", finishedAt: null };
    case "step.finished":
      return { status: body.outcome, reason: body.reason, finishedAt: at };
    case "step.retried":
      return { attempt: body.attempt, status: "working", reason: body.reason };
    case "step.compensated":
      return { undone: body.outcome };
  }
}
