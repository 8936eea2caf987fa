/** A session told again from its runs' logs, oldest first. */
import { isEnded, type RunSummary } from "../../../protocol/index.ts";
import type { DaemonLink } from "../link.ts";
import type { SessionClient } from "./client.ts";
import { createRunUpdates, messageChunk, type RunUpdates } from "./run-updates.ts";

const MOST_RUNS = 200;
const PAGE = 200;

export interface Past {
  /** The newest first. */
  readonly runs: readonly RunSummary[];
  /** There are more than are told again. */
  readonly isCut: boolean;
}

export async function pastOf(link: DaemonLink, sessionId: string, signal: AbortSignal): Promise<Past> {
  const { runs, nextCursor } = await link.request("run/list", { sessionId, limit: MOST_RUNS }, { signal });
  return { runs, isCut: nextCursor !== null };
}

export function spentOf({ runs }: Past): Map<string, number> {
  return new Map(runs.filter(({ status }) => isEnded(status)).map(({ runId, costUsd }) => [runId, costUsd]));
}

/** Answers with what was told of the runs that have not ended. */
export async function tellPast(
  { runs, isCut }: Past,
  {
    link,
    client,
    sessionId,
  }: { readonly link: DaemonLink; readonly client: SessionClient; readonly sessionId: string },
  signal: AbortSignal,
): Promise<Map<string, RunUpdates>> {
  const atWork = new Map<string, RunUpdates>();
  if (isCut)
    await client.tell([messageChunk(`${sessionId}/cut`, `(Of this session the last ${MOST_RUNS} runs are shown.)\n`)]);
  let spentBefore = 0;
  for (const { runId, workspace } of runs.toReversed()) {
    const isOwnPrompt = () => false;
    const updates = createRunUpdates(
      { runId, client: client.abilities, spentBefore, isOwnPrompt, tellsAll: true, isPast: true },
      workspace,
    );
    await tellRun(runId, updates, { link, client }, signal);
    const { state } = updates;
    if (state === undefined) continue;
    spentBefore += state.budget.spentUsd;
    if (!isEnded(state.status)) atWork.set(runId, updates);
  }
  return atWork;
}

async function tellRun(
  runId: string,
  updates: RunUpdates,
  { link, client }: { readonly link: DaemonLink; readonly client: SessionClient },
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const after = updates.state?.seq ?? 0;
    const { events, lastSeq } = await link.request("run/events", { runId, after, limit: PAGE }, { signal });
    for (const event of events) await client.tell(updates.event(event));
    if (events.length === 0 || (updates.state?.seq ?? 0) >= lastSeq) return;
  }
}
