/** A conversation as the window sees it: turns that stay together, and results that never fill the window alone. */
import { cutText } from "./cut.ts";
import type { Count } from "./tokens.ts";

/** Of the same shape as a message to a model; this part knows no models. */
export type ContextMessage =
  | { readonly role: "user"; readonly text: string }
  | {
      readonly role: "assistant";
      readonly text: string;
      readonly toolCalls: readonly { readonly callId: string; readonly tool: string; readonly argumentsText: string }[];
    }
  | ToolMessage;

interface ToolMessage {
  readonly role: "tool";
  readonly callId: string;
  readonly tool: string;
  readonly text: string;
  readonly isError: boolean;
}

export interface Measure {
  readonly count: Count;
  /** Tokens of a message with everything that is sent of it. */
  readonly message: (message: ContextMessage) => number;
}

/** The end of an output says how it came out. */
const RESULT_TAIL = 0.4;
const SMALLEST_RESULT = 40;
/** More than what a message takes beside its text, whatever the provider. */
const MESSAGE_FRAME = 24;

/** Where turns begin: an answer, its results and what was said after them belong together. */
export function turnStarts(messages: readonly ContextMessage[]): number[] {
  return messages.flatMap((message, index) => (index === 0 || message.role === "assistant" ? [index] : []));
}

/**
 * The messages of one turn with its tool results cut so that together they hold at most `tokens`: short ones stay whole,
 * the long ones share the rest. Depends on nothing but the turn, so that what was sent once is sent the same again.
 */
export function fitResults(turn: readonly ContextMessage[], tokens: number, count: Count): ContextMessage[] {
  const sizes = turn.map((message) => (message.role === "tool" ? count(message.text) : 0));
  const share = fairShare(sizes, tokens);
  return turn.map((message, index) => {
    if (message.role !== "tool" || (sizes[index] ?? 0) <= share) return message;
    return { ...message, text: cutText(message.text, share, count, RESULT_TAIL).text };
  });
}

/** The largest size to which all may grow so that together they stay within `total`. */
function fairShare(sizes: readonly number[], total: number): number {
  const growing = sizes.filter((size) => size > 0).sort((first, second) => first - second);
  let left = total;
  for (const [index, size] of growing.entries()) {
    const share = Math.floor(left / (growing.length - index));
    if (size > share) return Math.max(share, SMALLEST_RESULT);
    left -= size;
  }
  return Number.POSITIVE_INFINITY;
}

export function totalTokens(messages: readonly ContextMessage[], measure: Measure): number {
  return messages.reduce((total, message) => total + measure.message(message), 0);
}

/**
 * The last resort when a conversation is too long all the same: texts are cut from the oldest on, the results first, then
 * the arguments of calls, then what was said; of the last turn only as much as needed. `fixed` messages at the beginning
 * stay whole, no message is dropped. Undefined when that is not enough.
 */
export function squeeze(
  messages: readonly ContextMessage[],
  limit: number,
  fixed: number,
  measure: Measure,
): ContextMessage[] | undefined {
  const squeezed = [...messages];
  let total = totalTokens(squeezed, measure);
  for (const [shorten, smallest] of RESORTS)
    for (let index = fixed; index < squeezed.length && total > limit; index++) {
      const message = squeezed[index];
      if (message === undefined) continue;
      const before = measure.message(message);
      const shorter = shorten(message, Math.max(smallest, before - (total - limit) - MESSAGE_FRAME), measure.count);
      total -= before - measure.message(shorter);
      squeezed[index] = shorter;
    }
  return total <= limit ? squeezed : undefined;
}

const RESORTS = [
  [shortenResult, SMALLEST_RESULT],
  [shortenArguments, SMALLEST_RESULT],
  [shortenText, SMALLEST_RESULT],
  [shortenResult, 0],
  [shortenArguments, 0],
  [shortenText, 0],
] as const;

function shortenResult(message: ContextMessage, tokens: number, count: Count): ContextMessage {
  if (message.role !== "tool") return message;
  return { ...message, text: cutText(message.text, tokens, count, RESULT_TAIL).text };
}

function shortenText(message: ContextMessage, tokens: number, count: Count): ContextMessage {
  return message.role === "tool" ? message : { ...message, text: cutText(message.text, tokens, count, 0.5).text };
}

/** Arguments stay JSON: a call whose arguments are long keeps the beginning of each of their texts. */
function shortenArguments(message: ContextMessage, tokens: number, count: Count): ContextMessage {
  if (message.role !== "assistant") return message;
  const each = Math.floor(tokens / Math.max(1, message.toolCalls.length));
  const toolCalls = message.toolCalls.map((call) => {
    if (count(call.argumentsText) <= each) return call;
    return { ...call, argumentsText: shortJson(call.argumentsText, each, count) };
  });
  return { ...message, toolCalls };
}

function shortJson(text: string, tokens: number, count: Count): string {
  try {
    const value: unknown = JSON.parse(text);
    for (const length of [400, 80, 20]) {
      const shorter = JSON.stringify(value, (_key, inner: unknown) =>
        typeof inner === "string" && inner.length > length ? `${inner.slice(0, length)}… left out` : inner,
      );
      if (count(shorter) <= tokens) return shorter;
    }
  } catch {
    // Not JSON: nothing of it can be kept and stay readable.
  }
  return "{}";
}
