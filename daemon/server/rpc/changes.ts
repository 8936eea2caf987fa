/** Requests about change sets. */
import type { Handlers } from "../../../protocol/index.ts";
import type { RunService } from "../../orchestration/run-service.ts";
import type { RpcContext } from "./connection.ts";

type ChangesHandlers = Pick<Handlers<RpcContext>, Extract<keyof Handlers<RpcContext>, `changes/${string}`>>;

export function createChangesHandlers(service: RunService): ChangesHandlers {
  return {
    "changes/diff": (params) => service.diff(params),
    "changes/file": (params) => service.file(params),
    "changes/accept": (params, caller) => service.accept(params, caller),
    "changes/discard": (params, caller) => service.discard(params, caller),
    "changes/taken": (params, caller) => service.taken(params, caller),
  };
}
