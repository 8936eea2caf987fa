/**
 * The one HTTP request of a model call. It is given to the provider's library in place of fetch, so that everything that
 * matters is decided here: where the request goes and which headers it carries, when it is given up, what an error
 * answer means, and that only whole, well-formed events get through.
 */
import type { Usage } from "../../protocol/index.ts";
import type { Clock } from "../host/clock.ts";
import { httpFetch } from "../host/http.ts";
import { keyRedactor, ModelCallError } from "./failure.ts";
import { parseJson } from "./json-text.ts";
import type { ModelResponse } from "./model.ts";
import { type ErrorContext, failureOfProviderError, isHtml } from "./provider-error.ts";
import { createEventSplitter } from "./sse.ts";

/** What one provider's stream must look like. */
export interface EventInspector {
  /** Checks one event and answers with what the library is to see, undefined for nothing. Throws ModelCallError. */
  inspect(data: string): string | undefined;
  /** True when nothing more will come, whether or not the server closes the connection. */
  closed(): boolean;
  /** Undefined until the provider's end mark was seen: only then is the answer whole. */
  end(): StreamEnd | undefined;
}

interface StreamEnd {
  readonly stopReason: ModelResponse["stopReason"];
  /** Undefined when the provider sent no figures. */
  readonly usage: Usage | undefined;
}

export interface TransportOptions {
  readonly endpoint: string;
  readonly model: string;
  readonly apiKey: string | null;
  readonly clock: Clock;
  /** Milliseconds without a byte, before the first one and between any two. */
  readonly idleTimeoutMs: number;
  readonly createInspector: (context: ErrorContext) => EventInspector;
}

export interface Transport {
  readonly fetch: (input: string | URL | Request, request?: RequestInit) => Promise<Response>;
  /** Why the call failed, when it did; the library wraps or loses this. */
  failure(): ModelCallError | undefined;
  /** Undefined until the provider's end mark was seen. */
  end(): StreamEnd | undefined;
}

const AFTER_END_MS = 5000;
const MAX_ERROR_BYTES = 64 * 1024;
const MAX_STREAM_BYTES = 64 * 1024 * 1024;
const MAX_EVENT_CHARACTERS = 16 * 1024 * 1024;
const HEADERS = ["accept", "content-type", "authorization", "x-api-key", "anthropic-version", "anthropic-beta"];

export function createTransport(options: TransportOptions): Transport {
  const { endpoint, model, apiKey } = options;
  const place = new URL(endpoint).host;
  const context = { model, place, hasKey: apiKey !== null, redact: keyRedactor(apiKey) };
  const inspector = options.createInspector(context);
  let failure: ModelCallError | undefined;
  const fail = (error: ModelCallError): ModelCallError => {
    failure ??= error;
    return failure;
  };

  async function send(input: string | URL | Request, request: RequestInit = {}): Promise<Response> {
    const url = input instanceof Request ? input.url : String(input);
    if (new URL(url).href !== endpoint)
      throw fail(new ModelCallError("model.refused", "The request would go to another address."));
    const watch = createWatch(options, request.signal ?? undefined, () => {
      const error = new ModelCallError("model.timeout", `(${Math.round(options.idleTimeoutMs / 1000)} s, ${place})`);
      return inspector.end() === undefined ? fail(error) : error;
    });
    try {
      const headers = keptHeaders(request, apiKey);
      const { method = "POST", body = null } = request;
      const response = await httpFetch(url, { method, body, headers, signal: watch.signal });
      watch.touch();
      if (!response.ok) throw fail(await failureOfResponse(response, context, options.clock));
      return new Response(eventsOf(response, { inspector, watch, fail, context }), {
        headers: { "content-type": "text/event-stream" },
      });
    } catch (error) {
      watch.end();
      throw failure ?? (request.signal?.aborted ? error : fail(failureOfConnection(error, place)));
    }
  }

  return { fetch: send, failure: () => failure, end: inspector.end };
}

interface Watch {
  readonly signal: AbortSignal;
  /** A byte came. Once the answer is whole, only its figures are still waited for, and not for long. */
  touch(isWhole?: boolean): void;
  end(): void;
}

/** Ends the request when the caller aborts or when no byte came for too long. */
function createWatch(options: TransportOptions, caller: AbortSignal | undefined, onIdle: () => ModelCallError): Watch {
  const controller = new AbortController();
  const onAbort = () => controller.abort(caller?.reason);
  const onTime = () => controller.abort(onIdle());
  if (caller?.aborted) onAbort();
  caller?.addEventListener("abort", onAbort, { once: true });
  let stopTimer = options.clock.timer(options.idleTimeoutMs, onTime);
  return {
    signal: controller.signal,
    touch(isWhole = false) {
      stopTimer();
      const patience = isWhole ? Math.min(AFTER_END_MS, options.idleTimeoutMs) : options.idleTimeoutMs;
      stopTimer = options.clock.timer(patience, onTime);
    },
    end() {
      stopTimer();
      caller?.removeEventListener("abort", onAbort);
    },
  };
}

