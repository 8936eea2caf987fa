/** Requests about sessions. */
import type { Handlers } from "../../../protocol/index.ts";
import type { SessionService } from "../../orchestration/sessions.ts";
import type { RpcContext } from "./connection.ts";

type SessionHandlers = Pick<Handlers<RpcContext>, Extract<keyof Handlers<RpcContext>, `session/${string}`>>;

export function createSessionHandlers(sessions: SessionService): SessionHandlers {
  return {
    "session/create": (params) => sessions.create(params),
    "session/list": (params) => sessions.list(params),
    "session/show": (params) => sessions.show(params),
    "session/update": (params) => sessions.update(params),
    "session/delete": (params) => sessions.delete(params),
  };
}
