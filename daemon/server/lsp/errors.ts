/** From what a feature throws to the protocol's own errors. */
import { LSPErrorCodes, ResponseError } from "vscode-languageserver/node";
import * as z from "zod/mini";
import { NexusError } from "../../../protocol/errors.ts";
import type { Face } from "./feature.ts";

const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;

export function responseError(error: unknown): ResponseError<unknown> {
  if (error instanceof ResponseError) return error;
  if (error instanceof z.core.$ZodError) {
    const [issue] = error.issues;
    const where = issue?.path.join(".") ?? "";
    return new ResponseError(INVALID_PARAMS, `The parameters do not fit${where === "" ? "" : `: look at ${where}`}.`);
  }
  if (error instanceof NexusError) return ofNexus(error);
  if (isAbort(error)) return new ResponseError(LSPErrorCodes.RequestCancelled, "The request was cancelled.");
  return new ResponseError(INTERNAL_ERROR, error instanceof Error ? error.message : String(error));
}

function ofNexus({ value }: NexusError): ResponseError<unknown> {
  if (value.code === "request.cancelled") return new ResponseError(LSPErrorCodes.RequestCancelled, value.message);
  return new ResponseError(LSPErrorCodes.RequestFailed, `${value.message} ${value.hint}`, value);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** Of the whole text of an error, for people. */
export function wordsOf(error: unknown): string {
  if (error instanceof NexusError) return `${error.value.message} ${error.value.hint}`;
  return error instanceof Error ? error.message : String(error);
}

/**
 * For what an editor asks by itself, such as a hover: a failure must not interrupt the person each time, so it is logged and
 * answered with nothing. A cancelled request stays one.
 */
export async function orNothing<Value>(face: Face, work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof NexusError) || error.value.code === "request.cancelled") throw error;
    face.connection.console.log(wordsOf(error));
    return undefined;
  }
}
