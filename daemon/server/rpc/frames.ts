/** One line from a client: JSON-RPC messages, each of them good or with what is wrong about it. */
import type { JSONRPCErrorResponse, JSONRPCRequest } from "json-rpc-2.0";
import { type ErrorCode, type ErrorValue, errorValue } from "../../../protocol/errors.ts";
import { isTooDeep, MAX_DEPTH } from "../nesting.ts";
import type { ClientAnswer } from "./asks.ts";

/** Messages of one batch. */
export const MAX_BATCH = 50;
/** JSON-RPC's own numbers for what it defines; everything else is told apart by the error value in `data`. */
const JSON_RPC_CODES: Partial<Record<string, number>> = {
  "frame.invalid": -32700,
  "frame.malformed": -32600,
  "frame.too_large": -32600,
  "request.unknown_method": -32601,
  "request.invalid": -32602,
  "run.internal": -32603,
};
const OTHER_CODE = -32000;

export type Message =
  | { readonly kind: "request"; readonly request: JSONRPCRequest }
  | { readonly kind: "answer"; readonly answer: ClientAnswer }
  /** `id` is null where the message has none that can be used. */
  | { readonly kind: "invalid"; readonly id: string | number | null; readonly error: ErrorValue };

export interface Frame {
  /** At least one. */
  readonly messages: readonly Message[];
  /** Answered by one array, however few the messages are. */
  readonly isBatch: boolean;
}

/** Never throws: what cannot be read is a message that says why. */
export function parseFrame(line: string): Frame {
  if (isTooDeep(line)) return single(invalid("frame.invalid", `It is nested deeper than ${MAX_DEPTH} levels.`));
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return single(invalid("frame.invalid", "It is not JSON."));
  }
  if (!Array.isArray(value)) return single(messageOf(value));
  if (value.length === 0) return single(invalid("frame.malformed", "The batch is empty."));
  if (value.length > MAX_BATCH)
    return single(invalid("frame.malformed", `A batch holds at most ${MAX_BATCH} messages, not ${value.length}.`));
  return { messages: value.map(messageOf), isBatch: true };
}

/** The line that answers a failed request; `id` is null when the request could not be read. */
export function errorResponse(id: string | number | null, error: ErrorValue): JSONRPCErrorResponse {
  const code = JSON_RPC_CODES[error.code] ?? OTHER_CODE;
  return { jsonrpc: "2.0", id, error: { code, message: error.message, data: error } };
}

export function errorLine(code: ErrorCode, detail?: string): string {
  return JSON.stringify(errorResponse(null, errorValue(code, detail)));
}

function single(message: Message): Frame {
  return { messages: [message], isBatch: false };
}

function messageOf(value: unknown): Message {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return invalid("frame.malformed", "It is not an object.");
  const { jsonrpc, method, id, params, result, error }: Record<string, unknown> = { ...value };
  const hasId = typeof id === "string" || typeof id === "number";
  const wrong = (detail: string) => invalid("frame.malformed", detail, hasId ? id : null);
  if (jsonrpc !== "2.0") return wrong('It lacks "jsonrpc": "2.0".');
  if (method === undefined && hasId && (result !== undefined || error !== undefined))
    return { kind: "answer", answer: { id, result, error } };
  if (typeof method !== "string") return wrong('It lacks a "method".');
  if (!hasId && id !== undefined) return wrong('Its "id" is of no use.');
  return { kind: "request", request: { jsonrpc, method, params, ...(hasId ? { id } : {}) } };
}

function invalid(code: ErrorCode, detail: string, id: string | number | null = null): Message {
  return { kind: "invalid", id, error: errorValue(code, detail) };
}
