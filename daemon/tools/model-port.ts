/** The run's model for a program that a tool runs. The shapes are those of the models' own; hands do not import each other. */
import type { Result, Usage } from "../../protocol/index.ts";

interface PortTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments object. */
  readonly parameters: Record<string, unknown>;
}

interface PortCall {
  readonly callId: string;
  readonly tool: string;
  /** JSON as it was written; it may not parse. */
  readonly argumentsText: string;
}

export type PortMessage =
  | { readonly role: "user"; readonly text: string }
  | { readonly role: "assistant"; readonly text: string; readonly toolCalls: readonly PortCall[] }
  | {
      readonly role: "tool";
      readonly callId: string;
      readonly tool: string;
      readonly text: string;
      readonly isError: boolean;
    };

export interface PortRequest {
  readonly system: string;
  readonly messages: readonly PortMessage[];
  readonly tools: readonly PortTool[];
  readonly maxOutputTokens: number;
}

export interface PortAnswer {
  readonly text: string;
  readonly toolCalls: readonly PortCall[];
  readonly stopReason: "end" | "tool_calls" | "length" | "refused";
  readonly usage: Usage;
}

export interface ModelPort {
  /** As the settings name it. */
  readonly model: string;
  /**
   * One model call of the run: reserved and paid from its budget, scheduled, redacted, in its log, and after a restart
   * answered from there. Resolves with why there is no answer: `model.*`, or `budget.*`, after which the signal of the
   * tool's call aborts. Rejects when the run stops.
   */
  respond(request: PortRequest): Promise<Result<PortAnswer>>;
}
