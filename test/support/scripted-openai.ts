/** A server that speaks OpenAI's chat completions over real HTTP and says what a script tells it to. */
import { type Conversation, type Misbehaviour, type PlannedReply, pieces, type Script } from "./scripted/script.ts";
import {
  type JsonObject,
  type ScriptedOptions,
  type ScriptedServer,
  startScriptedServer,
  type Wire,
} from "./scripted/server.ts";

interface OpenAiMessage {
  readonly role: string;
  readonly content?: string | null | readonly { readonly text?: string }[];
}

const TEXT_PIECE = 16;
const ARGUMENT_PIECE = 12;

/** `url` ends in /v1, as OPENAI_BASE_URL does. */
export function startScriptedOpenAi(script: Script, options: ScriptedOptions = {}): Promise<ScriptedServer> {
  return startScriptedServer(wire, script, options);
}

const wire: Wire = {
  path: "/v1/chat/completions",
  basePath: "/v1",
  idPrefix: "call_",
  conversationOf,
  events,
  whole,
  error: (status, message, type) => ({
    error: { message, type: type ?? errorType(status), param: null, code: type ?? errorCode(status, message) },
  }),
  errorEvent: (message, type = "server_error") => event({ error: { message, type, param: null, code: null } }),
  isAuthorized: (request, apiKey) => request.headers.authorization === `Bearer ${apiKey}`,
  models: (names) => ({
    object: "list",
    data: names.map((id) => ({ id, object: "model", created: 0, owned_by: "scripted" })),
  }),
};

function conversationOf(body: JsonObject): Conversation {
  const messages = (body["messages"] ?? []) as OpenAiMessage[];
  const tools = (body["tools"] ?? []) as { function: { name: string } }[];
  const isSystem = ({ role }: OpenAiMessage) => role === "system" || role === "developer";
  return {
    system: messages.filter(isSystem).map(textOf).join("\n"),
    messages: messages
      .filter((message) => !isSystem(message))
      .map((message) => ({ role: message.role as "user" | "assistant" | "tool", text: textOf(message) })),
    tools: tools.map((tool) => tool.function.name),
  };
}

function textOf({ content }: OpenAiMessage): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text ?? "").join("");
}

function events(reply: PlannedReply, body: JsonObject, faults: Misbehaviour, hash: string): string[] {
  const base = {
    id: `chatcmpl-${hash.slice(0, 16)}`,
    object: "chat.completion.chunk",
    created: 1,
    model: body["model"],
  };
  const delta = (change: JsonObject, finish: string | null = null) =>
    event({ ...base, choices: [{ index: 0, delta: change, logprobs: null, finish_reason: finish }] });
  const calls = reply.calls.flatMap(({ id, tool, argumentsText }, index) => [
    delta({ tool_calls: [{ index, id, type: "function", function: { name: tool, arguments: "" } }] }),
    ...pieces(argumentsText, ARGUMENT_PIECE).map((piece) =>
      delta({ tool_calls: [{ index, function: { arguments: piece } }] }),
    ),
  ]);
  const wantsUsage = (body["stream_options"] as { include_usage?: boolean } | undefined)?.include_usage === true;
  const usage = wantsUsage && faults.noUsage !== true ? [event({ ...base, choices: [], usage: usageOf(reply) })] : [];
  return [
    delta({ role: "assistant", content: "", refusal: null }),
    ...pieces(reply.text, TEXT_PIECE).map((piece) => delta({ content: piece })),
    ...calls,
    ...(faults.noFinish === true ? [] : [delta({}, finishReason(reply)), ...usage, "data: [DONE]\n\n"]),
  ];
}

function event(value: JsonObject): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function whole(reply: PlannedReply, body: JsonObject, faults: Misbehaviour, hash: string): JsonObject {
  const tool_calls = reply.calls.map(({ id, tool, argumentsText }) => ({
    id,
    type: "function",
    function: { name: tool, arguments: argumentsText },
  }));
  const message = {
    role: "assistant",
    content: reply.text === "" && tool_calls.length > 0 ? null : reply.text,
    refusal: null,
    ...(tool_calls.length > 0 ? { tool_calls } : {}),
  };
  return {
    id: `chatcmpl-${hash.slice(0, 16)}`,
    object: "chat.completion",
    created: 1,
    model: body["model"],
    choices: [
      { index: 0, message, logprobs: null, finish_reason: faults.noFinish === true ? null : finishReason(reply) },
    ],
    ...(faults.noUsage === true ? {} : { usage: usageOf(reply) }),
  };
}

function finishReason(reply: PlannedReply): string {
  return reply.stopReason ?? (reply.calls.length > 0 ? "tool_calls" : "stop");
}

/** OpenAI counts cached tokens among the prompt's. */
function usageOf({ usage }: PlannedReply): JsonObject {
  const prompt_tokens = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return {
    prompt_tokens,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt_tokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      audio_tokens: 0,
      ...(usage.cacheWriteTokens > 0 ? { cache_write_tokens: usage.cacheWriteTokens } : {}),
    },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}

function errorType(status: number | undefined): string {
  if (status === 429) return "rate_limit_exceeded";
  return status !== undefined && status >= 500 ? "server_error" : "invalid_request_error";
}

function errorCode(status: number | undefined, message: string): string | null {
  if (status === 401) return "invalid_api_key";
  if (status === 404) return "model_not_found";
  return message.includes("context length") ? "context_length_exceeded" : null;
}
