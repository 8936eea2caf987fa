/** Models of an editor: a connected client that has them is asked, and asks as the person who is signed in there. */
import type { ErrorCode, ModelAnswer, ModelName, ReverseParams } from "../../protocol/index.ts";
import { createAnswer } from "./answer.ts";
import { ModelCallError } from "./failure.ts";
import { acceptableHistory } from "./history.ts";
import type { ChatModel, ModelRequest, ModelResponse } from "./model.ts";

export type EditorCall = Omit<ReverseParams<"client/model">, "callId">;

interface EditorOptions {
  readonly signal: AbortSignal;
  /** Told of text as it streams. */
  readonly onText: (text: string) => void;
  /** Told once when nobody can be asked now, in words for a person. */
  readonly onWait: (message: string) => void;
}

/**
 * The clients that offer models. `ask` waits for one; rejects with `model.no_client`, `model.timeout`, `model.stream_cut`
 * when the client goes away, `model.bad_answer`, or the signal's reason.
 */
export interface EditorModels {
  ask(call: EditorCall, options: EditorOptions): Promise<ModelAnswer>;
}

export interface EditorModel {
  readonly name: ModelName;
  readonly editors: EditorModels;
  readonly runId?: string | undefined;
  readonly onWait?: ((message: string) => void) | undefined;
}

export function createEditorModel({ name, editors, runId, onWait = () => undefined }: EditorModel): ChatModel {
  const place = { model: name.model, ...(runId === undefined ? {} : { runId }) };
  return {
    name,
    async respond(request, { signal, onText }) {
      signal.throwIfAborted();
      const { system, tools, maxOutputTokens } = request;
      const sent = { system: system.toWellFormed(), tools: [...tools], maxOutputTokens };
      const call = { ...place, ...sent, messages: acceptableHistory(request.messages).map(asSent) };
      let streamed = false;
      const tell = (text: string) => {
        streamed ||= text !== "";
        onText(text);
      };
      const answer = await editors.ask(call, { signal, onText: tell, onWait });
      const response = responseOf(request, answer);
      if (!streamed && response.text !== "") onText(response.text);
      return response;
    },
  };
}

function asSent(message: ReturnType<typeof acceptableHistory>[number]): EditorCall["messages"][number] {
  return message.role === "assistant" ? { ...message, calls: [...message.calls] } : message;
}

function responseOf(request: ModelRequest, answer: ModelAnswer): ModelResponse {
  if (answer.outcome === "failed") throw failureOf(answer);
  const gathered = createAnswer(request, () => undefined);
  gathered.addText(answer.text);
  for (const [index, { id, tool, input }] of answer.calls.entries())
    gathered.addCall({ index, id, name: tool, args: JSON.stringify(input) });
  const usage = answer.usage && { ...answer.usage, cacheReadTokens: 0, cacheWriteTokens: 0, estimated: false };
  return gathered.build({ stopReason: answer.stopped ?? "end", usage });
}

const CODES: Record<Extract<ModelAnswer, { outcome: "failed" }>["reason"], ErrorCode> = {
  not_found: "model.unknown",
  not_allowed: "model.not_allowed",
  quota: "model.overloaded",
  blocked: "model.refused",
  too_long: "model.context_full",
  unreachable: "model.unreachable",
  failed: "model.refused",
};

function failureOf({ reason, message, retryAfterMs }: Extract<ModelAnswer, { outcome: "failed" }>): ModelCallError {
  return new ModelCallError(CODES[reason], message.replace(/\s+/g, " ").trim().slice(0, 400), { retryAfterMs });
}
