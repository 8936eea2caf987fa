/** Forgetting the checkpoints of old runs: by age, then the oldest beyond a size. Event logs and artifacts stay. */
import type { Answer, Params, RunState } from "../../../protocol/index.ts";
import { isEnded, pendingPaths } from "../../../protocol/index.ts";
import type { KeptRun } from "../changes/changes.ts";
import type { RunDependencies } from "../dependencies.ts";

const DAY_MS = 24 * 60 * 60_000;
const PAGE = 500;
const FIRST_MS = 60_000;

interface Candidate {
  readonly state: RunState;
  readonly kept: KeptRun;
  /** Refs that may go. */
  readonly refs: readonly string[];
}

/** Runs of other data folders, unfinished ones, and what waits to be accepted stay, whatever their age. */
export async function pruneCheckpoints(
  dependencies: RunDependencies,
  params: Params<"run/prune">,
): Promise<Answer<"run/prune">> {
  const limits = dependencies.defaults.checkpoints;
  const { days = limits?.days ?? Infinity, maxBytes = limits?.maxBytes ?? Infinity, dryRun = false } = params;
  const pruned: Answer<"run/prune">["runs"] = [];
  let keptBytes = 0;
  for (const [workspace, states] of await runsByWorkspace(dependencies)) {
    const all = await keptOf(dependencies, workspace);
    const candidates = candidatesOf(all, states);
    const going = oldAndLarge(candidates, all, { before: dependencies.clock.now() - days * DAY_MS, maxBytes });
    for (const { kept, refs } of going) pruned.push({ runId: kept.runId, refs: refs.length, bytes: kept.bytes });
    keptBytes += sizeOf(all) - sizeOf(going.map(({ kept }) => kept));
    const refs = going.flatMap((candidate) => candidate.refs);
    if (!dryRun && refs.length > 0) await dependencies.changes.checkpoints.drop(workspace, refs);
  }
  return { runs: pruned, keptBytes };
}

/** Prunes a minute after it was called and then once a day, whenever no run is at work. */
export function pruneWhenIdle(dependencies: RunDependencies, isIdle: () => boolean): void {
  const again = (milliseconds: number) => dependencies.clock.timer(milliseconds, () => void prune());
  async function prune(): Promise<void> {
    if (!isIdle()) {
      again(FIRST_MS);
      return;
    }
    await pruneCheckpoints(dependencies, {}).catch((error: unknown) =>
      dependencies.log.write("warn", "old checkpoints could not be removed", { error: String(error) }),
    );
    again(DAY_MS);
  }
  again(FIRST_MS);
}

async function runsByWorkspace({ store }: RunDependencies): Promise<Map<string, Map<string, RunState>>> {
  const byWorkspace = new Map<string, Map<string, RunState>>();
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof store.projections.listRuns>> = await store.projections.listRuns({
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const { runId, workspace } of page.runs) {
      const state = await store.events.state(runId).catch(() => undefined);
      if (state === undefined) continue;
      const states = byWorkspace.get(workspace) ?? new Map<string, RunState>();
      byWorkspace.set(workspace, states.set(runId, state));
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return byWorkspace;
}

/** None for a workspace that is not there now. */
async function keptOf({ changes, log }: RunDependencies, workspace: string): Promise<KeptRun[]> {
  return changes.checkpoints.keptOf(workspace).catch((error: unknown) => {
    log.write("info", "checkpoints of a folder were not looked at", { workspace, error: String(error) });
    return [];
  });
}

function candidatesOf(all: readonly KeptRun[], states: ReadonlyMap<string, RunState>): Candidate[] {
  return all.flatMap((kept) => {
    const state = states.get(kept.runId);
    if (state === undefined || !isEnded(state.status) || state.rewind?.status === "working") return [];
    const refs = pendingPaths(state).length === 0 ? kept.refs : kept.refs.filter((ref) => !isNeeded(ref, kept));
    return refs.length === 0 ? [] : [{ state, kept, refs }];
  });
}

/** For a change set that waits: what it is made of, and the newest checkpoint. */
function isNeeded(ref: string, { refs }: KeptRun): boolean {
  const turns = refs.filter((other) => other.includes("/turns/"));
  return !ref.includes("/turns/") || ref === turns.at(-1);
}

/** Those before a time, and of the others the oldest while all together are too large. */
function oldAndLarge(
  candidates: readonly Candidate[],
  all: readonly KeptRun[],
  { before, maxBytes }: { before: number; maxBytes: number },
): Candidate[] {
  const oldestFirst = candidates.toSorted((one, two) => one.state.updatedAt.localeCompare(two.state.updatedAt));
  let bytes = sizeOf(all);
  return oldestFirst.filter(({ state, kept }) => {
    if (Date.parse(state.updatedAt) >= before && bytes <= maxBytes) return false;
    bytes -= kept.bytes;
    return true;
  });
}

function sizeOf(runs: readonly KeptRun[]): number {
  return runs.reduce((sum, { bytes }) => sum + bytes, 0);
}
