/** What must hold after a run was killed and has finished all the same. */
import { openStore } from "../../daemon/store/sqlite.ts";
import { applyRunEvent, type RunEvent, type RunState } from "../../protocol/index.ts";
import type { ScriptedServer } from "../support/scripted/server.ts";
import type { Scenario } from "./scenarios/scenario.ts";

export interface Observed {
  readonly home: string;
  readonly workspace: string;
  readonly scenario: Scenario;
  readonly runId: string;
  /** Events as somebody heard of them, before the kill or after. */
  readonly acknowledged: readonly RunEvent[];
  readonly requests: ScriptedServer["requests"];
  /** How many requests the model had seen when the daemon died. */
  readonly requestsAtKill: number;
  /** Events in the log at that moment, read after the death. */
  readonly logAtKill: readonly RunEvent[];
}

/** Everything that is wrong; empty when nothing is. */
export async function problemsOf(observed: Observed): Promise<string[]> {
  const log = await readLog(observed.home, observed.runId);
  return [
    ...problemsOfLog(log),
    ...problemsOfAcknowledged(log, observed.acknowledged),
    ...problemsOfRequests(observed),
    ...observed.scenario.problemsOfFiles(observed.workspace),
    ...(observed.scenario.problemsOfLog?.(log) ?? []),
  ];
}

/** Reads the log as it is on disk. No daemon may be alive when this is called for the moment of a kill. */
export async function readLog(home: string, runId: string): Promise<RunEvent[]> {
  const quiet = { write: () => undefined, with: () => quiet };
  const store = await openStore({ home, log: quiet });
  try {
    return await store.events.read(runId, { limit: 100_000 });
  } finally {
    await store.close();
  }
}

function problemsOfLog(log: readonly RunEvent[]): string[] {
  let state: RunState | null = null;
  for (const event of log) state = applyRunEvent(state, event);
  const problems: string[] = [];
  if (state?.status !== "done") problems.push(`the run ended ${state?.status}: ${state?.error?.message}`);
  const results = log.flatMap(({ body }) =>
    body.type === "tool.finished" || body.type === "model.responded" ? [body.key] : [],
  );
  if (new Set(results).size < results.length) problems.push("a call has two results");
  return problems;
}

function problemsOfAcknowledged(log: readonly RunEvent[], acknowledged: readonly RunEvent[]): string[] {
  return acknowledged.flatMap((event) => {
    const stored = log[event.seq - 1];
    const isSame = JSON.stringify(stored?.body) === JSON.stringify(event.body) && stored?.at === event.at;
    return isSame ? [] : [`event ${event.seq} (${event.body.type}) was heard of but is not in the log`];
  });
}

/** A call may be asked for again only when its answer was not in the log yet when the daemon died. */
function problemsOfRequests({ requests, requestsAtKill, logAtKill }: Observed): string[] {
  const before = new Set(requests.slice(0, requestsAtKill).map((request) => request.hash));
  const again = requests.slice(requestsAtKill).filter((request) => before.has(request.hash));
  const answered = logAtKill.filter(({ body }) => body.type === "model.responded").length;
  const unanswered = before.size - answered;
  if (again.length <= unanswered) return [];
  return [`${again.length} model calls were repeated, but only ${unanswered} had no recorded answer`];
}

/** One life of a run that dies again and again: of what was asked before, only what had no answer is asked again. */
export function problemsOfLife(
  requests: ScriptedServer["requests"],
  before: { readonly asked: number; readonly answered: number },
): string[] {
  const known = new Set(requests.slice(0, before.asked).map(({ hash }) => hash));
  const again = requests.slice(before.asked).filter(({ hash }) => known.has(hash)).length;
  const unanswered = known.size - before.answered;
  return again <= unanswered
    ? []
    : [`${again} model calls were repeated, but only ${unanswered} had no recorded answer`];
}
