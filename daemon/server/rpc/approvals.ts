/** Requests that answer what a run asks. */
import type { Handlers } from "../../../protocol/index.ts";
import type { RunService } from "../../orchestration/run-service.ts";
import type { RpcContext } from "./connection.ts";

export function createApprovalHandlers(
  service: RunService,
): Pick<Handlers<RpcContext>, "approval/answer" | "approval/list" | "question/answer"> {
  return {
    "approval/answer": (params, caller) => service.answer(params, caller),
    "approval/list": () => service.approvals(),
    "question/answer": (params, caller) => service.answerQuestion(params, caller),
  };
}
