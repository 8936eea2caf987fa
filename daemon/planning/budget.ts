/** Money: reserved before a call, settled after it; what cannot be priced is not spent. */
import { nexusError, type RunState } from "../../protocol/index.ts";
import { type Price, reserveFor } from "../models/prices.ts";

const SMALLEST_ANSWER_TOKENS = 1000;

export interface Reservation {
  readonly reservedUsd: number;
  /** What was asked for, or less where the budget pays for no more. */
  readonly maxOutputTokens: number;
}

/**
 * Reserves for the next call what it can cost at most. A budget that is nearly spent shortens the answer first. Throws
 * `budget.unknown_price` for a call without a known price, and `budget.exceeded` when not even a short answer fits.
 */
export function reserve(
  budget: RunState["budget"],
  price: Price | undefined,
  tokens: { inputTokens: number; maxOutputTokens: number },
): Reservation {
  if (price === undefined) throw nexusError("budget.unknown_price");
  const costOf = (outputTokens: number) => reserveFor(price, tokens.inputTokens, outputTokens);
  const left = budget.limitUsd === null ? Number.POSITIVE_INFINITY : budget.limitUsd - budget.spentUsd;
  let { maxOutputTokens } = tokens;
  while (costOf(maxOutputTokens) > left && maxOutputTokens > SMALLEST_ANSWER_TOKENS)
    maxOutputTokens = Math.max(SMALLEST_ANSWER_TOKENS, Math.floor(maxOutputTokens / 2));
  const reservedUsd = costOf(maxOutputTokens);
  if (reservedUsd <= left) return { reservedUsd, maxOutputTokens };
  const dollars = (amount: number) => `$${Math.max(0, amount).toFixed(4)}`;
  throw nexusError("budget.exceeded", `It needs up to ${dollars(reservedUsd)}; ${dollars(left)} is left.`);
}
