/** Answers and errors as OpenAI's chat completions give them. */
import type { ErrorValue } from "../../../protocol/index.ts";
import type { HttpReply } from "../../host/http-server.ts";
import type { PortAnswer } from "../../tools/model-port.ts";

const JSON_TYPE = { "content-type": "application/json" };
const STREAM_TYPE = { "content-type": "text/event-stream" };

export function jsonReply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): HttpReply {
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(value) };
}

/** Nothing gets better by asking again: what can be tried again was, before this answer. */
export function errorReply(status: number, type: string, code: string, message: string): HttpReply {
  return jsonReply(status, { error: { message, type, param: null, code } }, { "x-should-retry": "false" });
}

export function failureReply({ code, message, hint }: ErrorValue): HttpReply {
  const text = `${message} ${hint}`;
  if (code.startsWith("budget.")) return errorReply(402, "insufficient_quota", code, text);
  if (code === "model.refused") return errorReply(400, "invalid_request_error", code, text);
  return errorReply(502, "api_error", code, text);
}

interface Named {
  readonly id: string;
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
}

const FINISH: Record<PortAnswer["stopReason"], string> = {
  end: "stop",
  tool_calls: "tool_calls",
  length: "length",
  refused: "content_filter",
};

export function answerReply(named: Named, answer: PortAnswer): HttpReply {
  const calls = callsOf(answer);
  const message = { role: "assistant", content: answer.text, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
  const choice = { index: 0, message, logprobs: null, finish_reason: FINISH[answer.stopReason] };
  return jsonReply(200, { ...named, object: "chat.completion", choices: [choice], usage: usageOf(answer) });
}

/** The whole answer in two pieces, once it is there; until then a comment now and then, so that nobody hangs up. */
export function streamReply(
  named: Named,
  answer: Promise<
    { readonly ok: true; readonly value: PortAnswer } | { readonly ok: false; readonly error: ErrorValue }
  >,
  includeUsage: boolean,
  wait: () => Promise<void>,
): HttpReply {
  return { status: 200, headers: STREAM_TYPE, stream: pieces(named, answer, includeUsage, wait) };
}

async function* pieces(
  named: Named,
  answer: Parameters<typeof streamReply>[1],
  includeUsage: boolean,
  wait: () => Promise<void>,
): AsyncGenerator<string> {
  let come: Awaited<typeof answer> | undefined;
  while (come === undefined) {
    come = await Promise.race([answer, wait().then(() => undefined)]);
    if (come === undefined) yield ": the model is at work\n\n";
  }
  if (!come.ok) {
    const { code, message } = come.error;
    yield line({ error: { message, type: "api_error", param: null, code } });
    return;
  }
  const { value } = come;
  const chunk = { ...named, object: "chat.completion.chunk" };
  const calls = callsOf(value).map((call, index) => ({ index, ...call }));
  const delta = { role: "assistant", content: value.text, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
  yield line({ ...chunk, choices: [{ index: 0, delta, finish_reason: null }] });
  const end = { index: 0, delta: {}, finish_reason: FINISH[value.stopReason] };
  yield line({ ...chunk, choices: [end], usage: usageOf(value) });
  if (includeUsage) yield line({ ...chunk, choices: [], usage: usageOf(value) });
  yield "data: [DONE]\n\n";
}

function line(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function callsOf({ toolCalls }: PortAnswer) {
  return toolCalls.map(({ callId, tool, argumentsText }) => {
    return { id: callId, type: "function", function: { name: tool, arguments: argumentsText } };
  });
}

function usageOf({ usage }: PortAnswer) {
  const input = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return { prompt_tokens: input, completion_tokens: usage.outputTokens, total_tokens: input + usage.outputTokens };
}
