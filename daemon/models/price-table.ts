/**
 * USD per million tokens: input, read from the provider's cache, written to it, output. From the providers' own price
 * pages in November 2026 (developers.openai.com/api/docs/pricing, platform.claude.com/docs/en/about-claude/pricing).
 * A model that is not here has no known price, which is safer than a wrong one.
 */

export type PriceRow = readonly [input: number, cacheRead: number, cacheWrite: number, output: number];

export const PRICES: Readonly<Record<string, PriceRow>> = {
  "claude-fable-5-1": [10, 0.25, 12.5, 50],
  "claude-fable-5": [10, 1, 12.5, 50],
  "claude-opus-5-5": [4, 0.2, 5, 20],
  "claude-opus-5": [5, 0.5, 6.25, 25],
  "claude-opus-4-8": [5, 0.5, 6.25, 25],
  "claude-opus-4-7": [5, 0.5, 6.25, 25],
  "claude-opus-4-6": [5, 0.5, 6.25, 25],
  "claude-opus-4-5": [5, 0.5, 6.25, 25],
  "claude-opus-4-1": [15, 1.5, 18.75, 75],
  "claude-sonnet-5-5": [2, 0.1, 2.5, 10],
  "claude-sonnet-5": [2, 0.2, 2.5, 10],
  "claude-sonnet-4-6": [3, 0.3, 3.75, 15],
  "claude-sonnet-4-5": [3, 0.3, 3.75, 15],
  "claude-haiku-5-5": [0.1, 0.01, 0.125, 0.5],
  "claude-haiku-4-5": [1, 0.1, 1.25, 5],

  "gpt-6.1-sol": [2, 0.1, 2.5, 10],
  "gpt-6.1-terra": [1, 0.05, 1.25, 5],
  "gpt-6-sol": [2, 0.2, 2.5, 10],
  "gpt-5.5": [5, 0.5, 5, 30],
  "gpt-5.4": [2.5, 0.25, 2.5, 15],
  "gpt-5.4-mini": [0.75, 0.075, 0.75, 4.5],
  "gpt-5.4-nano": [0.2, 0.02, 0.2, 1.25],
  "gpt-5.2": [1.75, 0.175, 1.75, 14],
  "gpt-5.1": [1.25, 0.125, 1.25, 10],
  "gpt-5": [1.25, 0.125, 1.25, 10],
  "gpt-5-mini": [0.25, 0.025, 0.25, 2],
  "gpt-5-nano": [0.05, 0.005, 0.05, 0.4],
  "gpt-4.1": [2, 0.5, 2, 8],
  "gpt-4.1-mini": [0.4, 0.1, 0.4, 1.6],
  "gpt-4.1-nano": [0.1, 0.025, 0.1, 0.4],
  "gpt-4o": [2.5, 1.25, 2.5, 10],
  "gpt-4o-mini": [0.15, 0.075, 0.15, 0.6],
  o3: [2, 0.5, 2, 8],
  "o4-mini": [1.1, 0.275, 1.1, 4.4],
  "o3-mini": [1.1, 0.55, 1.1, 4.4],
};

/** Models that charge a whole request by other prices when its input is longer than this many tokens. */
export const LONG_INPUT: Readonly<Record<string, { readonly above: number; readonly prices: PriceRow }>> = {
  "claude-haiku-5-5": { above: 100_000, prices: [0.5, 0.05, 0.625, 2.5] },
  "gpt-6.1-sol": { above: 272_000, prices: [4, 0.2, 5, 15] },
  "gpt-6-sol": { above: 272_000, prices: [4, 0.4, 5, 15] },
  "gpt-5.5": { above: 272_000, prices: [10, 1, 10, 45] },
  "gpt-5.4": { above: 272_000, prices: [5, 0.5, 5, 22.5] },
};
