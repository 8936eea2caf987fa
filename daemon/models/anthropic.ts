/** Anthropic's messages. */
import type { BaseMessage } from "@langchain/core/messages";
import type { Answer } from "./answer.ts";
import { createAnthropicInspector } from "./anthropic-events.ts";
import { acceptableHistory, type HistoryMessage } from "./history.ts";
import type { ChatModel, ModelRequest, ToolSchema } from "./model.ts";
import { callRemote, type RemoteModel } from "./remote.ts";
import type { Transport } from "./transport.ts";

/** The library is loaded at the first call. */
export function createAnthropicModel(model: RemoteModel): ChatModel {
  const endpoint = new URL(`${model.baseUrl}/v1/messages`).href;
  return {
    name: model.name,
    respond: (request, { signal, onText }) =>
      callRemote(model, {
        ...{ request, signal, onText, endpoint, createInspector: createAnthropicInspector },
        stream: (fetch, answer) => stream({ model, request, signal, fetch, answer }),
      }),
  };
}

interface StreamInput {
  readonly model: RemoteModel;
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
  readonly fetch: Transport["fetch"];
  readonly answer: Answer;
}

/** The library's own streaming method, for the reasons in openai.ts. */
async function stream({ model, request, signal, fetch, answer }: StreamInput): Promise<void> {
  const { ChatAnthropic } = await import("@langchain/anthropic");
  const chat = new ChatAnthropic({
    model: model.name.model,
    apiKey: model.apiKey ?? "none",
    anthropicApiUrl: model.baseUrl,
    maxRetries: 0,
    maxTokens: request.maxOutputTokens,
    clientOptions: { fetch, authToken: null, logLevel: "off", timeout: model.idleTimeoutMs + 60_000 },
  });
  const messages = await messagesOf(request);
  const tools = request.tools.map(toolOf);
  for await (const { message } of chat._streamResponseChunks(messages, {
    signal,
    ...(tools.length > 0 ? { tools } : {}),
  })) {
    answer.addText(textOf(message.content));
    const fragments =
      "tool_call_chunks" in message && Array.isArray(message.tool_call_chunks) ? message.tool_call_chunks : [];
    for (const fragment of fragments) answer.addCall(fragment);
  }
}

/** Text alone; thinking and tool input come in blocks of their own. */
function textOf(content: BaseMessage["content"]): string {
  if (typeof content === "string") return content;
  return content
    .map((block) => (block.type === "text" && typeof block["text"] === "string" ? block["text"] : ""))
    .join("");
}

function toolOf({ name, description, parameters }: ToolSchema) {
  return { name, description, input_schema: { ...parameters, type: "object" as const } };
}

const CACHED = { cache_control: { type: "ephemeral" as const } };

/**
 * Two cache marks: after the system prompt, which with the tools before it is the same in every request, and after the
 * last message, so that the next turn reads the whole conversation so far from the cache.
 */
async function messagesOf(request: ModelRequest): Promise<BaseMessage[]> {
  const { AIMessage, HumanMessage, SystemMessage } = await import("@langchain/core/messages");
  const turns = turnsOf(acceptableHistory(request.messages));
  const messages = turns.map((turn, index) => {
    if (!Array.isArray(turn)) {
      const tool_calls = turn.calls.map(({ id, tool, input }) => ({
        type: "tool_call" as const,
        id,
        name: tool,
        args: input,
      }));
      return new AIMessage({ content: turn.text, tool_calls });
    }
    const isLast = index === turns.length - 1;
    return new HumanMessage({
      content: turn.map((block, at) => (isLast && at === turn.length - 1 ? { ...block, ...CACHED } : block)),
    });
  });
  const text = request.system.toWellFormed();
  return text === "" ? messages : [new SystemMessage({ content: [{ type: "text", text, ...CACHED }] }), ...messages];
}

type UserBlock =
  | { type: "text"; text: string }
  | { type: "image"; source: { type: "base64"; media_type: string; data: string } }
  | { type: "tool_result"; tool_use_id: string; content: string; is_error: boolean };
type AssistantTurn = Extract<HistoryMessage, { role: "assistant" }>;

/** Results and what the user says after them are one message of the user's, results first. */
function turnsOf(history: readonly HistoryMessage[]): (UserBlock[] | AssistantTurn)[] {
  const turns: (UserBlock[] | AssistantTurn)[] = [];
  for (const message of history) {
    if (message.role === "assistant") {
      turns.push(message);
      continue;
    }
    const last = turns.at(-1);
    const blocks = userBlocks(message);
    if (Array.isArray(last)) last.push(...blocks);
    else turns.push(blocks);
  }
  return turns;
}

/** Pictures before the words that are about them. */
function userBlocks(message: Exclude<HistoryMessage, { role: "assistant" }>): UserBlock[] {
  if (message.role === "tool")
    return [{ type: "tool_result", tool_use_id: message.id, content: message.text, is_error: message.isError }];
  const pictures = (message.images ?? []).map(({ mimeType, data }) => ({
    ...{ type: "image" as const, source: { type: "base64" as const, media_type: mimeType, data } },
  }));
  return [...pictures, { type: "text", text: message.text }];
}
