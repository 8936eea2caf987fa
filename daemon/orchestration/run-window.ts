/** The window of one piece of work: what of its conversation goes into each request, within the model's limit. */
import { type ContextUse, type NexusError, nexusError } from "../../protocol/index.ts";
import type { Transcript } from "../agents/transcript.ts";
import { type Compaction, compact } from "../memory/context/compaction.ts";
import { breakdownOf, composeConversation, isNearLimit, keepTokensOf, viewOf } from "../memory/context/conversation.ts";
import { type ContextMessage, type Measure, totalTokens } from "../memory/context/messages.ts";
import type { MustKeep } from "../memory/context/notes.ts";
import { fillWindow, type Section } from "../memory/context/window.ts";
import type { ModelRequest, ModelResponse, ToolSchema } from "../models/model.ts";
import { estimateRequest, messageTokens } from "../models/tokens.ts";
import { createSummariser, type RecordedCompactions, recordCompaction, recordedCompactions } from "./compactions.ts";
import { callModel, recordedResponse, redactedMessages } from "./journal.ts";
import type { CountedWindow, RunContext } from "./run-context.ts";

export interface RunWindowOptions {
  readonly taskId: string;
  readonly system: string;
  /** What is offered at the next turn: it may grow while the agent works. */
  readonly tools: () => readonly ToolSchema[];
  readonly sections: readonly Section[];
  /** Word for word: what a compaction must leave in the request. */
  readonly rules: string;
  readonly openRequest: string;
}

/** One model call a turn with as much of the conversation as fits. */
export type Respond = (turn: number, transcript: Transcript) => Promise<{ response: ModelResponse; live: boolean }>;

const OPENING_SHARES = [0.6, 0.85];
const LEAST_WINDOW_TOKENS = 2000;
const MOST_NOTES_REQUEST = 24_000;

/** A model that finds a request too long is asked again with half the window, and from then on with no more. */
export async function createRunWindow(context: RunContext, options: RunWindowOptions): Promise<Respond> {
  const { taskId } = options;
  let model = await context.window();
  let { system } = options;
  let tools = options.tools();
  let frame = frameOf(model, options, tools);
  let { latest, count }: RecordedCompactions = await recordedCompactions(context, taskId);

  async function compactNow(turn: number, transcript: Transcript, messages: readonly ContextMessage[]): Promise<void> {
    const place = { taskId, turn, number: count + 1 };
    const { measure, opening, limit } = frame;
    // Rules that were cut for want of room stay as they were cut.
    const rules = opening.text.includes(options.rules) ? options.rules : "";
    const fitted = { opening: opening.text, messages, limit, measure };
    const input = {
      messages,
      before: latest,
      must: mustKeep(transcript, rules, options.openRequest),
      keepTokens: keepTokensOf(fitted),
      requestTokens: Math.min(MOST_NOTES_REQUEST, limit + frame.overheadTokens),
      measure,
    };
    const made = await compact(input, createSummariser(context, place));
    if (made === undefined) return;
    const tokensOf = (compaction: Compaction | undefined) =>
      totalTokens(composeConversation({ ...fitted, compaction }) ?? [], measure);
    const tokens = { tokensBefore: tokensBefore(fitted, latest), tokensAfter: tokensOf(made) };
    await recordCompaction(context, place, made, tokens);
    latest = made;
    count++;
  }

  /** A tool more leaves less room for all else. A replay has the instructions and tools of its time. */
  async function noticeTools(turn: number): Promise<void> {
    const sent = await context.recorded?.frame(`model/${taskId}/${turn}`);
    const now = sent?.tools ?? options.tools();
    system = sent?.system ?? options.system;
    const isSame = now.length === tools.length && now.every((tool, index) => tool === tools[index]);
    if (isSame && sent === undefined) return;
    tools = now;
    frame = frameOf(model, { ...options, system }, tools);
  }

  async function requestOf(turn: number, transcript: Transcript) {
    await noticeTools(turn);
    const clean = redactedMessages(transcript.messages, context.redact);
    const messages = viewOf(clean, frame.limit, model.counter.count);
    const { measure, opening, limit } = frame;
    const fitted = { opening: opening.text, messages, limit, measure };
    if (isNearLimit({ ...fitted, compaction: latest })) await compactNow(turn, transcript, messages);
    const composed = composeConversation({ ...fitted, compaction: latest });
    if (composed === undefined) throw tooLong(model);
    const request: ModelRequest = {
      system,
      messages: composed,
      tools,
      maxOutputTokens: model.answerTokens,
    };
    return { request, use: partsOf({ turn, options, tools, model, frame, composed, transcript, compactions: count }) };
  }

  return async (turn, transcript) => {
    const recorded = await recordedResponse(context, { taskId, turn });
    if (recorded !== undefined) return { response: recorded, live: false };
    for (;;) {
      const { request, use } = await requestOf(turn, transcript);
      try {
        return await callModel(context, { taskId, turn }, request, { use });
      } catch (error) {
        if (!isTooLong(error) || model.windowTokens / 2 < LEAST_WINDOW_TOKENS) throw error;
        model = halved(model);
        frame = frameOf(model, { ...options, system }, tools);
      }
    }
  };
}