interface StreamParts {
  readonly inspector: EventInspector;
  readonly watch: Watch;
  readonly fail: (error: ModelCallError) => ModelCallError;
  readonly context: ErrorContext;
}

/** The response's events, checked and written anew. A source that breaks after the end mark counts as ended. */
function eventsOf(response: Response, parts: StreamParts): ReadableStream<Uint8Array> {
  const { inspector, watch, fail } = parts;
  const reader = response.body?.getReader();
  const read = createEventReader(parts);
  const encoder = new TextEncoder();

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (;;) {
      const chunk = await reader?.read().catch((error: unknown) => {
        if (inspector.end() !== undefined) return undefined;
        throw watch.signal.aborted ? error : fail(new ModelCallError("model.stream_cut", undefined, { cause: error }));
      });
      const text = chunk?.value === undefined ? "" : read(chunk.value);
      watch.touch(inspector.end() !== undefined);
      if (text !== "") controller.enqueue(encoder.encode(text));
      if (chunk === undefined || chunk.done || inspector.closed()) return close(controller);
      if (text !== "") return;
    }
  }

  function close(controller: ReadableStreamDefaultController<Uint8Array>): void {
    watch.end();
    reader?.cancel().catch(() => undefined);
    controller.close();
  }

  return new ReadableStream({
    pull: (controller) =>
      pull(controller).catch((error: unknown) => {
        watch.end();
        reader?.cancel().catch(() => undefined);
        controller.error(error);
      }),
    cancel() {
      watch.end();
      return reader?.cancel();
    },
  });
}

/** Turns bytes into the text of the whole events in them. Throws ModelCallError for what is no event stream. */
function createEventReader({ inspector, fail, context }: StreamParts): (bytes: Uint8Array) => string {
  const splitter = createEventSplitter(MAX_EVENT_CHARACTERS);
  let total = 0;
  let beginning = "";
  return (bytes) => {
    total += bytes.length;
    try {
      if (total > MAX_STREAM_BYTES) throw new RangeError("the answer is too large");
      if (beginning.length < 200) {
        beginning += new TextDecoder().decode(bytes.subarray(0, 400));
        refuseOtherContent(beginning, context);
      }
      return splitter
        .push(bytes)
        .map((data) => inspector.inspect(data) ?? "")
        .join("");
    } catch (error) {
      const reason = error instanceof RangeError ? `It was too large (${context.place}).` : String(error);
      throw fail(error instanceof ModelCallError ? error : new ModelCallError("model.bad_answer", reason));
    }
  };
}

/** Status 200 with a web page (a captive portal, a wrong port) or with one JSON value is no stream of events. */
function refuseOtherContent(beginning: string, { place }: ErrorContext): void {
  if (isHtml(beginning)) throw new ModelCallError("model.bad_answer", `${place} answered with a web page.`);
  if (/^\s*[{[]/.test(beginning))
    throw new ModelCallError("model.bad_answer", `${place} answered without streaming: it ignored "stream": true.`);
}

async function failureOfResponse(response: Response, context: ErrorContext, clock: Clock): Promise<ModelCallError> {
  const text = await boundedText(response);
  const retryAfterMs = retryAfterOf(response.headers, clock.now());
  return failureOfProviderError({ status: response.status, body: parseJson(text), text, retryAfterMs }, context);
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > MAX_ERROR_BYTES) break;
    }
  } catch {
    // The status alone decides; what came of the body is only for people.
  }
  return text;
}

/** `retry-after-ms` (OpenAI), or `Retry-After` in seconds or as a date; milliseconds, undefined without either. */
function retryAfterOf(headers: Headers, now: number): number | undefined {
  const milliseconds = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  if (Number.isFinite(milliseconds)) return Math.max(0, milliseconds);
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Only what the provider needs; without a key no authorization at all, whatever the library would invent. */
function keptHeaders(request: RequestInit, apiKey: string | null): Headers {
  const given = new Headers(request.headers);
  const kept = new Headers({ "user-agent": "nexus" });
  for (const name of HEADERS) {
    const value = given.get(name);
    const isKey = name === "authorization" || name === "x-api-key";
    if (value !== null && !(isKey && apiKey === null)) kept.set(name, value);
  }
  return kept;
}

function failureOfConnection(error: unknown, place: string): ModelCallError {
  const code = systemCodeOf(error);
  if (code !== undefined && /TIMEOUT|ETIMEDOUT/.test(code))
    return new ModelCallError("model.timeout", `(connecting to ${place})`, { cause: error });
  if (code?.startsWith("HPE_")) return new ModelCallError("model.bad_answer", `${place} does not speak HTTP.`);
  return new ModelCallError("model.unreachable", `(${place}${code === undefined ? "" : `, ${code}`})`, {
    cause: error,
  });
}

/** The system's own code, from the error or from what it wraps: ECONNREFUSED, ENOTFOUND, CERT_HAS_EXPIRED … */
function systemCodeOf(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ("code" in at && typeof at.code === "string") return at.code;
    if (at.name === "HTTPParserError") return "HPE_INVALID";
    if (at instanceof AggregateError && at.errors.length > 0) return systemCodeOf(at.errors[0]);
  }
  return undefined;
}
