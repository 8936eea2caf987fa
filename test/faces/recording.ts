/** What a face received of a run from the daemon, as its connection brought it. */
import type { ClientConnection, RunEvent } from "../../protocol/index.ts";

export interface Recording {
  /** Over each connection, in order of arrival; nothing is left out or put in order. */
  events(runId: string): RunEvent[];
  /** The number up to which the run was first shown as a state, where it was; else 0. */
  shownTo(runId: string): number;
  record(connection: ClientConnection): ClientConnection;
}

export function createRecording(): Recording {
  const events: RunEvent[] = [];
  const shown = new Map<string, number>();
  return {
    events: (runId) => events.filter((event) => event.runId === runId),
    shownTo: (runId) => shown.get(runId) ?? 0,
    record(connection) {
      connection.on("run/event", ({ event }) => events.push(event));
      const request = async (name: string, params: object, options?: object) => {
        const answer = await connection.request(name as "run/list", params, options);
        if (name === "run/events") events.push(...(answer as unknown as { events: RunEvent[] }).events);
        const { run } = answer as unknown as { run?: { runId: string; seq: number } };
        if (name === "run/show" && run !== undefined && !shown.has(run.runId)) shown.set(run.runId, run.seq);
        return answer;
      };
      return { ...connection, request: request as ClientConnection["request"] };
    },
  };
}
