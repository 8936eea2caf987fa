/** The conversation as it is sent: opening, notes in place of what was left out, and the newest turns. */
import type { Compaction } from "./compaction.ts";
import { type ContextMessage, fitResults, type Measure, squeeze, totalTokens, turnStarts } from "./messages.ts";
import { renderNotes } from "./notes.ts";
import type { Count } from "./tokens.ts";
import type { SectionUse } from "./window.ts";

const COMPACT_AT = 0.85;
const RESULTS_SHARE = 0.3;
const NOTES_SHARE = 0.2;
const AFTER_COMPACTION = 0.7;
const MOST_KEPT = 0.35;
const LEAST_KEPT = 0.15;

export interface ConversationInput {
  readonly opening: string;
  readonly compaction: Compaction | undefined;
  /** The newest turns and all before them, as `viewOf` gives them. */
  readonly messages: readonly ContextMessage[];
  /** Tokens of all messages together. */
  readonly limit: number;
  readonly measure: Measure;
}

/** Messages with the results of each turn cut to their share of the limit. A turn's view never changes later. */
export function viewOf(messages: readonly ContextMessage[], limit: number, count: Count): ContextMessage[] {
  const starts = turnStarts(messages);
  return starts.flatMap((start, index) =>
    fitResults(messages.slice(start, starts[index + 1]), Math.floor(limit * RESULTS_SHARE), count),
  );
}

/** At most `limit` tokens; undefined when not even the shortest form of it fits. */
export function composeConversation(input: ConversationInput): ContextMessage[] | undefined {
  const messages = wholeConversation(input);
  return totalTokens(messages, input.measure) <= input.limit
    ? messages
    : squeeze(messages, input.limit, 1, input.measure);
}

/** True when the conversation has come so near its limit that it is time to leave something out. */
export function isNearLimit(input: ConversationInput): boolean {
  return totalTokens(wholeConversation(input), input.measure) > input.limit * COMPACT_AT;
}

/** How many tokens of the newest turns a compaction leaves, so that the next one is not due at once. */
export function keepTokensOf({ opening, limit, measure }: Omit<ConversationInput, "compaction" | "messages">): number {
  const free = limit * (AFTER_COMPACTION - NOTES_SHARE) - measure.message({ role: "user", text: opening });
  return Math.floor(Math.max(limit * LEAST_KEPT, Math.min(limit * MOST_KEPT, free)));
}

function wholeConversation({ opening, compaction, messages, limit, measure }: ConversationInput): ContextMessage[] {
  const first: ContextMessage = { role: "user", text: opening };
  if (compaction === undefined) return [first, ...messages];
  const notes = renderNotes(compaction.notes, opening, Math.floor(limit * NOTES_SHARE), measure.count);
  return [first, { role: "user", text: notes }, ...messages.slice(compaction.upTo)];
}

export interface ContextPart {
  readonly name: "instructions" | "tools" | SectionUse["name"] | "results";
  readonly tokens: number;
  readonly items: number;
  readonly truncated: boolean;
}

/**
 * What the request is made of. The tokens add up to all of it: the opening's own frame counts with the task, and what was
 * said since then with the conversation.
 */
export function breakdownOf(request: {
  readonly instructions: number;
  readonly tools: { readonly tokens: number; readonly items: number };
  readonly opening: { readonly tokens: number; readonly sections: readonly SectionUse[] };
  /** As `composeConversation` made them; the first is the opening. */
  readonly messages: readonly ContextMessage[];
  /** As they were before anything was cut. */
  readonly whole: readonly ContextMessage[];
  readonly measure: Measure;
}): ContextPart[] {
  const { opening, measure } = request;
  const [first, ...said] = request.messages;
  const frame = (first === undefined ? 0 : measure.message(first)) - opening.tokens;
  const [results, spoken] = byKind(said);
  const [allResults, allSpoken] = byKind(request.whole);
  const earlier = opening.sections.find((section) => section.name === "conversation");
  const sections = opening.sections.filter((section) => section !== earlier);
  return [
    { name: "instructions" as const, tokens: request.instructions, items: 1, truncated: false },
    { name: "tools" as const, ...request.tools, truncated: false },
    ...sections.map((section) => (section.name === "task" ? { ...section, tokens: section.tokens + frame } : section)),
    {
      name: "conversation" as const,
      tokens: totalTokens(spoken, measure) + (earlier?.tokens ?? 0),
      items: spoken.length + (earlier?.items ?? 0),
      truncated: earlier?.truncated === true || isCut(spoken, allSpoken),
    },
    {
      name: "results" as const,
      tokens: totalTokens(results, measure),
      items: results.length,
      truncated: isCut(results, allResults),
    },
  ].filter((part) => part.tokens > 0 || part.truncated);
}

function byKind(messages: readonly ContextMessage[]): readonly [results: ContextMessage[], spoken: ContextMessage[]] {
  const isResult = (message: ContextMessage) => message.role === "tool";
  return [messages.filter(isResult), messages.filter((message) => !isResult(message))];
}

/** Whether one of these messages was left out, shortened, or stands for others. */
function isCut(sent: readonly ContextMessage[], whole: readonly ContextMessage[]): boolean {
  const all = new Set(whole);
  return sent.length < whole.length || sent.some((message) => !all.has(message));
}
