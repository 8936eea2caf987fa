/** A server that speaks Anthropic's messages over real HTTP and says what a script tells it to. */
import { type Conversation, type Misbehaviour, type PlannedReply, pieces, type Script } from "./scripted/script.ts";
import {
  type JsonObject,
  type ScriptedOptions,
  type ScriptedServer,
  startScriptedServer,
  type Wire,
} from "./scripted/server.ts";

type Block = { readonly type: string; readonly text?: string; readonly content?: Content };
type Content = string | readonly Block[];

const TEXT_PIECE = 16;
const ARGUMENT_PIECE = 12;

/** `url` is the server's root, as ANTHROPIC_BASE_URL is. */
export function startScriptedAnthropic(script: Script, options: ScriptedOptions = {}): Promise<ScriptedServer> {
  return startScriptedServer(wire, script, options);
}

const wire: Wire = {
  path: "/v1/messages",
  basePath: "",
  idPrefix: "toolu_",
  conversationOf,
  events,
  whole,
  error: (status, message, type) => ({ type: "error", error: { type: type ?? errorType(status), message } }),
  errorEvent: (message, type = "overloaded_error") => event("error", { error: { type, message } }),
  isAuthorized: (request, apiKey) => request.headers["x-api-key"] === apiKey,
  models: (names) => ({
    data: names.map((id) => ({ type: "model", id, display_name: id, created_at: "2026-01-01T00:00:00Z" })),
    has_more: false,
    first_id: names[0] ?? null,
    last_id: names.at(-1) ?? null,
  }),
};

/** A user message's tool results are messages of their own here, so that both providers' scripts look alike. */
function conversationOf(body: JsonObject): Conversation {
  const messages = (body["messages"] ?? []) as { role: "user" | "assistant"; content: Content }[];
  const tools = (body["tools"] ?? []) as { name: string }[];
  return {
    system: textOf((body["system"] ?? "") as Content),
    messages: messages.flatMap(({ role, content }): Conversation["messages"] => {
      if (typeof content === "string" || role === "assistant") return [{ role, text: textOf(content) }];
      return content.map((block) =>
        block.type === "tool_result"
          ? { role: "tool" as const, text: textOf(block.content ?? "") }
          : { role, text: block.text ?? "" },
      );
    }),
    tools: tools.map((tool) => tool.name),
  };
}

function textOf(content: Content): string {
  return typeof content === "string" ? content : content.map((block) => block.text ?? "").join("\n");
}

function events(reply: PlannedReply, body: JsonObject, faults: Misbehaviour, hash: string): string[] {
  const usage = usageOf(reply);
  const start = { ...messageOf(reply, body, hash), content: [], stop_reason: null, stop_sequence: null };
  const withUsage = faults.noUsage === true ? start : { ...start, usage: { ...usage, output_tokens: 1 } };
  const blocks = [
    ...(reply.text === "" ? [] : [{ content_block: { type: "text", text: "" }, deltas: textDeltas(reply.text) }]),
    ...reply.calls.map(({ id, tool, argumentsText }) => ({
      content_block: { type: "tool_use", id, name: tool, input: {} },
      deltas: pieces(argumentsText, ARGUMENT_PIECE).map((piece) => ({ type: "input_json_delta", partial_json: piece })),
    })),
  ];
  const end = {
    delta: { stop_reason: stopReason(reply), stop_sequence: null },
    ...(faults.noUsage === true ? {} : { usage: { output_tokens: usage["output_tokens"] } }),
  };
  return [
    event("message_start", { message: withUsage }),
    event("ping", {}),
    ...blocks.flatMap(({ content_block, deltas }, index) => [
      event("content_block_start", { index, content_block }),
      ...deltas.map((delta) => event("content_block_delta", { index, delta })),
      event("content_block_stop", { index }),
    ]),
    ...(faults.noFinish === true ? [] : [event("message_delta", end)]),
    ...(faults.noFinish === true || faults.keepOpen === true ? [] : [event("message_stop", {})]),
  ];
}

function textDeltas(text: string) {
  return pieces(text, TEXT_PIECE).map((piece) => ({ type: "text_delta", text: piece }));
}

function event(type: string, fields: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

function whole(reply: PlannedReply, body: JsonObject, faults: Misbehaviour, hash: string): JsonObject {
  const content = [
    ...(reply.text === "" ? [] : [{ type: "text", text: reply.text }]),
    ...reply.calls.map(({ id, tool, argumentsText }) => ({
      type: "tool_use",
      id,
      name: tool,
      input: inputOf(argumentsText),
    })),
  ];
  const end = { stop_reason: faults.noFinish === true ? null : stopReason(reply), stop_sequence: null };
  return {
    ...messageOf(reply, body, hash),
    content,
    ...end,
    ...(faults.noUsage === true ? {} : { usage: usageOf(reply) }),
  };
}

function inputOf(argumentsText: string): unknown {
  try {
    return JSON.parse(argumentsText);
  } catch {
    return {};
  }
}

function messageOf(_reply: PlannedReply, body: JsonObject, hash: string): JsonObject {
  return { id: `msg_${hash.slice(0, 16)}`, type: "message", role: "assistant", model: body["model"] };
}

function stopReason(reply: PlannedReply): string {
  return reply.stopReason ?? (reply.calls.length > 0 ? "tool_use" : "end_turn");
}

function usageOf({ usage }: PlannedReply): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    output_tokens: usage.outputTokens,
  };
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

function errorType(status: number | undefined): string {
  const known = status === undefined ? undefined : ERROR_TYPES[status];
  return known ?? (status !== undefined && status >= 500 ? "api_error" : "invalid_request_error");
}
