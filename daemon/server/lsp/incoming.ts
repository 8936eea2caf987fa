/** From the text of a message to one that the library may have: JSON-RPC's own rules, checked before anything acts on it. */
import { isTooDeep, MAX_DEPTH } from "../nesting.ts";
import { INVALID_REQUEST, PARSE_ERROR } from "./frames.ts";

export type Id = string | number;

export type Incoming =
  | { readonly kind: "request"; readonly id: Id; readonly method: string; readonly params?: object }
  | { readonly kind: "notification"; readonly method: string; readonly params?: object }
  | { readonly kind: "response"; readonly id: Id; readonly result?: unknown; readonly error?: object };

export type Reading =
  | { readonly ok: true; readonly message: Incoming }
  /** `id` is null where it cannot be told; undefined where nobody may be answered: it was a response. */
  | { readonly ok: false; readonly code: number; readonly message: string; readonly id: Id | null | undefined };

export function readMessage(text: string): Reading {
  const parsed = parse(text);
  if (parsed === undefined) return refused(PARSE_ERROR, "It is not JSON.", null);
  const { json } = parsed;
  if (Array.isArray(json)) return refused(INVALID_REQUEST, "The protocol has no batches.", null);
  if (typeof json !== "object" || json === null) return refused(INVALID_REQUEST, "It is no object.", null);
  return checked({ ...json }, isTooDeep(text));
}

function checked(message: Record<string, unknown>, tooDeep: boolean): Reading {
  const { jsonrpc, id, method } = message;
  const known = typeof id === "string" || typeof id === "number" ? id : null;
  if (method === undefined && ("result" in message || "error" in message)) return responseOf(message, known, tooDeep);
  if (tooDeep) return refused(INVALID_REQUEST, `It is nested deeper than ${MAX_DEPTH} levels.`, known);
  if (jsonrpc !== "2.0") return refused(INVALID_REQUEST, 'It lacks "jsonrpc": "2.0".', known);
  if (typeof method !== "string") return refused(INVALID_REQUEST, 'It lacks a "method".', known);
  if (known === null && id !== undefined) return refused(INVALID_REQUEST, 'Its "id" is of no use.', null);
  // Clients send null where there are none.
  const params = message["params"] ?? undefined;
  if (params !== undefined && typeof params !== "object")
    return refused(INVALID_REQUEST, 'Its "params" are neither an object nor an array.', known);
  const rest = params === undefined ? { method } : { method, params };
  return {
    ok: true,
    message: known === null ? { kind: "notification", ...rest } : { kind: "request", id: known, ...rest },
  };
}

/** Whoever waits for a bad answer is told that it failed. */
function responseOf(message: Record<string, unknown>, id: Id | null, tooDeep: boolean): Reading {
  if (id === null) return refused(INVALID_REQUEST, "A response lacks its id.", undefined);
  const { result, error } = message;
  const isError = typeof error === "object" && error !== null && "code" in error && typeof error.code === "number";
  const bad = { code: INVALID_REQUEST, message: "The client's answer does not follow the protocol." };
  if (isError) return { ok: true, message: { kind: "response", id, error } };
  if (tooDeep || result === undefined) return { ok: true, message: { kind: "response", id, error: bad } };
  return { ok: true, message: { kind: "response", id, result } };
}

function refused(code: number, message: string, id: Id | null | undefined): Reading {
  return { ok: false, code, message, id };
}

function parse(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
