/** What the user prefers as model, and the two forms in which a daemon is told: its environment, and model/configure. */
import type { Params } from "../protocol/messages.ts";
import type { ModelChoice } from "../protocol/run-events.ts";

export const PROVIDERS = ["openai", "anthropic", "openai-compatible", "ollama", "editor"] as const;
export type Provider = (typeof PROVIDERS)[number];

export interface ModelPreferences {
  readonly provider: Provider | null;
  readonly model: string | null;
  readonly baseUrl: string | null;
  /** USD per million tokens; null: from the daemon's price table. */
  readonly price: { readonly input: number; readonly output: number } | null;
}

/** "input,output" in USD per million tokens; null for anything else. */
export function parsePrice(text: string | null): ModelPreferences["price"] {
  const numbers = (text ?? "").split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const [input = Number.NaN, output = Number.NaN] = numbers;
  return numbers.length === 2 && input >= 0 && output >= 0 ? { input, output } : null;
}

/** Undefined when nothing is preferred: the daemon then keeps its own model. */
export function configureParams(
  { provider, model, baseUrl }: ModelPreferences,
  apiKey: string | null,
): Params<"model/configure"> | undefined {
  if (provider === null && model === null && baseUrl === null) return undefined;
  return {
    ...(provider === null ? {} : { provider }),
    ...(model === null ? {} : { model }),
    ...(baseUrl === null ? {} : { baseUrl }),
    ...(apiKey === null ? {} : { apiKey }),
  };
}

/** The preferences, with what the run used in the places they leave open; undefined when they name no provider. */
export function resumeChoice(
  { provider, model, baseUrl, price }: ModelPreferences,
  used: ModelChoice,
): ModelChoice | undefined {
  if (provider === null) return undefined;
  const same = used.provider === provider ? used : undefined;
  const name = model ?? same?.model;
  if (name === undefined) return undefined;
  return {
    provider,
    model: name,
    baseUrl: baseUrl ?? same?.baseUrl ?? null,
    price: price ?? (same?.model === name ? (same.price ?? null) : null),
    ...(same?.model === name && same.windowTokens != null ? { windowTokens: same.windowTokens } : {}),
  };
}

/**
 * The environment of a daemon that we start: with it a run that an earlier daemon left unfinished finds its key before
 * any client connects. Incomplete preferences are left out, because a daemon refuses to start with them.
 */
export function modelEnvironment(preferences: ModelPreferences, apiKey: string | null): Record<string, string> {
  const { provider, model, baseUrl, price } = preferences;
  if (provider === null || (provider === "openai-compatible" && (model === null || baseUrl === null))) return {};
  const names = VARIABLES[provider];
  return {
    NEXUS_PROVIDER: provider,
    ...(model === null ? {} : { NEXUS_MODEL: model }),
    ...(price === null ? {} : { NEXUS_PRICE: `${price.input},${price.output}` }),
    ...(baseUrl === null || names.address === null || !URL.canParse(baseUrl) ? {} : { [names.address]: baseUrl }),
    ...(apiKey === null || names.key === null ? {} : { [names.key]: apiKey }),
  };
}

const VARIABLES: Record<Provider, { readonly address: string | null; readonly key: string | null }> = {
  openai: { address: "OPENAI_BASE_URL", key: "OPENAI_API_KEY" },
  "openai-compatible": { address: "OPENAI_BASE_URL", key: "OPENAI_API_KEY" },
  anthropic: { address: "ANTHROPIC_BASE_URL", key: "ANTHROPIC_API_KEY" },
  ollama: { address: "OLLAMA_HOST", key: null },
  editor: { address: null, key: null },
};

/** A workspace may lower the user's limit and never raise it. Null: no limit. */
export function lowestBudget(values: readonly unknown[]): number | null {
  const limits = values.filter((value): value is number => typeof value === "number" && value >= 0);
  return limits.length === 0 ? null : Math.min(...limits);
}
