import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitConversation } from "../../daemon/agents/conversation.ts";
import type { Message } from "../../daemon/models/model.ts";

const length = (text: string) => text.length;

function toolResult(text: string): Message {
  return { role: "tool", callId: "1", tool: "read_file", text, isError: false };
}

describe("fitConversation", () => {
  it("leaves a conversation that fits as it is", () => {
    const messages: Message[] = [{ role: "user", text: "hello" }, toolResult("x".repeat(50))];
    expect(fitConversation(messages, 1000, length)).toEqual(messages);
  });

  it("shortens the oldest tool results first and keeps the opening and the latest turns", () => {
    const results = Array.from({ length: 12 }, (_, index) => toolResult(`${index}:${"x".repeat(200)}`));
    const messages: Message[] = [{ role: "user", text: "goal" }, ...results];
    const fitted = fitConversation(messages, 2200, length);
    expect(fitted[0]).toEqual(messages[0]);
    expect(fitted.slice(-6)).toEqual(messages.slice(-6));
    expect(fitted[1]).toMatchObject({ text: expect.stringContaining("left out") });
    expect(fitted.reduce((sum, message) => sum + message.text.length, 0)).toBeLessThanOrEqual(2200);
  });

  it("never drops, adds or reorders messages", () => {
    const message = fc.oneof(
      fc.string().map((text): Message => ({ role: "user", text })),
      fc.string({ maxLength: 400 }).map(toolResult),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 30 }), fc.nat(3000), (messages, limit) => {
        const fitted = fitConversation(messages, limit, length);
        expect(fitted.map((entry) => entry.role)).toEqual(messages.map((entry) => entry.role));
      }),
    );
  });
});
