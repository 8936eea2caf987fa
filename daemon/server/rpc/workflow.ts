/** Requests about workflows. */
import type { Handlers } from "../../../protocol/index.ts";
import type { WorkflowService } from "../../orchestration/workflows/workflow-service.ts";
import type { RpcContext } from "./connection.ts";

type WorkflowHandlers = Pick<Handlers<RpcContext>, Extract<keyof Handlers<RpcContext>, `workflow/${string}`>>;

export function createWorkflowHandlers(service: WorkflowService): WorkflowHandlers {
  return {
    "workflow/list": (params) => service.list(params),
    "workflow/validate": (params) => service.validate(params),
    "workflow/states": (params) => service.states(params),
    "workflow/compare": (params) => service.compare(params),
    "workflow/migrate": (params, caller) => service.migrate(params, caller),
    "workflow/schedules": () => service.schedules(),
    "workflow/schedule": (params) => service.schedule(params),
    "workflow/unschedule": (params) => service.unschedule(params),
  };
}
