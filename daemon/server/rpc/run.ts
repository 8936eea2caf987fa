/** Requests about runs. */
import type { Handlers, RunEvent } from "../../../protocol/index.ts";
import type { RunService } from "../../orchestration/run-service.ts";
import type { AskedClients } from "../clients/asked.ts";
import type { RpcContext } from "./connection.ts";

type RunHandlers = Pick<Handlers<RpcContext>, Extract<keyof Handlers<RpcContext>, `run/${string}`>>;

/** A page's events in characters of JSON; a line has twice that, and a page always has one event. */
const MAX_PAGE_LENGTH = 512 * 1024;

export function createRunHandlers(service: RunService, asked?: Pick<AskedClients, "startedBy">): RunHandlers {
  return {
    async "run/start"(params, caller) {
      const started = await service.start(params, caller);
      asked?.startedBy(started.runId, caller.connectionId);
      return started;
    },
    "run/prompt": (params, caller) => service.prompt(params, caller),
    "run/list": (params) => service.list(params),
    "run/show": (params) => service.show(params),
    "run/cancel": (params, caller) => service.cancel(params, caller),
    async "run/resume"(params, caller) {
      asked?.startedBy(params.runId, caller.connectionId);
      return service.resume(params, caller);
    },

    "run/checkpoints": (params) => service.checkpoints(params),
    "run/checkpointDiff": (params) => service.checkpointDiff(params),
    "run/rewind": (params, caller) => service.rewind(params, caller),
    "run/fork": (params, caller) => service.fork(params, caller),
    "run/replay": (params) => service.replay(params),
    "run/compare": (params) => service.compare(params),
    "run/prune": (params) => service.prune(params),

    async "run/events"(params) {
      const { events, lastSeq } = await service.events(params);
      return { events: fitting(events, params.before === undefined ? "first" : "last"), lastSeq };
    },

    async "run/watch"({ runId, after }, connection) {
      const { lastSeq } = await service.events({ runId, after, limit: 1 });
      connection.watch(runId, after);
      return { lastSeq };
    },

    async "run/unwatch"({ runId }, connection) {
      connection.unwatch(runId);
      return {};
    },
  };
}

/** As many events as fit into one line, from the end of the page that the client asked from. */
function fitting(events: RunEvent[], keep: "first" | "last"): RunEvent[] {
  const ordered = keep === "first" ? events : events.toReversed();
  let length = 0;
  const count = ordered.findIndex((event, index) => {
    length += JSON.stringify(event).length;
    return index > 0 && length > MAX_PAGE_LENGTH;
  });
  const kept = count < 0 ? ordered : ordered.slice(0, count);
  return keep === "first" ? kept : kept.toReversed();
}
