/** What a stream of OpenAI chat completions must look like, and how servers depart from it without harm. */
import type { Usage } from "../../protocol/index.ts";
import { ModelCallError } from "./failure.ts";
import { isRecord, numberIn, parseJson } from "./json-text.ts";
import type { ModelResponse } from "./model.ts";
import { type ErrorContext, failureOfProviderError } from "./provider-error.ts";
import type { EventInspector } from "./transport.ts";

/**
 * The end mark is a `finish_reason`. Content after it means that events came twice or out of order: the answer is
 * refused as a whole, because its arguments may be a mixture.
 */
export function createOpenAiInspector(context: ErrorContext): EventInspector {
  let finish: { event: string; stopReason: ModelResponse["stopReason"] } | undefined;
  let usage: Usage | undefined;
  let closed = false;

  function check(event: Record<string, unknown>, data: string): void {
    const { error } = event;
    if (error !== undefined && error !== null)
      throw failureOfProviderError({ status: undefined, body: event, text: data }, context);
    usage = usageOf(event["usage"]) ?? usage;
    const choice = firstChoice(event);
    if (choice === undefined) return;
    const delta = normalDelta(choice);
    if (finish !== undefined && (data === finish.event || hasContent(delta)))
      throw new ModelCallError("model.bad_answer", "Its events came twice or out of order.");
    const reason = choice["finish_reason"];
    if (typeof reason === "string" && reason !== "") finish = { event: data, stopReason: stopReasonOf(reason) };
  }

  return {
    inspect(data) {
      if (data.trim() === "[DONE]") {
        closed = true;
        return "data: [DONE]\n\n";
      }
      const event = parseJson(data);
      if (!isRecord(event)) throw new ModelCallError("model.bad_answer", "An event was no JSON object.");
      check(event, data);
      return `data: ${JSON.stringify(event)}\n\n`;
    },
    closed: () => closed,
    end: () => (finish === undefined ? undefined : { stopReason: finish.stopReason, usage }),
  };
}

function stopReasonOf(reason: string): ModelResponse["stopReason"] {
  if (reason === "length") return "length";
  if (reason === "content_filter") return "refused";
  return reason === "tool_calls" ? "tool_calls" : "end";
}

/** OpenAI counts cached tokens among the prompt's; ours are disjoint. */
function usageOf(usage: unknown): Usage | undefined {
  const promptTokens = numberIn(usage, "prompt_tokens");
  if (promptTokens === 0) return undefined;
  const details = isRecord(usage) ? usage["prompt_tokens_details"] : undefined;
  const cacheReadTokens = Math.min(promptTokens, numberIn(details, "cached_tokens"));
  const cacheWriteTokens = Math.min(promptTokens - cacheReadTokens, numberIn(details, "cache_write_tokens"));
  const inputTokens = promptTokens - cacheReadTokens - cacheWriteTokens;
  const outputTokens = numberIn(usage, "completion_tokens");
  return { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, estimated: false };
}

function firstChoice(event: Record<string, unknown>): Record<string, unknown> | undefined {
  const { choices } = event;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  return isRecord(choice) ? choice : undefined;
}

/** Servers leave out the delta of the last event or the role, or send text in parts; the library would lose those. */
function normalDelta(choice: Record<string, unknown>): Record<string, unknown> {
  const delta = isRecord(choice["delta"]) ? choice["delta"] : {};
  const { content } = delta;
  delta["role"] = "assistant";
  if (Array.isArray(content))
    delta["content"] = content.map((part: unknown) => (isRecord(part) ? String(part["text"] ?? "") : "")).join("");
  choice["delta"] = delta;
  return delta;
}

function hasContent({ content, tool_calls }: Record<string, unknown>): boolean {
  return (typeof content === "string" && content !== "") || (Array.isArray(tool_calls) && tool_calls.length > 0);
}
