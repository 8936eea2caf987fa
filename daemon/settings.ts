/** Raw settings (environment, settings file) parsed once into values that cannot be wrong. */
import type { PolicyRules } from "../protocol/index.ts";

export type Provider = "openai" | "anthropic" | "openai-compatible" | "ollama" | "replay";

export interface ModelSettings {
  readonly provider: Provider;
  readonly model: string;
  readonly baseUrl: string | null;
  readonly apiKey: string | null;
  /** USD per million tokens; null: look the model up in the price table. */
  readonly price: { readonly input: number; readonly output: number } | null;
  /** File to append every exchange to (NEXUS_RECORD), and to answer from (provider replay: NEXUS_REPLAY). */
  readonly recordFile: string | null;
  readonly replayFile: string | null;
}

export interface Settings {
  /** The data folder. */
  readonly home: string;
  /** Null when nothing is configured: a run then fails with `model.not_configured`. */
  readonly model: ModelSettings | null;
  readonly budgetUsd: number | null;
  readonly policy: PolicyRules;
  readonly idleExitMs: number;
}
