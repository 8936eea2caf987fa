/** From parsed settings to a model that can be asked. Only this file knows all providers. */
import { nexusError } from "../../protocol/index.ts";
import { type Clock, systemClock } from "../host/clock.ts";
import type { ModelSettings } from "../settings.ts";
import { createAnthropicModel } from "./anthropic.ts";
import { createEditorModel, type EditorModels } from "./editor.ts";
import type { ChatModel } from "./model.ts";
import { createOpenAiModel } from "./openai.ts";
import { recordingModel } from "./recorder.ts";
import type { RemoteModel } from "./remote.ts";
import { createReplayModel } from "./replay.ts";

export interface ModelOptions {
  readonly clock?: Clock;
  /** Milliseconds without a byte after which a call is given up. Default 120 000. */
  readonly idleTimeoutMs?: number;
  /** The clients that offer models; left out: none does. */
  readonly editors?: EditorModels;
  /** The run that the model is for. */
  readonly runId?: string;
  /** Told, in words for a person, when a call waits for a client that offers the model. */
  readonly onWait?: (message: string) => void;
}

const OPENAI_URL = "https://api.openai.com/v1";
const ANTHROPIC_URL = "https://api.anthropic.com";
const NO_EDITORS: EditorModels = { ask: () => Promise.reject(nexusError("model.no_client")) };
const OLLAMA_URL = "http://127.0.0.1:11434/v1";

/**
 * Builds the model; nothing is loaded or contacted before its first call. Throws `model.key_missing` when the provider
 * needs a key and `settings.invalid` for an address or a file that cannot be used.
 */
export function createChatModel(settings: ModelSettings, options: ModelOptions = {}): ChatModel {
  const model = createProviderModel(settings, options);
  return settings.recordFile === null ? model : recordingModel(model, settings.recordFile, settings.apiKey);
}

function createProviderModel(settings: ModelSettings, options: ModelOptions): ChatModel {
  const { provider, baseUrl } = settings;
  switch (provider) {
    case "openai":
      return createOpenAiModel(remote(settings, options, baseUrl ?? OPENAI_URL, keyOf(settings)));
    case "anthropic": {
      const address = (baseUrl ?? ANTHROPIC_URL).replace(/\/v1\/*$/, "");
      return createAnthropicModel(remote(settings, options, address, keyOf(settings)));
    }
    case "openai-compatible":
      if (baseUrl === null)
        throw nexusError("settings.invalid", "Provider openai-compatible needs an address: set OPENAI_BASE_URL.");
      return createOpenAiModel(remote(settings, options, baseUrl, settings.apiKey));
    case "ollama":
      return createOpenAiModel(remote(settings, options, ollamaUrl(baseUrl), null));
    case "editor": {
      const { editors = NO_EDITORS, runId, onWait } = options;
      return createEditorModel({ name: { provider, model: settings.model }, editors, runId, onWait });
    }
    case "replay":
      if (settings.replayFile === null)
        throw nexusError("settings.invalid", "Provider replay needs a recording: set NEXUS_REPLAY to its file.");
      return createReplayModel({ provider, model: settings.model }, settings.replayFile);
  }
}

/** A server at another address than the provider's own may need no key; whether it does, it says itself. */
function keyOf({ provider, apiKey, baseUrl }: ModelSettings): string | null {
  if (apiKey !== null && apiKey.trim() !== "") return apiKey.trim();
  if (baseUrl !== null) return null;
  throw nexusError("model.key_missing", `(${provider})`);
}

function remote(
  { provider, model }: ModelSettings,
  { clock = systemClock, idleTimeoutMs = 120_000 }: ModelOptions,
  address: string,
  apiKey: string | null,
): RemoteModel {
  return { name: { provider, model }, baseUrl: checkedUrl(address), apiKey, clock, idleTimeoutMs };
}

/** The address is not repeated in the message when it holds a password. */
function checkedUrl(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw nexusError(
      "settings.invalid",
      `The model's address must begin with http:// or https://, not "${address.slice(0, 100)}".`,
    );
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw nexusError("settings.invalid", "The model's address must hold no password, query or fragment.");
  return url.href.replace(/\/+$/, "");
}

/**
 * What OLLAMA_HOST may hold: nothing, a host, a host and port, or an address, with or without /v1. A server's "listen
 * everywhere" (0.0.0.0) is no address to call, so it means this machine.
 */
export function ollamaUrl(host: string | null): string {
  if (host === null || host.trim() === "") return OLLAMA_URL;
  const address = /^https?:\/\//.test(host) ? host : `http://${host}`;
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.hostname === "0.0.0.0" || url.hostname === "[::]") url.hostname = "127.0.0.1";
  const hasPort = /:\d+\/?$/.test(new URL(address).host) || /:\d+(\/|$)/.test(address.replace(/^https?:\/\//, ""));
  if (!hasPort && !/^https?:\/\//.test(host)) url.port = "11434";
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith("/v1") ? path : `${path}/v1`;
  return url.href;
}
