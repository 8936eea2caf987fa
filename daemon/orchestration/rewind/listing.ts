/** The checkpoints of a run, from its event log. */
import type { CheckpointInfo } from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import type { KeyedEvent, Store } from "../../store/store.ts";

const PAGE = 500;
const MAX_LISTED = 1000;

/** Oldest first, the last 1000. */
export async function listCheckpoints(store: Store, runId: string): Promise<CheckpointInfo[]> {
  const found: CheckpointInfo[] = [];
  for (const { event } of await allEvents(store, runId)) {
    if (event.body.type !== "checkpoint.taken") continue;
    const { number, taskId, turn, commit, leftOut } = event.body;
    found.push({ number, taskId, turn, commit, at: event.at, leftOut });
  }
  return found.slice(-MAX_LISTED);
}

/** Rejects with `checkpoint.unknown`. */
export async function findCheckpoint(store: Store, runId: string, number: number): Promise<CheckpointInfo> {
  const all = await listCheckpoints(store, runId);
  const found = all.find((checkpoint) => checkpoint.number === number);
  if (found === undefined)
    throw nexusError("checkpoint.unknown", `The run has ${all.length === 0 ? "none" : `1 to ${all.at(-1)?.number}`}.`);
  return found;
}

export async function allEvents(store: Store, runId: string): Promise<KeyedEvent[]> {
  const events: KeyedEvent[] = [];
  for (;;) {
    const page = await store.events.readKeyed(runId, { after: events.length, limit: PAGE });
    events.push(...page);
    if (page.length < PAGE) return events;
  }
}
