/** What a person follows: the shapes of the timeline's steps. */
import type { Approval, ApprovalDecision } from "../../protocol/approval.ts";
import type { ErrorValue } from "../../protocol/errors.ts";
import type { Evidence, RunPhase, ToolStatus } from "../../protocol/run-events.ts";

export interface StepBase {
  /** Stable while the run grows; also the key in lists. */
  readonly id: string;
  readonly seq: number;
  readonly at: string;
}

export interface TurnStep extends StepBase {
  readonly kind: "turn";
  readonly taskId: string;
  readonly turn: number;
  readonly status: "working" | "done" | "failed";
  readonly text: string;
  readonly tools: number;
  readonly costUsd: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly durationMs: number;
  readonly error: ErrorValue | null;
  /** Number of the checkpoint that was taken before its calls; null: none. */
  readonly checkpoint: number | null;
}

export interface ToolStep extends StepBase {
  readonly kind: "tool";
  readonly taskId: string;
  readonly tool: string;
  readonly input: string;
  readonly status: "working" | ToolStatus;
  readonly summary: string;
  readonly output: string;
  readonly durationMs: number;
  readonly changed: readonly string[];
  /** Where its output is found while it streams. */
  readonly stream: string;
  /** Of a command that went on in the background: its name, and how it was when somebody last looked. */
  readonly background?: { readonly id: string; readonly state: string };
}

export interface NoteStep extends StepBase {
  readonly kind: "note";
  readonly tone: "plain" | "good" | "bad" | "warning";
  readonly text: string;
  readonly details: readonly string[];
  /** The rewind that it tells of; null: the conversation's. */
  readonly rewind?: number | null;
}

export type Step =
  | TurnStep
  | ToolStep
  | NoteStep
  | (StepBase & { readonly kind: "phase"; readonly phase: RunPhase })
  | (StepBase & { readonly kind: "task"; readonly taskId: string; readonly title: string; readonly agent: string })
  | (StepBase & {
      readonly kind: "approval";
      readonly approval: Approval;
      readonly decision: ApprovalDecision | null;
      readonly by: string;
      readonly feedback: string;
    })
  | (StepBase & { readonly kind: "check"; readonly taskId: string | null; readonly evidence: Evidence })
  | (StepBase & { readonly kind: "prompt"; readonly text: string; readonly delivery: "steer" | "queue" });
