/** A chat model as the rest of the daemon sees it, whatever the provider. */
import type { ErrorValue, ModelName, Usage } from "../../protocol/index.ts";

export interface ToolSchema {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments object. */
  readonly parameters: Record<string, unknown>;
}

export interface ToolCall {
  readonly callId: string;
  readonly tool: string;
  /** The arguments exactly as the model wrote them: JSON text that may not parse. */
  readonly argumentsText: string;
}

export interface ImageInput {
  readonly mimeType: string;
  /** Base64. */
  readonly data: string;
}

export type Message =
  | { readonly role: "user"; readonly text: string; readonly images?: readonly ImageInput[] }
  | { readonly role: "assistant"; readonly text: string; readonly toolCalls: readonly ToolCall[] }
  | {
      readonly role: "tool";
      readonly callId: string;
      readonly tool: string;
      readonly text: string;
      readonly isError: boolean;
    };

export interface ModelRequest {
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSchema[];
  readonly maxOutputTokens: number;
}

export interface ModelResponse {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** end: finished by itself · tool_calls · length: cut at maxOutputTokens · refused: by the provider's filter. */
  readonly stopReason: "end" | "tool_calls" | "length" | "refused";
  readonly usage: Usage;
}

/**
 * One provider's model. `respond` makes one request without retries; it rejects with a NexusError (`model.*`,
 * `replay.missing`) or with the signal's reason. Nothing partial ever counts as an answer: a stream that ends without
 * the provider's end mark rejects with `model.stream_cut`.
 */
export interface ChatModel {
  readonly name: ModelName;
  respond(
    request: ModelRequest,
    options: { readonly signal: AbortSignal; readonly onText: (text: string) => void },
  ): Promise<ModelResponse>;
}

/** What an adapter's error says beyond its value: whether trying again can help, and when. */
export interface ModelFailure {
  readonly error: ErrorValue;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}
