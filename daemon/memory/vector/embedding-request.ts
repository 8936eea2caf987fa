/** One request to an embeddings server: bounded in time, size and attempts; what it answers is checked. */
import { type ErrorValue, failure, ok, type Result } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { type HttpFetch, httpFetch } from "../../host/http.ts";

export interface RequestOptions {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds for one attempt, its body included. */
  readonly timeoutMs: number;
  /** From 0 to below 1; for the waits. */
  readonly random: () => number;
  /** Left out of every message. */
  readonly secret: string | null;
  /** What the answer holds; a text says what is wrong with it. */
  readonly read: (answer: unknown) => Float32Array[] | string;
  readonly fetch?: HttpFetch;
}

const ATTEMPTS: Readonly<Record<string, number>> = {
  "model.overloaded": 4,
  "model.unreachable": 3,
  "model.timeout": 2,
  "model.bad_answer": 2,
};
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const MAX_ANSWER_BYTES = 128 * 1024 * 1024;
const MAX_ERROR_CHARACTERS = 300;

interface Failed {
  readonly error: ErrorValue;
  readonly retryAfterMs?: number | undefined;
}

/** Asks again where that can help. Rejects with the signal's reason when cancelled. */
export async function requestEmbeddings(options: RequestOptions): Promise<Result<Float32Array[]>> {
  const { clock, signal, random } = options;
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(options);
    if (Array.isArray(outcome)) return ok(outcome);
    const { error, retryAfterMs } = outcome;
    const backoff = random() * FIRST_WAIT_MS * 2 ** (attempt - 1);
    const wait = retryAfterMs === undefined ? backoff : retryAfterMs + random() * FIRST_WAIT_MS;
    if (attempt >= (ATTEMPTS[error.code] ?? 1) || wait > LONGEST_WAIT_MS + FIRST_WAIT_MS) return { ok: false, error };
    await clock.sleep(wait, signal);
  }
}

async function attemptOnce(options: RequestOptions): Promise<Float32Array[] | Failed> {
  const { endpoint, headers, body, clock, signal, timeoutMs, fetch: send = httpFetch } = options;
  signal.throwIfAborted();
  const controller = new AbortController();
  let timedOut = false;
  const stop = clock.timer(timeoutMs, () => {
    timedOut = true;
    controller.abort();
  });
  try {
    const response = await send(endpoint, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", "user-agent": "nexus", ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, controller.signal]),
    });
    const text = await boundedText(response);
    return response.ok ? readAnswer(text, options) : failedStatus(response, text, options);
  } catch (error) {
    signal.throwIfAborted();
    return failedConnection(error, timedOut, options);
  } finally {
    stop();
    // What is left of an answer that nobody wants any more.
    controller.abort();
  }
}

function readAnswer(text: string | undefined, { read, endpoint, secret }: RequestOptions): Float32Array[] | Failed {
  const bad = (reason: string) => failure("model.bad_answer", `${placeOf(endpoint)} ${withoutSecret(reason, secret)}`);
  if (text === undefined) return bad("sent more than 128 MB.");
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return bad(/^\s*</.test(text) ? "answered with a web page." : "sent something that is no whole JSON.");
  }
  const vectors = read(answer);
  return typeof vectors === "string" ? bad(vectors) : vectors;
}

function failedStatus(response: Response, text: string | undefined, options: RequestOptions): Failed {
  const { status, headers } = response;
  const words = withoutSecret(messageIn(text ?? ""), options.secret);
  const detail = `(${placeOf(options.endpoint)}, status ${status}) ${words}`.trim();
  if (status === 429 || status >= 500 || status === 408) {
    const retryAfterMs = retryAfterOf(headers, options.clock.now());
    return { ...failure("model.overloaded", detail), retryAfterMs };
  }
  if (status === 401 || status === 403) return failure("model.key_refused", detail);
  return failure(status === 404 ? "model.unknown" : "model.refused", detail);
}

function failedConnection(error: unknown, timedOut: boolean, { endpoint, timeoutMs }: RequestOptions): Failed {
  if (timedOut) return failure("model.timeout", `(${timeoutMs / 1000} s, ${placeOf(endpoint)})`);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (/^(?:HPE_|UND_ERR_SOCKET)/.test(code) || (error instanceof Error && error.message === "terminated"))
    return failure("model.bad_answer", `${placeOf(endpoint)} broke off its answer.`);
  return failure("model.unreachable", `(${placeOf(endpoint)}${code === "" ? "" : `, ${code}`})`);
}

/** Undefined when there is too much. */
async function boundedText(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) return undefined;
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join("") + decoder.decode();
}

/** The provider's own words: {error: {message}}, {error: "…"} or plain text. */
function messageIn(text: string): string {
  const found = /"(?:message|error)"\s*:\s*"((?:[^"\\]|\\.){1,2000})"/.exec(text.slice(0, 10_000))?.[1];
  const words = found ?? (/^\s*</.test(text) ? "a web page" : text);
  return words.replaceAll(/\\n|[\u0000-\u001f\u007f]+/g, " ").slice(0, MAX_ERROR_CHARACTERS);
}

/** Milliseconds, from seconds or a date; undefined without the header. */
function retryAfterOf(headers: Headers, now: number): number | undefined {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function withoutSecret(text: string, secret: string | null): string {
  return secret === null || secret === "" ? text : text.replaceAll(secret, "…");
}

export function placeOf(endpoint: string): string {
  return new URL(endpoint).host;
}
