/** What the library tells as a failure inside although it is the client's mistake: parameters that do not fit, runs that are not there. */
import {
  isJSONRPCErrorResponse,
  type JSONRPCMessage,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import * as z from "zod/mini";
import { NexusError } from "../../../protocol/index.ts";

const INTERNAL = -32603;
const INVALID_PARAMS = -32602;
/** What is wrong, as the library's schemas print it: each with where it is in the request. */
const Misfits = z.array(z.object({ path: z.tuple([z.literal("params")], z.unknown()) })).check(z.minLength(1));
/** Of our own errors, those that say that the request was wrong, or named what is not there. */
const OF_CLIENT: ReadonlySet<string> = new Set([
  "design.none",
  "memory.ambiguous_symbol",
  "memory.bad_cursor",
  "memory.unknown_symbol",
  "request.invalid",
  "run.unknown",
]);

/** For a handler whose errors the library would tell without what to do, and as failures inside. Errors of other kinds pass. */
export function telling<Params extends unknown[], Value>(
  handle: (...params: Params) => Promise<Value>,
): (...params: Params) => Promise<Value> {
  return (...params) =>
    handle(...params).catch((error: unknown) => {
      throw error instanceof NexusError ? faultOf(error) : error;
    });
}

function faultOf({ value: { code, message, hint } }: NexusError): Error {
  const words = `${message} ${hint}`.trim();
  return OF_CLIENT.has(code) ? new ProtocolError(ProtocolErrorCode.InvalidParams, words, { code }) : new Error(words);
}

/** Over whatever transport the server is connected with. */
export function tellFaultsOfClient({ server }: McpServer): void {
  const connect = server.connect.bind(server);
  server.connect = (transport) => {
    const send = transport.send.bind(transport);
    transport.send = (message, options) => send(withFaultOfClient(message), options);
    return connect(transport);
  };
}

function withFaultOfClient(message: JSONRPCMessage): JSONRPCMessage {
  if (!isJSONRPCErrorResponse(message)) return message;
  const { error } = message;
  if (error.code !== INTERNAL || !isMisfit(error.message)) return message;
  return { ...message, error: { ...error, code: INVALID_PARAMS } };
}

function isMisfit(message: string): boolean {
  try {
    return Misfits.safeParse(JSON.parse(message)).success;
  } catch {
    return false;
  }
}
