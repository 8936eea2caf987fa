/** How much a model takes in and gives out in one request. */
import type { ModelSettings } from "../settings.ts";

/**
 * What a request is kept to when its model could take more or nobody knows: each step pays for all of it again, and what is
 * in the middle of a very long request is easily overlooked.
 */
const WORKING_TOKENS = 90_000;
const LONGEST_ANSWER = 8000;
const ANSWER_SHARE = 0.25;

/** Models whose window is smaller, by the beginning of their names; the first that fits counts. */
const SMALL_WINDOWS: readonly (readonly [prefix: string, tokens: number])[] = [
  ["gpt-4-32k", 32_768],
  ["gpt-4-turbo", WORKING_TOKENS],
  ["gpt-4-0125", WORKING_TOKENS],
  ["gpt-4-1106", WORKING_TOKENS],
  ["gpt-4-", 8192],
  ["gpt-3.5-turbo", 16_385],
];

export interface ModelWindow {
  /** Input and answer together. */
  readonly windowTokens: number;
  /** Kept free for the answer, which may be no longer. */
  readonly answerTokens: number;
}

/** The window that the settings name, else the model's own or 90 000 tokens, whichever is less. */
export function windowOf({ model, windowTokens }: Pick<ModelSettings, "model" | "windowTokens">): ModelWindow {
  const name = `${model.toLowerCase()}-`;
  const known = SMALL_WINDOWS.find(([prefix]) => name.startsWith(prefix))?.[1];
  const tokens = windowTokens ?? known ?? WORKING_TOKENS;
  return { windowTokens: tokens, answerTokens: Math.min(LONGEST_ANSWER, Math.floor(tokens * ANSWER_SHARE)) };
}
