/** Events of a run that follows a workflow file. */
import * as z from "zod/mini";
import { event } from "./event.ts";

export const WorkflowPin = z.object({
  name: z.string(),
  /** SHA-256 of the definition's bytes; the run follows these, whatever the file says later. */
  hash: z.string(),
  /** Content address of the definition with the sub-workflows that it names. */
  artifact: z.string(),
  /** JSON text of the inputs; secrets are named in it, never written. */
  inputs: z.string(),
});
export type WorkflowPin = z.infer<typeof WorkflowPin>;

/** `at`: the step's path through loops and sub-workflows, such as "build", "each[2]/check", "loop[0]/fix". */
export const WORKFLOW_EVENTS = [
  event("workflow.pinned", { workflow: WorkflowPin }),
  event("workflow.migrated", { from: z.string(), workflow: WorkflowPin, by: z.string() }),
  event("step.started", { at: z.string(), kind: z.string(), attempt: z.int() }),
  event("step.finished", {
    at: z.string(),
    outcome: z.enum(["done", "failed", "skipped", "timed_out", "cancelled"]),
    /** JSON text, cut at 4 000 characters; the artifact holds all of it. */
    output: z.string(),
    artifact: z.nullable(z.string()),
    reason: z.string(),
  }),
  event("step.retried", { at: z.string(), attempt: z.int(), reason: z.string(), delayMs: z.number() }),
  /** Undoing of completed steps after a failure, the last first. */
  event("step.compensated", { at: z.string(), outcome: z.enum(["done", "failed"]), reason: z.string() }),
] as const;
