/** Keeps a conversation within a model's window without losing its thread. */
import type { Message } from "../models/model.ts";

const LEFT_OUT = "[left out to save space; call the tool again if you need it]";

/**
 * Shortens old tool results, oldest first, until the conversation is at most `limit` tokens by the given estimate. The
 * first message (what was asked) and the last six stay whole. The same messages always give the same answer, so a
 * replayed run asks the same questions.
 */
export function fitConversation(
  messages: readonly Message[],
  limit: number,
  estimate: (text: string) => number,
): Message[] {
  const fitted = [...messages];
  let total = fitted.reduce((sum, message) => sum + estimate(textOf(message)), 0);
  for (let index = 1; index < fitted.length - 6 && total > limit; index++) {
    const message = fitted[index];
    if (message?.role !== "tool" || message.text.length <= LEFT_OUT.length) continue;
    total -= estimate(message.text) - estimate(LEFT_OUT);
    fitted[index] = { ...message, text: LEFT_OUT };
  }
  return fitted;
}

function textOf(message: Message): string {
  if (message.role !== "assistant") return message.text;
  return message.text + message.toolCalls.map((call) => call.argumentsText).join("");
}
