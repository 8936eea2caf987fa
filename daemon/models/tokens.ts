/**
 * Token counts without a tokenizer: none is downloaded, and the providers' own differ from one another anyway.
 */
import type { Message, ModelRequest, ToolSchema } from "./model.ts";

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

/**
 * `overheadTokens` is the part that every request repeats: system prompt and tool schemas. `count` counts a text; without
 * one it is estimated. What a provider puts around messages and tools is an estimate with either.
 */
export function estimateRequest(
  request: ModelRequest,
  count: (text: string) => number = estimateTokens,
): { inputTokens: number; overheadTokens: number; toolTokens: number } {
  const toolTokens = sum(request.tools.map((tool) => schemaTokens(tool, count)));
  const overheadTokens = MESSAGE_TOKENS + count(request.system) + toolTokens;
  const messages = sum(request.messages.map((message) => messageTokens(message, count)));
  return { inputTokens: overheadTokens + messages, overheadTokens, toolTokens };
}

function schemaTokens({ name, description, parameters }: ToolSchema, count: (text: string) => number): number {
  return TOOL_TOKENS + count(name + description + JSON.stringify(parameters));
}

/** Tokens of one message with everything that is sent of it. */
export function messageTokens(message: Message, count: (text: string) => number): number {
  const calls = message.role === "assistant" ? message.toolCalls : [];
  const callTokens = calls.map((call) => TOOL_TOKENS + count(call.tool + call.argumentsText));
  return sum([MESSAGE_TOKENS, count(message.text), ...callTokens]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
