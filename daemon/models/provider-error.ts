/** From a provider's error answer (HTTP status and JSON body, or an error event in a stream) to our catalogue. */
import type { ErrorCode } from "../../protocol/index.ts";
import { ModelCallError } from "./failure.ts";

export interface ProviderError {
  /** HTTP status; undefined for an error event inside a stream that began well. */
  readonly status: number | undefined;
  /** The JSON value that came, if it was one. */
  readonly body: unknown;
  /** The text that came. */
  readonly text: string;
  readonly retryAfterMs?: number | undefined;
}

export interface ErrorContext {
  readonly model: string;
  /** Host and port, for people. */
  readonly place: string;
  readonly hasKey: boolean;
  readonly redact: (text: string) => string;
}

const MAX_WORDS = 400;
const CONTEXT_FULL =
  /context[_ ](?:length|window|size)|maximum context|prompt is too long|input is too long|too many (?:input )?tokens|exceeds? (?:the|your) (?:model'?s? )?(?:context|max(?:imum)? (?:input )?tokens)|request_too_large|input tokens exceed/i;
const QUOTA = /insufficient_quota|billing|credit balance|quota exceeded for the month/i;
const OVERLOADED =
  /overloaded|rate_limit|too many requests|server_error|api_error|internal_error|unavailable|capacity/i;
const REFUSED_KEY = /authentication_error|permission_error|invalid_api_key|unauthorized/i;
const UNKNOWN_MODEL =
  /model_not_found|not_found_error|model .*(?:not found|does not exist|not exist)|unknown model|no such model/i;

/** The failure that a provider's error answer stands for. */
export function failureOfProviderError(error: ProviderError, context: ErrorContext): ModelCallError {
  const words = wordsOf(error, context);
  const code = codeOf(error, `${kindOf(error.body)} ${messageOf(error.body) ?? error.text.slice(0, 2000)}`, context);
  const prefix = error.status === undefined ? "" : `HTTP ${error.status} from ${context.place}`;
  const detail = code === "model.unknown" ? `(${context.model}) ${words}` : [prefix, words].filter(Boolean).join(": ");
  return new ModelCallError(code, detail.trim(), { retryAfterMs: error.retryAfterMs });
}

function codeOf({ status, text }: ProviderError, said: string, context: ErrorContext): ErrorCode {
  if (status === 401 || status === 403) return context.hasKey ? "model.key_refused" : "model.key_missing";
  if (status === 413) return "model.context_full";
  if (status === 429) return QUOTA.test(said) ? "model.refused" : "model.overloaded";
  if (status === 404) return isHtml(text) || !/model/i.test(said) ? "model.refused" : "model.unknown";
  if (status !== undefined && (status >= 500 || status === 408 || status === 425))
    return CONTEXT_FULL.test(said) ? "model.context_full" : "model.overloaded";
  if (CONTEXT_FULL.test(said)) return "model.context_full";
  if (UNKNOWN_MODEL.test(said)) return "model.unknown";
  if (status !== undefined) return "model.refused";
  if (REFUSED_KEY.test(said)) return "model.key_refused";
  return OVERLOADED.test(said) ? "model.overloaded" : "model.refused";
}

/** The provider's own words on one line: bounded, without markup and without keys. */
function wordsOf({ status, body, text }: ProviderError, context: ErrorContext): string {
  if (status !== undefined && status >= 300 && status < 400)
    return "the address redirects elsewhere; set the final one";
  const said = messageOf(body) ?? (isHtml(text) ? "a web page instead of an answer" : text);
  return context.redact(said.replace(/\s+/g, " ").trim()).slice(0, MAX_WORDS);
}

export function isHtml(text: string): boolean {
  return /^\s*(?:<!doctype html|<html|<head|<body|<\?xml)/i.test(text);
}

function messageOf(body: unknown): string | undefined {
  const inner = field(body, "error") ?? body;
  if (typeof inner === "string") return inner;
  const message = field(inner, "message") ?? field(body, "message") ?? field(body, "detail");
  return typeof message === "string" ? message : undefined;
}

function kindOf(body: unknown): string {
  const inner = field(body, "error") ?? body;
  return [field(inner, "type"), field(inner, "code")].filter((part) => typeof part === "string").join(" ");
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value ? Reflect.get(value, name) : undefined;
}
