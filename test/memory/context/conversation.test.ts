import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Compaction, compact } from "../../../daemon/memory/context/compaction.ts";
import {
  breakdownOf,
  composeConversation,
  isNearLimit,
  keepTokensOf,
  viewOf,
} from "../../../daemon/memory/context/conversation.ts";
import { type ContextMessage, type Measure, totalTokens } from "../../../daemon/memory/context/messages.ts";
import { createTokenCounter } from "../../../daemon/memory/context/tokens.ts";
import { estimateTokens, messageTokens } from "../../../daemon/models/tokens.ts";

const { count } = await createTokenCounter("gpt-4o", estimateTokens);
const measure: Measure = { count, message: (message) => messageTokens(message, count) };
const OPENING = "Request:\nAdd a flag --json.\n\nThe project's rules:\n<rules>\nUse tabs.\n</rules>";
const must = { rules: "Use tabs.", openRequest: "Add a flag --json.", corrections: [], changed: [], deadEnds: [] };
const noModel = { summarise: () => Promise.reject(new Error("no model")), mustStop: () => false };

/** A turn: what the agent says, calls of these sizes in words, and perhaps something from the user. */
const anyTurn = fc.record({
  text: fc.string({ maxLength: 80 }),
  results: fc.array(fc.nat(1500), { maxLength: 4 }),
  argument: fc.nat(300),
  said: fc.option(fc.string({ minLength: 1, maxLength: 60 }), { nil: undefined }),
});
type Turn = typeof anyTurn extends fc.Arbitrary<infer Value> ? Value : never;

function messagesOf(turns: readonly Turn[]): ContextMessage[] {
  return turns.flatMap(({ text, results, argument, said }, turn): ContextMessage[] => {
    const argumentsText = JSON.stringify({ path: `src/${turn}.ts`, content: "line of code; ".repeat(argument) });
    const calls = results.map((_, index) => ({ callId: `${turn}/${index}`, tool: "read_file", argumentsText }));
    return [
      { role: "assistant", text, toolCalls: calls },
      ...results.map((words, index): ContextMessage => {
        const result = { callId: `${turn}/${index}`, tool: "read_file", text: "word of a file ".repeat(words) };
        return { role: "tool", ...result, isError: false };
      }),
      ...(said === undefined ? [] : [{ role: "user" as const, text: said }]),
    ];
  });
}

/** Grows a conversation turn by turn as a run does, and answers with what was sent at each. */
async function grow(turns: readonly Turn[], limit: number) {
  const sent: { messages: ContextMessage[]; compaction: Compaction | undefined }[] = [];
  let compaction: Compaction | undefined;
  for (let length = 0; length <= turns.length; length++) {
    const messages = viewOf(messagesOf(turns.slice(0, length)), limit, count);
    const fitted = { opening: OPENING, messages, limit, measure };
    if (isNearLimit({ ...fitted, compaction })) {
      const input = {
        messages,
        before: compaction,
        must,
        keepTokens: keepTokensOf(fitted),
        requestTokens: limit,
        measure,
      };
      compaction = (await compact(input, noModel)) ?? compaction;
    }
    const composed = composeConversation({ ...fitted, compaction });
    if (composed === undefined) throw new Error("it did not fit");
    sent.push({ messages: composed, compaction });
  }
  return sent;
}

const anyRun = fc.tuple(fc.array(anyTurn, { maxLength: 14 }), fc.integer({ min: 2500, max: 9000 }));

describe("a growing conversation", () => {
  it("is never over its limit, and keeps opening, request and rules", async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async ([turns, limit]) => {
        for (const { messages } of await grow(turns, limit)) {
          expect(totalTokens(messages, measure)).toBeLessThanOrEqual(limit);
          expect(messages[0]).toEqual({ role: "user", text: OPENING });
        }
      }),
      { numRuns: 40 },
    );
  });

  it("never splits a call from its result, and loses none of the newest turn", async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async ([turns, limit]) => {
        for (const [length, { messages }] of (await grow(turns, limit)).entries()) {
          const calls = messages.flatMap((message) =>
            message.role === "assistant" ? message.toolCalls.map((call) => call.callId) : [],
          );
          const results = messages.flatMap((message) => (message.role === "tool" ? [message.callId] : []));
          expect(results).toEqual(calls);
          const newest = turns[length - 1]?.results.map((_, index) => `${length - 1}/${index}`) ?? [];
          expect(results.slice(results.length - newest.length)).toEqual(newest);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("repeats what was sent before byte for byte until the next compaction, so that caches hit", async () => {
    const small = fc.array(
      anyTurn.map((turn) => ({ ...turn, argument: turn.argument % 40 })),
      { maxLength: 14 },
    );
    await fc.assert(
      fc.asyncProperty(small, async (turns) => {
        const sent = await grow(turns, 12_000);
        for (const [index, { messages, compaction }] of sent.entries()) {
          const before = sent[index - 1];
          if (before === undefined || before.compaction !== compaction) continue;
          expect(messages.slice(0, before.messages.length)).toEqual(before.messages);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("is sent whole as long as it fits", async () => {
    const turn = { text: "I look.", results: [50], argument: 1, said: undefined };
    const turns = Array.from({ length: 5 }, () => turn);
    expect((await grow(turns, 9000)).at(-1)?.messages.slice(1)).toEqual(messagesOf(turns));
  });

  it("is cut to the shortest when one turn alone is too much, and its arguments stay JSON", async () => {
    const turn = { text: "I write.", results: [1500, 1500, 1500, 1500], argument: 300, said: undefined };
    const messages = (await grow([turn], 2500)).at(-1)?.messages ?? [];
    const [, answer] = messages;
    const texts = answer?.role === "assistant" ? answer.toolCalls.map((call) => call.argumentsText) : [];
    expect(texts).toHaveLength(4);
    for (const text of texts) expect(() => JSON.parse(text)).not.toThrow();
  });
});

describe("breakdownOf", () => {
  it("adds up to the whole request", async () => {
    const turns = Array.from({ length: 9 }, () => ({ text: "x", results: [900], argument: 2, said: "go on" }));
    const whole = messagesOf(turns);
    for (const { messages } of await grow(turns, 4000)) {
      const tokens = count(OPENING);
      const opening = { tokens, sections: [{ name: "task" as const, tokens, items: 1, truncated: false }] };
      const tools = { tokens: 300, items: 4 };
      const parts = breakdownOf({ instructions: 200, tools, opening, messages, whole, measure });
      const sum = parts.reduce((total, part) => total + part.tokens, 0);
      expect(sum).toBe(500 + totalTokens(messages, measure));
    }
    expect(whole).toHaveLength(27);
  });
});
