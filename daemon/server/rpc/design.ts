/** Requests about design documents. */
import type { Answer, Handlers, Params } from "../../../protocol/index.ts";
import type { DesignService } from "../../metagpt/view/service.ts";
import type { RpcContext } from "./connection.ts";

type DesignHandlers = Pick<Handlers<RpcContext>, Extract<keyof Handlers<RpcContext>, `design/${string}`>>;

export type Procedures = (params: Params<"design/procedure">) => Promise<Answer<"design/procedure">>;

export function createDesignHandlers(design: DesignService, procedure: Procedures): DesignHandlers {
  return {
    "design/read": (params) => design.read(params),
    "design/picture": (params) => design.picture(params),
    "design/save": (params, caller) => design.save(params, caller),
    "design/export": (params) => design.export(params),
    "design/procedure": (params) => procedure(params),
  };
}
