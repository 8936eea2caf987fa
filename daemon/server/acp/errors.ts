/** What a client of ACP is told when something goes wrong: the protocol's own codes, and our error value as the data. */
import { RequestError } from "@agentclientprotocol/sdk";
import { type ErrorValue, NexusError } from "../../../protocol/errors.ts";

const INTERNAL = -32603;
const INVALID_PARAMS = -32602;
const NOT_FOUND = -32002;
const CANCELLED = -32800;

const CODES: Readonly<Record<string, number>> = {
  "request.invalid": INVALID_PARAMS,
  "workspace.missing": INVALID_PARAMS,
  "run.unknown": NOT_FOUND,
  "request.cancelled": CANCELLED,
};

/** `sessionId`: which one was named, for the error about one that is unknown. */
export function toRequestError(error: unknown, sessionId?: string): Error {
  if (!(error instanceof NexusError)) return error instanceof Error ? error : new Error(String(error));
  if (error.value.code === "session.unknown" && sessionId !== undefined) return RequestError.sessionNotFound(sessionId);
  return errorOf(error.value);
}

export function errorOf(value: ErrorValue): RequestError {
  const { code, message, hint } = value;
  return new RequestError(CODES[code] ?? INTERNAL, `${message} ${hint}`.trim(), { code, message, hint });
}

export function invalidParams(message: string): RequestError {
  return new RequestError(INVALID_PARAMS, `Invalid params: ${message}`);
}
