/** Which model a run uses: what its client brought, else the daemon's own. Keys stay in memory. */
import type { ModelChoice, ModelSettingsInput } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import type { ModelSettings } from "../settings.ts";

export function settingsFromInput(input: ModelSettingsInput): ModelSettings {
  return {
    provider: input.provider,
    model: input.model,
    baseUrl: input.baseUrl ?? null,
    apiKey: input.apiKey ?? null,
    price: input.price ?? null,
    recordFile: input.recordFile ?? null,
    replayFile: input.replayFile ?? null,
    windowTokens: input.windowTokens ?? null,
  };
}

/** What may be written into the event log: everything but the key. */
export function choiceOf(settings: ModelSettings): ModelChoice {
  const { apiKey: _, ...choice } = settings;
  return choice;
}

/** A run taken up again: its own model and address, with the key of this daemon's memory. */
export function settingsOfChoice(
  choice: ModelChoice,
  key: string | undefined,
  own: ModelSettings | null,
): ModelSettings {
  const isOwn = own !== null && own.provider === choice.provider && own.baseUrl === (choice.baseUrl ?? null);
  return settingsFromInput({ ...choice, apiKey: key ?? (isOwn ? own.apiKey : null) });
}

export function requireModel(input: ModelSettingsInput | undefined, own: ModelSettings | null): ModelSettings {
  if (input !== undefined) return settingsFromInput(input);
  if (own === null) throw nexusError("model.not_configured");
  return own;
}
