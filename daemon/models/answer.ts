/** Gathers a streamed answer. Nothing leaves it before the provider's end mark. */
import type { Usage } from "../../protocol/index.ts";
import { ModelCallError } from "./failure.ts";
import { uniqueId } from "./history.ts";
import type { ModelRequest, ModelResponse, ToolCall } from "./model.ts";
import { estimateRequest, estimateTokens } from "./tokens.ts";

/** A piece of a tool call, as providers stream it: the first one names it, all may carry argument text. */
interface CallFragment {
  readonly index?: number | undefined;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly args?: string | undefined;
}

export interface Answer {
  addText(text: string): void;
  addCall(fragment: CallFragment): void;
  /** The whole answer; without usage figures they are estimated from the text. */
  build(end: { stopReason: ModelResponse["stopReason"]; usage: Usage | undefined }): ModelResponse;
}

const MAX_CHARACTERS = 4_000_000;

interface GatheredCall {
  readonly index: number | undefined;
  id: string;
  name: string;
  args: string[];
}

/** Throws `model.bad_answer` when the answer grows beyond four million characters. */
export function createAnswer(request: ModelRequest, onText: (text: string) => void): Answer {
  const texts: string[] = [];
  const calls: GatheredCall[] = [];
  let size = 0;

  function grow(characters: number): void {
    size += characters;
    if (size > MAX_CHARACTERS) throw new ModelCallError("model.bad_answer", "It was too large.");
  }

  return {
    addText(text) {
      if (text === "") return;
      grow(text.length);
      texts.push(text);
      onText(text);
    },
    addCall(fragment) {
      grow(fragment.args?.length ?? 0);
      const call = callOf(fragment, calls);
      if (call.id === "") call.id = fragment.id ?? "";
      if (call.name === "") call.name = fragment.name ?? "";
      if (fragment.args !== undefined) call.args.push(fragment.args);
    },
    build({ stopReason, usage }) {
      const text = texts.join("");
      const toolCalls = finishedCalls(calls);
      const reason = stopReason === "end" || stopReason === "tool_calls" ? naturalEnd(toolCalls) : stopReason;
      return { text, toolCalls, stopReason: reason, usage: usage ?? estimatedUsage(request, text, toolCalls) };
    },
  };
}

/**
 * The call a fragment belongs to: the one with its index, or without an index the last one. A fragment that brings
 * another id and a name begins a new call: some servers give every call index 0.
 */
function callOf(fragment: CallFragment, calls: GatheredCall[]): GatheredCall {
  const known = fragment.index === undefined ? calls.at(-1) : calls.findLast((call) => call.index === fragment.index);
  const isOther =
    known !== undefined && !!fragment.id && !!fragment.name && known.id !== "" && known.id !== fragment.id;
  if (known !== undefined && !isOther) return known;
  const call: GatheredCall = { index: fragment.index, id: "", name: "", args: [] };
  calls.push(call);
  return call;
}

/** Some servers send no ids, or the same one twice; results could not be told apart. */
function finishedCalls(calls: readonly GatheredCall[]): ToolCall[] {
  const usedIds = new Set<string>();
  return calls.map(({ id, name, args }, index) => ({
    callId: uniqueId(id === "" ? `call_${index + 1}` : id, usedIds),
    tool: name,
    argumentsText: args.join(""),
  }));
}

/** Some servers say "stop" after tool calls, others "tool_calls" after none. */
function naturalEnd(toolCalls: readonly ToolCall[]): ModelResponse["stopReason"] {
  return toolCalls.length > 0 ? "tool_calls" : "end";
}

function estimatedUsage(request: ModelRequest, text: string, toolCalls: readonly ToolCall[]): Usage {
  const written = text + toolCalls.map((call) => call.tool + call.argumentsText).join("");
  return {
    inputTokens: estimateRequest(request).inputTokens,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: estimateTokens(written),
    estimated: true,
  };
}
