/** What the adapters have in common: one call through a provider's library, over our own transport. */
import type { ModelName } from "../../protocol/index.ts";
import type { Clock } from "../host/clock.ts";
import { type Answer, createAnswer } from "./answer.ts";
import { keyRedactor, ModelCallError } from "./failure.ts";
import type { ModelRequest, ModelResponse } from "./model.ts";
import { createTransport, type Transport, type TransportOptions } from "./transport.ts";

/** An address, a model and a key that have been checked. */
export interface RemoteModel {
  readonly name: ModelName;
  /** http(s), without a trailing slash, credentials or query. */
  readonly baseUrl: string;
  /** Null: no authorization is sent. */
  readonly apiKey: string | null;
  readonly clock: Clock;
  readonly idleTimeoutMs: number;
}

export interface RemoteCall {
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
  readonly onText: (text: string) => void;
  readonly endpoint: string;
  readonly createInspector: TransportOptions["createInspector"];
  /** Streams the answer through the library, which sends its request with the given fetch. */
  readonly stream: (fetch: Transport["fetch"], answer: Answer) => Promise<void>;
}

/** Sends the request once and gathers the answer. Rejects as ChatModel.respond does. */
export async function callRemote(model: RemoteModel, call: RemoteCall): Promise<ModelResponse> {
  const { signal, endpoint, createInspector } = call;
  signal.throwIfAborted();
  const { apiKey, clock, idleTimeoutMs } = model;
  const settings = { endpoint, model: model.name.model, apiKey, clock, idleTimeoutMs, createInspector };
  const transport = createTransport(settings);
  const answer = createAnswer(call.request, call.onText);
  try {
    await call.stream(transport.fetch, answer);
  } catch (error) {
    signal.throwIfAborted();
    throw transport.failure() ?? unreadable(error, apiKey);
  }
  signal.throwIfAborted();
  const failure = transport.failure();
  if (failure !== undefined) throw failure;
  const end = transport.end();
  if (end === undefined) throw new ModelCallError("model.stream_cut");
  return answer.build(end);
}

/** The stream was well-formed, but the library could not read something in it. */
function unreadable(error: unknown, apiKey: string | null): ModelCallError {
  if (error instanceof ModelCallError) return error;
  const words = keyRedactor(apiKey)(error instanceof Error ? error.message : String(error));
  return new ModelCallError("model.bad_answer", words.slice(0, 300), { cause: error });
}
