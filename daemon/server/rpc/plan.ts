/** Requests about plans. */
import type { Handlers } from "../../../protocol/index.ts";
import type { RunService } from "../../orchestration/run-service.ts";
import type { RpcContext } from "./connection.ts";

type PlanHandlers = Pick<Handlers<RpcContext>, Extract<keyof Handlers<RpcContext>, `plan/${string}`>>;

export function createPlanHandlers(service: RunService): PlanHandlers {
  return {
    "plan/show": (params) => service.showPlan(params),
    "plan/edit": (params, caller) => service.editPlan(params, caller),
    "plan/history": (params) => service.planHistory(params),
  };
}
