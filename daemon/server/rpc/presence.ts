/** Requests about who is connected. */
import type { Handlers } from "../../../protocol/index.ts";
import type { RpcContext } from "./connection.ts";

type PresenceHandlers = Pick<Handlers<RpcContext>, Extract<keyof Handlers<RpcContext>, `presence/${string}`>>;

export function createPresenceHandlers(): PresenceHandlers {
  return {
    "presence/list": async ({ ping = false }, { connectionId, presence }) => ({
      you: connectionId,
      clients: await presence.list({ ping }),
    }),
    async "presence/watch"(_params, { listener, presence }) {
      presence.topic.join(listener);
      return {};
    },
    async "presence/unwatch"(_params, { listener, presence }) {
      presence.topic.leave(listener);
      return {};
    },
  };
}
