/** What the model tests have in common: both providers behind one call. */
import { createChatModel, type ModelOptions } from "../../daemon/models/create.ts";
import type { ChatModel, ModelRequest, ModelResponse, ToolSchema } from "../../daemon/models/model.ts";
import type { ModelSettings } from "../../daemon/settings.ts";
import { NexusError } from "../../protocol/index.ts";
import type { Misbehaviour, Script } from "../support/scripted/script.ts";
import type { ScriptedOptions, ScriptedServer } from "../support/scripted/server.ts";
import { startScriptedAnthropic } from "../support/scripted-anthropic.ts";
import { startScriptedOpenAi } from "../support/scripted-openai.ts";

export const PROVIDERS = [
  { provider: "openai", start: startScriptedOpenAi },
  { provider: "anthropic", start: startScriptedAnthropic },
] as const;

export const EDIT_TOOL: ToolSchema = {
  name: "edit",
  description: "Edits a file.",
  parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
};

export const KEY = "sk-test-0123456789abcdef";

export function settingsFor(provider: ModelSettings["provider"], change: Partial<ModelSettings> = {}): ModelSettings {
  const empty = { price: null, recordFile: null, replayFile: null, baseUrl: null };
  return { provider, model: "scripted", apiKey: KEY, ...empty, ...change };
}

export function requestOf(text: string, change: Partial<ModelRequest> = {}): ModelRequest {
  return { system: "You are a test.", messages: [{ role: "user", text }], tools: [], maxOutputTokens: 500, ...change };
}

export interface Asked {
  readonly response?: ModelResponse;
  /** Code of the NexusError it failed with. */
  readonly code?: string;
  readonly message?: string;
  readonly retryAfterMs?: number | undefined;
  readonly texts: string[];
}

/** Asks once and turns an expected failure into a value; anything but a NexusError is thrown. */
export async function ask(
  model: ChatModel,
  request: ModelRequest,
  signal = new AbortController().signal,
): Promise<Asked> {
  const texts: string[] = [];
  try {
    return { response: await model.respond(request, { signal, onText: (text) => texts.push(text) }), texts };
  } catch (error) {
    if (!(error instanceof NexusError)) throw error;
    const retryAfterMs = "retryAfterMs" in error ? (error.retryAfterMs as number | undefined) : undefined;
    return { code: error.value.code, message: error.value.message, retryAfterMs, texts };
  }
}

type Started = { server: ScriptedServer; model: ChatModel };

/** Starts a server with the script, hands over a model that talks to it, and closes it. */
export async function withModel<Result>(
  { provider, start }: (typeof PROVIDERS)[number],
  script: Script,
  use: (started: Started) => Promise<Result>,
  options: { model?: ModelOptions; server?: ScriptedOptions; settings?: Partial<ModelSettings> } = {},
): Promise<Result> {
  const server = await start(script, options.server);
  const model = createChatModel(settingsFor(provider, { baseUrl: server.url, ...options.settings }), options.model);
  try {
    return await use({ server, model });
  } finally {
    await server.close();
  }
}

/** Asks a server that misbehaves in this way for as long as it is asked. */
export function askMisbehaving(
  provider: (typeof PROVIDERS)[number],
  misbehave: Misbehaviour,
  options: { model?: ModelOptions; tools?: readonly ToolSchema[] } = {},
): Promise<Asked> {
  const script = [{ reply: { text: "Fine, thank you." }, misbehave: { times: "always" as const, ...misbehave } }];
  const request = requestOf("hello", { tools: options.tools ?? [] });
  return withModel(provider, script, ({ model }) => ask(model, request), options);
}
