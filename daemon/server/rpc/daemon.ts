/** Requests about the daemon itself. */
import type { Answer, CheckResult, DaemonStatus, Handlers, Params } from "../../../protocol/index.ts";
import type { RunDesign } from "../../metagpt/view/source.ts";
import type { AgentDirectory } from "../../orchestration/agent-directory.ts";
import type { Trust } from "../../security/trust.ts";
import type { RpcContext } from "./connection.ts";
import type { ListTools } from "./tools.ts";

/** What the daemon's life (server/life.ts) and its composition root offer to clients. */
export interface DaemonControl {
  status(): DaemonStatus;
  /** False when `ifIdle` is asked for and the daemon is not; otherwise it has begun to stop. */
  stop(options: { ifIdle: boolean; by: string }): boolean;
  check(): Promise<CheckResult[]>;
  configureModel(params: Params<"model/configure">): Answer<"model/configure">;
  readonly trust: Trust;
  /** The data folder. */
  readonly home: string;
  readonly listTools: ListTools;
  readonly agents: Pick<AgentDirectory, "list" | "card">;
  /** Design documents of runs; left out: no run writes any. */
  readonly runDesign?: RunDesign | undefined;
}

type DaemonHandlers = Pick<
  Handlers<RpcContext>,
  "daemon/status" | "daemon/stop" | "daemon/check" | "request/cancel" | "model/configure"
>;

export function createDaemonHandlers(control: DaemonControl): DaemonHandlers {
  return {
    "daemon/status": async () => control.status(),
    "daemon/stop": async ({ ifIdle }, caller) => ({ stopping: control.stop({ ifIdle, by: caller.name }) }),
    "daemon/check": async () => ({ checks: await control.check() }),
    "request/cancel": async ({ id }, caller) => ({ cancelled: caller.cancel(id) }),
    "model/configure": async (params) => control.configureModel(params),
  };
}
