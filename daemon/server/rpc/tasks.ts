/** Requests about one task of a run. */
import type { Handlers } from "../../../protocol/index.ts";
import type { RunService } from "../../orchestration/run-service.ts";
import type { RpcContext } from "./connection.ts";

type TaskHandlers = Pick<Handlers<RpcContext>, Extract<keyof Handlers<RpcContext>, `task/${string}`>>;

export function createTaskHandlers(service: RunService): TaskHandlers {
  return {
    "task/cancel": (params, caller) => service.controlTask("cancel", params, caller),
    "task/pause": (params, caller) => service.controlTask("pause", params, caller),
    "task/resume": (params, caller) => service.controlTask("resume", params, caller),
  };
}
