/** Requests about the agents that there are. */
import type { Handlers } from "../../../protocol/index.ts";
import type { AgentDirectory } from "../../orchestration/agent-directory.ts";
import type { RpcContext } from "./connection.ts";

export function createAgentHandlers(
  agents: Pick<AgentDirectory, "list" | "card">,
): Pick<Handlers<RpcContext>, "agent/list" | "agent/card"> {
  return { "agent/list": agents.list, "agent/card": agents.card };
}
