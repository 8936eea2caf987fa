/** What the library tells as a failure inside although it is the client's mistake: parameters that do not fit its schema. */
import { isJSONRPCErrorResponse, type JSONRPCMessage, type McpServer } from "@modelcontextprotocol/server";
import * as z from "zod/mini";

const INTERNAL = -32603;
const INVALID_PARAMS = -32602;
/** What is wrong, as the library's schemas print it: each with where it is in the request. */
const Misfits = z.array(z.object({ path: z.tuple([z.literal("params")], z.unknown()) })).check(z.minLength(1));

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
