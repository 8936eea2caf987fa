/** Requests about the tools that agents have. */
import type { Answer, Handlers, Params } from "../../../protocol/index.ts";
import type { RpcContext } from "./connection.ts";

export type ListTools = (params: Params<"tools/list">, signal: AbortSignal) => Promise<Answer<"tools/list">>;

export function createToolsHandlers(listTools: ListTools): Pick<Handlers<RpcContext>, "tools/list"> {
  return { "tools/list": (params, { signal }) => listTools(params, signal) };
}
