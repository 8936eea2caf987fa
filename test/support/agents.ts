/** A directory of agents that knows none. */
import type { AgentDirectory } from "../../daemon/orchestration/agent-directory.ts";
import { nexusError } from "../../protocol/index.ts";

export const noAgents: AgentDirectory = {
  list: async () => ({ trusted: false, agents: [], problems: [] }),
  card: async () => {
    throw nexusError("agent.unknown");
  },
  cards: async () => {
    throw nexusError("workspace.missing");
  },
};
