/** What a stream of Anthropic messages must look like: one message, blocks that open, grow and close in order. */
import type { Usage } from "../../protocol/index.ts";
import { ModelCallError } from "./failure.ts";
import { isRecord, numberIn, parseJson } from "./json-text.ts";
import type { ModelResponse } from "./model.ts";
import { type ErrorContext, failureOfProviderError } from "./provider-error.ts";
import type { EventInspector } from "./transport.ts";

/** The end mark is the `stop_reason`, which comes after every block was closed. */
export function createAnthropicInspector(context: ErrorContext): EventInspector {
  const blocks = new Map<unknown, "open" | "closed">();
  let usage: Record<string, unknown> = {};
  let started = false;
  let stopReason: ModelResponse["stopReason"] | undefined;
  let closed = false;

  function check(event: Record<string, unknown>, data: string): void {
    const { type, index, message, delta } = event;
    switch (type) {
      case "message_start":
        demand(!started && isRecord(message));
        started = true;
        if (isRecord(message)) usage = { ...usage, ...completeUsage(message) };
        break;
      case "content_block_start":
        demand(started && stopReason === undefined && !blocks.has(index));
        blocks.set(index, "open");
        break;
      case "content_block_delta":
        demand(blocks.get(index) === "open");
        break;
      case "content_block_stop":
        demand(blocks.get(index) === "open");
        blocks.set(index, "closed");
        break;
      case "message_delta":
        demand(started && [...blocks.values()].every((state) => state === "closed"));
        usage = { ...usage, ...completeUsage(event) };
        if (isRecord(delta)) stopReason = stopReasonOf(delta["stop_reason"]) ?? stopReason;
        break;
      case "message_stop":
        closed = true;
        break;
      case "error":
        throw failureOfProviderError({ status: undefined, body: event, text: data }, context);
      default:
    }
  }

  return {
    inspect(data) {
      const event = parseJson(data);
      if (!isRecord(event)) throw new ModelCallError("model.bad_answer", "An event was no JSON object.");
      check(event, data);
      return `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`;
    },
    closed: () => closed,
    end: () => (stopReason === undefined ? undefined : { stopReason, usage: usageOf(usage) }),
  };
}

function demand(condition: boolean): void {
  if (!condition) throw new ModelCallError("model.bad_answer", "Its events came twice or out of order.");
}

function stopReasonOf(reason: unknown): ModelResponse["stopReason"] | undefined {
  if (typeof reason !== "string") return undefined;
  if (reason === "max_tokens" || reason === "model_context_window_exceeded") return "length";
  if (reason === "refusal") return "refused";
  return reason === "tool_use" ? "tool_calls" : "end";
}

/** The library reads usage figures without looking whether they are there. Answers with those that were. */
function completeUsage(holder: Record<string, unknown>): Record<string, unknown> {
  const sent = isRecord(holder["usage"]) ? holder["usage"] : {};
  holder["usage"] = { input_tokens: 0, output_tokens: 0, ...sent };
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => typeof value === "number"));
}

function usageOf(usage: Record<string, unknown>): Usage | undefined {
  const inputTokens = numberIn(usage, "input_tokens");
  const cacheReadTokens = numberIn(usage, "cache_read_input_tokens");
  const cacheWriteTokens = numberIn(usage, "cache_creation_input_tokens");
  if (inputTokens + cacheReadTokens + cacheWriteTokens === 0) return undefined;
  const outputTokens = numberIn(usage, "output_tokens");
  return { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, estimated: false };
}