function mustKeep({ corrections, changed, deadEnds }: Transcript, rules: string, openRequest: string): MustKeep {
  return { rules, openRequest, corrections, changed, deadEnds };
}

interface Frame {
  readonly measure: Measure;
  /** Of instructions and tools, which every request repeats; `toolTokens` of the tools alone. */
  readonly overheadTokens: number;
  readonly toolTokens: number;
  /** Of all messages together: what is left of the window, on the safe side of the counter's error. */
  readonly limit: number;
  readonly opening: Extract<ReturnType<typeof fillWindow>, { ok: true }>;
}

/** Throws `model.context_full` when the request alone does not fit. */
function frameOf(model: CountedWindow, { system, sections }: RunWindowOptions, tools: readonly ToolSchema[]): Frame {
  const { count, errorShare } = model.counter;
  const fixed = estimateRequest({ system, tools, messages: [], maxOutputTokens: 0 }, count);
  const { overheadTokens, toolTokens } = fixed;
  const measure: Measure = { count, message: (message) => messageTokens(message, count) };
  const limit = Math.floor((model.windowTokens - model.answerTokens) / (1 + errorShare)) - overheadTokens;
  for (const share of OPENING_SHARES) {
    const opening = fillWindow(sections, Math.floor(limit * share), count);
    if (opening.ok) return { measure, overheadTokens, toolTokens, limit, opening };
  }
  throw tooLong(model);
}

function halved(model: CountedWindow): CountedWindow {
  const windowTokens = Math.floor(model.windowTokens / 2);
  return { ...model, windowTokens, answerTokens: Math.min(model.answerTokens, Math.floor(windowTokens / 4)) };
}

function tokensBefore(
  fitted: { opening: string; messages: readonly ContextMessage[]; limit: number; measure: Measure },
  compaction: Compaction | undefined,
): number {
  const unlimited = { ...fitted, limit: Number.MAX_SAFE_INTEGER, compaction };
  return totalTokens(composeConversation(unlimited) ?? [], fitted.measure);
}

function tooLong({ windowTokens }: CountedWindow): NexusError {
  return nexusError("model.context_full", `What has to be sent does not fit into ${windowTokens} tokens.`);
}

function isTooLong(error: unknown): boolean {
  return error instanceof Error && "value" in error && codeOf(error.value) === "model.context_full";
}

function codeOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "code" in value ? value.code : undefined;
}

function partsOf(sent: {
  readonly turn: number;
  readonly options: RunWindowOptions;
  readonly tools: readonly ToolSchema[];
  readonly model: CountedWindow;
  readonly frame: Frame;
  readonly composed: readonly ContextMessage[];
  readonly transcript: Transcript;
  readonly compactions: number;
}): ContextUse {
  const { turn, options, tools, model, frame, composed, transcript, compactions } = sent;
  const { windowTokens, answerTokens, counter } = model;
  const { measure, opening, overheadTokens, toolTokens } = frame;
  const parts = breakdownOf({
    instructions: overheadTokens - toolTokens,
    tools: { tokens: toolTokens, items: tools.length },
    opening,
    messages: composed,
    whole: transcript.messages,
    measure,
  });
  const inputTokens = parts.reduce((sum, part) => sum + part.tokens, 0);
  return {
    taskId: options.taskId,
    turn,
    windowTokens,
    answerTokens,
    inputTokens,
    exact: counter.exact,
    errorShare: counter.errorShare,
    compactions,
    parts: parts.map((part) => ({ ...part, share: Math.round((part.tokens / inputTokens) * 10_000) / 10_000 })),
  };
}
