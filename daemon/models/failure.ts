/** How a model call fails: an error value of the catalogue, and whether trying again can help. */
import { type ErrorCode, errorValue, NexusError } from "../../protocol/index.ts";
import type { ModelFailure } from "./model.ts";

export class ModelCallError extends NexusError {
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, detail?: string, options?: { retryAfterMs?: number | undefined; cause?: unknown }) {
    super(errorValue(code, detail), { cause: options?.cause });
    this.name = "ModelCallError";
    this.retryAfterMs = options?.retryAfterMs;
  }
}

const RETRYABLE: ReadonlySet<string> = new Set<ErrorCode>([
  "model.overloaded",
  "model.unreachable",
  "model.stream_cut",
  "model.timeout",
]);

/** What an error of `respond` says; undefined for what is no expected failure: a cancellation or a bug. */
export function failureOf(error: unknown): ModelFailure | undefined {
  if (!(error instanceof NexusError)) return undefined;
  const retryable = RETRYABLE.has(error.value.code);
  const retryAfterMs = error instanceof ModelCallError ? error.retryAfterMs : undefined;
  return { error: error.value, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Builds the function that takes the key, and whatever looks like one, out of a provider's words. */
export function keyRedactor(apiKey: string | null): (text: string) => string {
  const looksLikeKey = /\b(?:Bearer\s+\S{6,}|(?:sk|pk|key|gsk|xai|api)[-_][\w*.-]{6,})/g;
  return (text) => {
    const withoutKey = apiKey !== null && apiKey.length >= 4 ? text.replaceAll(apiKey, "[key]") : text;
    return withoutKey.replace(looksLikeKey, "[key]");
  };
}
