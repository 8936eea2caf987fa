/**
 * Token counts without a tokenizer: none is downloaded, and the providers' own differ from one another anyway.
 */
import type { Message, ModelRequest } from "./model.ts";

const ASCII_PER_TOKEN = 3.6;
const MESSAGE_TOKENS = 6;
const TOOL_TOKENS = 12;

/**
 * Estimated tokens of a text. ASCII counts 3.6 characters a token, but digits 2; letters with accents, Greek and Cyrillic
 * 2; everything above U+07FF (Chinese, Japanese, Korean, emoji) one token a UTF-16 unit. Against the o200k tokenizer it is
 * from 15 % below to 40 % above for source code and English, up to double for other languages, and up to 40 % below for
 * long runs of hexadecimal digits; docs/models.md has the figures.
 */
export function estimateTokens(text: string): number {
  let ascii = 0;
  let halves = 0;
  let other = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    const isDigit = unit >= 0x30 && unit <= 0x39;
    if (unit < 0x80 && !isDigit) ascii++;
    else if (unit < 0x800) halves++;
    else other++;
  }
  return Math.ceil(ascii / ASCII_PER_TOKEN + halves / 2 + other);
}

/** `overheadTokens` is the part that every request repeats: system prompt and tool schemas. */
export function estimateRequest(request: ModelRequest): { inputTokens: number; overheadTokens: number } {
  const tools = request.tools.map(({ name, description, parameters }) =>
    estimateTokens(name + description + JSON.stringify(parameters)),
  );
  const overheadTokens = sum([MESSAGE_TOKENS, estimateTokens(request.system), ...tools, tools.length * TOOL_TOKENS]);
  return { inputTokens: overheadTokens + sum(request.messages.map(messageTokens)), overheadTokens };
}

function messageTokens(message: Message): number {
  const calls = message.role === "assistant" ? message.toolCalls : [];
  const callTokens = calls.map((call) => TOOL_TOKENS + estimateTokens(call.tool + call.argumentsText));
  return sum([MESSAGE_TOKENS, estimateTokens(message.text), ...callTokens]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
