/** Asks again when that can help: full-jitter exponential back-off, and never more often than the failure deserves. */
import { type ErrorValue, nexusError } from "../../protocol/index.ts";
import { failureOf } from "./failure.ts";
import type { ChatModel, ModelFailure, ModelRequest, ModelResponse } from "./model.ts";

export interface RetryOptions {
  readonly signal: AbortSignal;
  /** Told of text as it streams; after a failed attempt the text begins anew. */
  readonly onText: (text: string) => void;
  /** Told of every failed attempt (1, 2, …) before the wait, the last one included. */
  readonly onFailedAttempt: (error: ErrorValue, attempt: number, willRetry: boolean) => Promise<void> | void;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Rejects with the signal's reason as soon as it aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_BACKOFF_MS = 30_000;
/** A provider that asks for a longer wait than this is not waited for. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Up to four attempts while the provider is overloaded or unreachable, two after a broken or stalled stream, one for
 * everything else. Rejects with the last NexusError, or with the signal's reason.
 */
export async function respondWithRetry(
  model: ChatModel,
  request: ModelRequest,
  options: RetryOptions,
): Promise<ModelResponse> {
  const { signal, onText, onFailedAttempt } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await model.respond(request, { signal, onText });
    } catch (error) {
      signal.throwIfAborted();
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      const tooLong = (failure.retryAfterMs ?? 0) > LONGEST_WAIT_MS;
      const willRetry = failure.retryable && !tooLong && attempt < attemptsFor(failure.error.code);
      const final = tooLong ? overlong(failure) : error;
      await onFailedAttempt(tooLong ? overlong(failure).value : failure.error, attempt, willRetry);
      if (!willRetry) throw final;
      await options.sleep(waitBefore(attempt, failure, options.random), signal);
    }
  }
}

function attemptsFor(code: string): number {
  if (code === "model.overloaded" || code === "model.unreachable") return 4;
  return code === "model.stream_cut" || code === "model.timeout" ? 2 : 1;
}

/** Full jitter (Brooker, "Exponential Backoff And Jitter"); after a Retry-After the jitter comes on top of it. */
function waitBefore(attempt: number, { retryAfterMs }: ModelFailure, random: () => number): number {
  const backoff = random() * Math.min(LONGEST_BACKOFF_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  return retryAfterMs === undefined ? backoff : retryAfterMs + random() * FIRST_WAIT_MS;
}

function overlong({ error, retryAfterMs }: ModelFailure) {
  const seconds = Math.ceil((retryAfterMs ?? 0) / 1000);
  return nexusError("model.overloaded", `It asks to wait ${seconds} s, which is too long. ${error.message}`);
}
