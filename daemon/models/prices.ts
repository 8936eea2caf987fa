/** What a model call costs, before it (at most) and after it. */
import type { Usage } from "../../protocol/index.ts";
import type { ModelSettings } from "../settings.ts";
import { LONG_INPUT, PRICES, type PriceRow } from "./price-table.ts";

interface Rates {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}

/** USD per million tokens. `long` replaces the rest for a request whose whole input is above its limit. */
export interface Price extends Rates {
  readonly long?: { readonly aboveTokens: number; readonly rates: Rates };
}

const FREE: Price = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 };
const MILLION = 1_000_000;
/** Providers' tokenizers differ from our estimate and from each other; a reservation errs on the safe side. */
const ESTIMATE_MARGIN = 1.4;

/**
 * The price that the settings name; else that of a known model; else 0 for what runs on the user's own machine or
 * network (Ollama, a replay, a loopback or private address) and for what a subscription pays (a model of the editor). Undefined when nobody knows.
 */
export function priceOf(settings: Pick<ModelSettings, "provider" | "model" | "baseUrl" | "price">): Price | undefined {
  const { provider, model, baseUrl, price } = settings;
  if (price !== null)
    return { input: price.input, cacheRead: price.input, cacheWrite: price.input, output: price.output };
  if (provider === "replay" || provider === "editor") return FREE;
  const known = provider === "ollama" ? undefined : knownPrice(model);
  if (known !== undefined) return known;
  if (provider === "ollama") return FREE;
  return baseUrl !== null && isOwnMachine(baseUrl) ? FREE : undefined;
}

/** USD of what was used. */
export function costOf(price: Price, usage: Usage): number {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage;
  const rates = ratesFor(price, inputTokens + cacheReadTokens + cacheWriteTokens);
  const input = inputTokens * rates.input + cacheReadTokens * rates.cacheRead + cacheWriteTokens * rates.cacheWrite;
  return (input + outputTokens * rates.output) / MILLION;
}

/** USD that a call can cost at most: all of the input at its dearest rate, with a margin, and the longest answer. */
export function reserveFor(price: Price, estimatedInputTokens: number, maxOutputTokens: number): number {
  const inputTokens = estimatedInputTokens * ESTIMATE_MARGIN;
  const rates = ratesFor(price, inputTokens);
  const inputRate = Math.max(rates.input, rates.cacheRead, rates.cacheWrite);
  return (inputTokens * inputRate + maxOutputTokens * rates.output) / MILLION;
}

function ratesFor(price: Price, inputTokens: number): Rates {
  return price.long !== undefined && inputTokens > price.long.aboveTokens ? price.long.rates : price;
}

/** A dated name (gpt-5-2025-08-07, claude-sonnet-4-5-20250929) costs what its family does; no other prefix counts. */
function knownPrice(model: string): Price | undefined {
  const name = model.toLowerCase().replace(/-(?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$/, "");
  const row = Object.hasOwn(PRICES, name) ? PRICES[name] : undefined;
  if (row === undefined) return undefined;
  const long = Object.hasOwn(LONG_INPUT, name) ? LONG_INPUT[name] : undefined;
  if (long === undefined) return ratesOf(row);
  return { ...ratesOf(row), long: { aboveTokens: long.above, rates: ratesOf(long.prices) } };
}

function ratesOf([input, cacheRead, cacheWrite, output]: PriceRow): Rates {
  return { input, cacheRead, cacheWrite, output };
}

/** True for loopback, private and link-local addresses, and for names that only resolve nearby. */
export function isOwnMachine(baseUrl: string): boolean {
  if (!URL.canParse(baseUrl)) return false;
  const host = new URL(baseUrl).hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (/^(?:localhost|.+\.(?:localhost|local|lan|internal|home\.arpa))$/.test(host)) return true;
  if (host.includes(":")) return host === "::1" || /^f[cd]|^fe[89ab]/.test(host);
  return /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.0\.0\.0$)[\d.]*$/.test(host);
}
