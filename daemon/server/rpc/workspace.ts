/** Requests about whom a person trusts. */
import type { Handlers } from "../../../protocol/index.ts";
import type { Trust } from "../../security/trust.ts";
import type { RpcContext } from "./connection.ts";

export function createWorkspaceHandlers(
  trust: Trust,
): Pick<Handlers<RpcContext>, "workspace/trust" | "workspace/setTrust"> {
  return {
    "workspace/trust": ({ workspace }) => trust.look(workspace),
    "workspace/setTrust": ({ workspace, trusted, hash }, caller) =>
      trust.decide(workspace, { trusted, hash, by: `client:${caller.name}`, why: "A person decided." }),
  };
}
