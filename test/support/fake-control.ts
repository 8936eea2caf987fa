/** What is asked of the daemon itself, where a test is about something else. */
import type { DaemonControl } from "../../daemon/server/rpc/daemon.ts";
import { noAgents } from "./agents.ts";
import { memoryTrust } from "./guard.ts";

export function fakeControl(home = "/nowhere"): DaemonControl {
  return {
    status: () => {
      throw new Error("no status here");
    },
    stop: () => false,
    check: async () => [],
    configureModel: () => ({ provider: null, model: null, hasKey: false }),
    trust: memoryTrust(),
    home,
    agents: noAgents,
    listTools: async () => ({ trusted: false, tools: [], servers: [], problems: [] }),
  };
}
