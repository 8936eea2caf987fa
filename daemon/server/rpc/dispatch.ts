/** From a request to its answer: the schema, the handler, and the one place where a handler's bug is caught. */
import { type JSONRPCRequest, type JSONRPCResponse, JSONRPCServer } from "json-rpc-2.0";
import type * as z from "zod/mini";
import type { ErrorValue, Handlers } from "../../../protocol/index.ts";
import { errorValue, NexusError, nexusError, REQUESTS } from "../../../protocol/index.ts";
import { validate } from "../../../protocol/validate.ts";
import type { Log } from "../../observability/log.ts";
import { errorResponse } from "./frames.ts";

/** Methods compare their parameters loosely, so that handlers of all messages fit into one table. */
interface AnyHandler<Context> {
  call(params: unknown, context: Context): Promise<unknown>;
}

export type Dispatch<Context> = (
  request: JSONRPCRequest,
  context: Context,
) => PromiseLike<JSONRPCResponse | JSONRPCResponse[] | null>;

/** Answers requests from the handler table. Never rejects; unexpected errors become `run.internal` and a log line. */
export function createDispatch<Context>(handlers: Handlers<Context>, log: Log): Dispatch<Context> {
  // Every request gets an id here, so that a failing notification is logged like everything else.
  const server = new JSONRPCServer<Context>({ errorListener: () => undefined });
  for (const message of REQUESTS) {
    const { name } = message;
    if (name === "handshake/hello" || name === "handshake/prove") continue;
    const handler: AnyHandler<Context> = { call: handlers[name] };
    server.addMethod(name, async (params: unknown, context) => handler.call(parseParams(message, params), context));
  }
  server.mapErrorToJSONRPCErrorResponse = (id, error: unknown) => errorResponse(id, toErrorValue(error, log));
  return async (request, context) => {
    if (server.hasMethod(request.method)) return server.receive(request, context);
    return errorResponse(request.id ?? null, errorValue("request.unknown_method", request.method.slice(0, 100)));
  };
}

/** Throws `request.invalid`, naming the field. */
export function parseParams<Params extends z.ZodMiniType>(
  message: { readonly name: string; readonly params: Params },
  params: unknown,
): z.output<Params> {
  const validated = validate(message.params, params ?? {});
  if (validated.ok) return validated.value;
  throw nexusError("request.invalid", `${message.name}: ${validated.problem}.`);
}

export function toErrorValue(error: unknown, log: Log): ErrorValue {
  if (error instanceof NexusError) return error.value;
  // What a cancelled request throws when its signal aborts.
  if (error instanceof Error && error.name === "AbortError") return errorValue("request.cancelled");
  log.write("error", "a request failed inside Nexus", { error });
  return errorValue("run.internal", error instanceof Error ? error.message : undefined);
}
