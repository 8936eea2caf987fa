/** Requests that answer what a run asks. */
import type { Handlers } from "../../../protocol/index.ts";
import type { RunService } from "../../orchestration/run-service.ts";
import type { RpcContext } from "./connection.ts";

export function createApprovalHandlers(
  service: RunService,
): Pick<Handlers<RpcContext>, Extract<keyof Handlers<RpcContext>, `approval/${string}`> | "question/answer"> {
  return {
    "approval/answer": (params, caller) => service.answer(params, caller),
    "approval/list": () => service.approvals(),
    async "approval/watch"(_params, { listener, approvals }) {
      approvals.topic.join(listener);
      return {};
    },
    async "approval/unwatch"(_params, { listener, approvals }) {
      approvals.topic.leave(listener);
      return {};
    },
    "question/answer": (params, caller) => service.answerQuestion(params, caller),
  };
}
