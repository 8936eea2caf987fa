/** The whole table: a missing handler does not compile. */
import type { Handlers } from "../../../protocol/index.ts";
import type { MemoryService } from "../../memory/service.ts";
import { createDesignService } from "../../metagpt/view/service.ts";
import type { RunService } from "../../orchestration/run-service.ts";
import type { AskedClients } from "../clients/asked.ts";
import { createAgentHandlers } from "./agents.ts";
import { createApprovalHandlers } from "./approvals.ts";
import { createAuditHandlers } from "./audit.ts";
import { createChangesHandlers } from "./changes.ts";
import type { RpcContext } from "./connection.ts";
import { createDaemonHandlers, type DaemonControl } from "./daemon.ts";
import { createDesignHandlers } from "./design.ts";
import { createMemoryHandlers } from "./memory.ts";
import { createPlanHandlers } from "./plan.ts";
import { createPresenceHandlers } from "./presence.ts";
import { procedureFor } from "./procedure.ts";
import { createRunHandlers } from "./run.ts";
import { createSessionHandlers } from "./sessions.ts";
import { createTaskHandlers } from "./tasks.ts";
import { createToolsHandlers } from "./tools.ts";
import { createWorkflowHandlers } from "./workflow.ts";
import { createWorkspaceHandlers } from "./workspace.ts";

export function createHandlers(
  service: RunService,
  memory: MemoryService,
  control: DaemonControl,
  asked?: AskedClients,
): Handlers<RpcContext> {
  return {
    ...createRunHandlers(service, asked),
    ...createSessionHandlers(service.sessions),
    ...createTaskHandlers(service),
    ...createWorkflowHandlers(service.workflows),
    ...createApprovalHandlers(service),
    ...createChangesHandlers(service),
    ...createPlanHandlers(service),
    ...createMemoryHandlers(memory, asked?.documents),
    "model/piece": async (params, { connectionId }) => asked?.models.piece(connectionId, params) ?? { wanted: false },
    ...createPresenceHandlers(),
    ...createDaemonHandlers(control),
    ...createWorkspaceHandlers(control.trust),
    ...createAuditHandlers(control.home),
    ...createToolsHandlers(control.listTools),
    ...createAgentHandlers(control.agents),
    ...createDesignHandlers(createDesignService({ trust: control.trust, runs: control.runDesign }), (wish) =>
      procedureFor(wish, control),
    ),
  };
}
