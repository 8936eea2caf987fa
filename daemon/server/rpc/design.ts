/** Requests about design documents. */
import type { Handlers } from "../../../protocol/index.ts";
import type { DesignService } from "../../metagpt/view/service.ts";
import type { RpcContext } from "./connection.ts";

type DesignHandlers = Pick<Handlers<RpcContext>, Extract<keyof Handlers<RpcContext>, `design/${string}`>>;

export function createDesignHandlers(design: DesignService): DesignHandlers {
  return {
    "design/read": (params) => design.read(params),
    "design/picture": (params) => design.picture(params),
    "design/save": (params, caller) => design.save(params, caller),
    "design/export": (params) => design.export(params),
  };
}
