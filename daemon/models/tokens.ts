/** Token counts without a tokenizer: those of most providers are not public, and differ from one another anyway. */
import type { Message, ModelRequest, ToolSchema } from "./model.ts";

const MESSAGE_TOKENS = 6;
const TOOL_TOKENS = 12;
/** The most that providers count for a picture that they scale down to what they look at. */
const IMAGE_TOKENS = 1600;
/** Letters beyond these are no word: no tokenizer knows them, and takes hardly two at a time. */
const LONGEST_WORD = 20;

/** What a character begins, as tokenizers split text before they look for tokens. */
type Kind = "lower" | "upper" | "digit" | "blank" | "line" | "sign" | "half" | "wide";

/**
 * Estimated tokens of a text, by the pieces that tokenizers split it into: a word up to six letters is one token and a
 * longer one more, capitals begin a word, digits count three a token, signs one and then 2.2 a token, indentation and line
 * ends not quite one a run. Letters with accents, Greek and Cyrillic count two a token; everything above U+07FF (Chinese,
 * Japanese, Korean, emoji) one token a UTF-16 unit. For source code and English between 0.9 and 1.4 times what the o200k
 * tokenizer counts, 0.7 times for base64, up to three times for other languages; docs/context.md has the figures.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (let start = 0; start < text.length; ) {
    const kind = kindAt(text, start);
    const end = pieceEnd(text, start, kind);
    tokens += pieceTokens(kind, end - start);
    start = end;
  }
  return Math.ceil(tokens);
}

function kindAt(text: string, index: number): Kind {
  const unit = text.charCodeAt(index);
  if (unit >= 0x61 && unit <= 0x7a) return "lower";
  if (unit === 0x20 || unit === 0x09) return "blank";
  if (unit >= 0x41 && unit <= 0x5a) return "upper";
  if (unit >= 0x30 && unit <= 0x39) return "digit";
  if (unit === 0x0a || unit === 0x0d) return "line";
  if (unit < 0x80) return "sign";
  return unit < 0x800 ? "half" : "wide";
}

/** A run of one kind; capitals take the small letters after them along. */
function pieceEnd(text: string, start: number, kind: Kind): number {
  let end = start + 1;
  while (end < text.length && kindAt(text, end) === kind) end++;
  if (kind === "upper") while (end < text.length && kindAt(text, end) === "lower") end++;
  return end;
}

function pieceTokens(kind: Kind, length: number): number {
  switch (kind) {
    case "lower":
    case "upper":
      return 1 + Math.max(0, Math.min(length, LONGEST_WORD) - 6) / 5 + Math.max(0, length - LONGEST_WORD) / 1.8;
    case "digit":
      return Math.ceil(length / 3);
    case "blank":
      return length === 1 ? 0 : 0.9;
    case "line":
      return 0.8;
    case "sign":
      return 0.9 + (length - 1) / 2.2;
    case "half":
      return length / 2;
    case "wide":
      return length;
  }
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
  const images = message.role === "user" ? (message.images?.length ?? 0) : 0;
  return sum([MESSAGE_TOKENS, count(message.text), images * IMAGE_TOKENS, ...callTokens]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
