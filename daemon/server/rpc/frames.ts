/** One line from a client: a JSON-RPC request, or a reason to hang up. */
import type { JSONRPCErrorResponse, JSONRPCRequest } from "json-rpc-2.0";
import { type ErrorCode, type ErrorValue, errorValue, NexusError } from "../../../protocol/errors.ts";

const MAX_DEPTH = 64;
/** JSON-RPC's own numbers for what it defines; everything else is told apart by the error value in `data`. */
const JSON_RPC_CODES: Partial<Record<string, number>> = {
  "frame.invalid": -32700,
  "frame.too_large": -32600,
  "request.unknown_method": -32601,
  "request.invalid": -32602,
  "run.internal": -32603,
};
const OTHER_CODE = -32000;

/** Throws `frame.invalid`. A message without an id is a JSON-RPC notification, which clients have none of to send. */
export function parseFrame(line: string): JSONRPCRequest {
  if (isTooDeep(line)) throw invalid(`It is nested deeper than ${MAX_DEPTH} levels.`);
  const message = parseJson(line);
  if (typeof message !== "object" || message === null || Array.isArray(message)) throw invalid("It is not an object.");
  const { jsonrpc, method, id, params }: Record<string, unknown> = { ...message };
  if (jsonrpc !== "2.0") throw invalid('It lacks "jsonrpc": "2.0".');
  if (typeof method !== "string") throw invalid('It lacks a "method".');
  if (typeof id !== "string" && typeof id !== "number" && id !== undefined) throw invalid('Its "id" is of no use.');
  return { jsonrpc, method, params, ...(id === undefined ? {} : { id }) };
}

/** The line that answers a failed request; `id` is null when the request could not be read. */
export function errorResponse(id: string | number | null, error: ErrorValue): JSONRPCErrorResponse {
  const code = JSON_RPC_CODES[error.code] ?? OTHER_CODE;
  return { jsonrpc: "2.0", id, error: { code, message: error.message, data: error } };
}

export function errorLine(code: ErrorCode, detail?: string): string {
  return JSON.stringify(errorResponse(null, errorValue(code, detail)));
}

/** Counts brackets outside strings: recursion in whatever reads the value later must not overflow the stack. */
export function isTooDeep(line: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < line.length; index += 1) {
    const char = line.charCodeAt(index);
    if (inString) {
      if (char === 92) index += 1;
      else if (char === 34) inString = false;
    } else if (char === 34) inString = true;
    else if (char === 123 || char === 91) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (char === 125 || char === 93) depth -= 1;
  }
  return false;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw invalid("It is not JSON.");
  }
}

function invalid(detail: string): NexusError {
  return new NexusError(errorValue("frame.invalid", detail));
}
