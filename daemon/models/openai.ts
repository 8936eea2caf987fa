/** OpenAI's chat completions, at OpenAI or at any address that speaks them (Ollama, vLLM, llama.cpp …). */
import type { BaseMessage } from "@langchain/core/messages";
import { NexusError } from "../../protocol/index.ts";
import type { Answer } from "./answer.ts";
import { ModelCallError } from "./failure.ts";
import { acceptableHistory, type HistoryMessage } from "./history.ts";
import type { ChatModel, ModelRequest, ToolSchema } from "./model.ts";
import { createOpenAiInspector } from "./openai-events.ts";
import { callRemote, type RemoteModel } from "./remote.ts";
import type { Transport } from "./transport.ts";

/** What servers of this protocol disagree about. Learnt from a refusal, kept for the model's life. */
interface Dialect {
  readonly streamUsage: boolean;
  readonly limitName: "max_tokens" | "max_completion_tokens";
  readonly reasoningEffort: "none" | undefined;
}

/**
 * The library is loaded at the first call. A refusal that names a parameter of ours (`stream_options`, the name of the
 * output limit, `reasoning_effort` where tools are only allowed without reasoning) is answered by sending the request
 * again without it; a refused request costs nothing.
 */
export function createOpenAiModel(model: RemoteModel): ChatModel {
  const endpoint = new URL(`${model.baseUrl}/chat/completions`).href;
  const isOpenAi = new URL(model.baseUrl).hostname === "api.openai.com";
  const limitName = isOpenAi ? "max_completion_tokens" : "max_tokens";
  let dialect: Dialect = { streamUsage: true, limitName, reasoningEffort: undefined };
  return {
    name: model.name,
    async respond(request, { signal, onText }) {
      for (;;) {
        const spoken = dialect;
        try {
          return await callRemote(model, {
            ...{ request, signal, onText, endpoint, createInspector: createOpenAiInspector },
            stream: (fetch, answer) => stream({ model, request, dialect: spoken, signal, fetch, answer }),
          });
        } catch (error) {
          const other = otherDialect(error, spoken, { ofRequest: request, initial: limitName });
          if (other === undefined) throw error;
          dialect = other;
        }
      }
    },
  };
}

function otherDialect(
  error: unknown,
  spoken: Dialect,
  { ofRequest, initial }: { ofRequest: ModelRequest; initial: Dialect["limitName"] },
): Dialect | undefined {
  if (!(error instanceof NexusError) || error.value.code !== "model.refused") return undefined;
  const words = error.value.message;
  if (spoken.streamUsage && words.includes("stream_options")) return { ...spoken, streamUsage: false };
  if (
    spoken.limitName === initial &&
    /max_(completion_)?tokens/.test(words) &&
    /support|permit|unknown|unrec/i.test(words)
  )
    return { ...spoken, limitName: initial === "max_tokens" ? "max_completion_tokens" : "max_tokens" };
  if (ofRequest.tools.length > 0 && words.includes("reasoning_effort")) {
    if (spoken.reasoningEffort === undefined) return { ...spoken, reasoningEffort: "none" };
    throw new ModelCallError(
      "model.refused",
      `Chat completions give this model no tools; choose another one. ${words}`,
    );
  }
  return undefined;
}

interface StreamInput {
  readonly model: RemoteModel;
  readonly request: ModelRequest;
  readonly dialect: Dialect;
  readonly signal: AbortSignal;
  readonly fetch: Transport["fetch"];
  readonly answer: Answer;
}

/**
 * Calls the library's own streaming method and not `.stream()`: that one would hand every exchange to a tracer that the
 * environment names (LANGSMITH_TRACING), and joins all chunks again at each chunk, which is quadratic. `invoke()` would
 * fetch a tokenizer from the network.
 */
async function stream({ model, request, dialect, signal, fetch, answer }: StreamInput): Promise<void> {
  const { ChatOpenAICompletions } = await import("@langchain/openai");
  const { limitName, reasoningEffort, streamUsage } = dialect;
  const chat = new ChatOpenAICompletions({
    model: model.name.model,
    // Never empty: the library would take the environment's key and send it to this address.
    apiKey: model.apiKey ?? "none",
    maxRetries: 0,
    streamUsage,
    timeout: model.idleTimeoutMs + 60_000,
    configuration: { baseURL: model.baseUrl, fetch, logLevel: "off" },
  });
  // The library decides by the model's name what the limit is called, and knows only the names of its own time.
  const libraryParams = chat.invocationParams.bind(chat);
  chat.invocationParams = (options, extra) => ({
    ...withoutLimits(libraryParams(options, extra)),
    [limitName]: request.maxOutputTokens,
    ...(reasoningEffort === undefined || request.tools.length === 0 ? {} : { reasoning_effort: reasoningEffort }),
  });
  const messages = await messagesOf(request);
  const tools = request.tools.map(toolOf);
  for await (const { message } of chat._streamResponseChunks(messages, {
    signal,
    ...(tools.length > 0 ? { tools } : {}),
  })) {
    if (typeof message.content === "string") answer.addText(message.content);
    const fragments =
      "tool_call_chunks" in message && Array.isArray(message.tool_call_chunks) ? message.tool_call_chunks : [];
    for (const fragment of fragments) answer.addCall(fragment);
  }
}

function withoutLimits<Params extends object>(params: Params): Params {
  return { ...params, max_tokens: undefined, max_completion_tokens: undefined };
}

function toolOf({ name, description, parameters }: ToolSchema) {
  return { type: "function" as const, function: { name, description, parameters } };
}

type Library = typeof import("@langchain/core/messages");

async function messagesOf(request: ModelRequest): Promise<BaseMessage[]> {
  const library = await import("@langchain/core/messages");
  const history = acceptableHistory(request.messages).map((message) => messageOf(message, library));
  return request.system === "" ? history : [new library.SystemMessage(request.system.toWellFormed()), ...history];
}

function partsOf({ text, images = [] }: Extract<HistoryMessage, { role: "user" }>) {
  const pictures = images.map(({ mimeType, data }) => ({
    ...{ type: "image_url" as const, image_url: { url: `data:${mimeType};base64,${data}` } },
  }));
  return [{ type: "text" as const, text }, ...pictures];
}

function messageOf(message: HistoryMessage, library: Library): BaseMessage {
  switch (message.role) {
    case "user":
      return new library.HumanMessage(message.images === undefined ? message.text : { content: partsOf(message) });
    case "assistant": {
      const calls = message.calls.map(({ id, tool, input }) => ({
        type: "tool_call" as const,
        id,
        name: tool,
        args: input,
      }));
      return new library.AIMessage({ content: message.text, tool_calls: calls });
    }
    case "tool":
      return new library.ToolMessage({ content: message.text, tool_call_id: message.id });
  }
}
