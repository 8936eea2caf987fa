/** Events as rows: written with a checksum, and never given out unless it still fits. */
import { applyRunEvent, nexusError, type RunEvent, type RunState } from "../../protocol/index.ts";
import type { Reader, Writer } from "./database.ts";
import { checkDigest, digestOf } from "./digest.ts";
import type { KeyedEvent } from "./store.ts";

const PAGE = 500;
const COLUMNS = ["run_id", "seq", "key", "at", "type", "body", "digest"] as const;

interface EventRow {
  readonly run_id: string;
  readonly seq: number;
  readonly key: string | null;
  readonly at: string;
  readonly type: string;
  readonly body: string;
  readonly digest: string;
}

/** Answers with the event's position among those of all runs. */
export async function insertEvent(writer: Writer, event: RunEvent, key: string | null, body: string): Promise<number> {
  const row = { run_id: event.runId, seq: event.seq, key, at: event.at, type: event.body.type, body };
  const { position } = await writer
    .insertInto("events")
    .values({ ...row, digest: digestOf(eventParts(row)) })
    .returning("position")
    .executeTakeFirstOrThrow();
  return position;
}

function eventParts(row: Omit<EventRow, "digest">) {
  return [row.run_id, row.seq, row.key, row.at, row.type, row.body];
}

/** Throws `store.corrupt` when the row is not what was written. */
export function eventOf(row: EventRow): RunEvent {
  checkDigest(row, eventParts(row), `Event ${row.seq} of run ${row.run_id}`);
  return { runId: row.run_id, seq: row.seq, at: row.at, body: JSON.parse(row.body) };
}

/** Of the keys, those that the run knows. */
export async function findKeys(reader: Reader, runId: string, keys: readonly string[]): Promise<Map<string, RunEvent>> {
  if (keys.length === 0) return new Map();
  const query = reader.selectFrom("events").select(COLUMNS).where("run_id", "=", runId);
  const rows = await query.where("key", "in", keys).execute();
  return new Map(rows.map((row) => [row.key ?? "", eventOf(row)]));
}

interface Range {
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
}

/** See EventLog.read. */
export async function readEvents(reader: Reader, runId: string, range: Range): Promise<RunEvent[]> {
  return (await readKeyedEvents(reader, runId, range)).map(({ event }) => event);
}

export async function readKeyedEvents(
  reader: Reader,
  runId: string,
  { after = 0, before, limit }: Range,
): Promise<KeyedEvent[]> {
  const base = reader.selectFrom("events").select(COLUMNS).where("run_id", "=", runId).where("seq", ">", after);
  const isBackward = before !== undefined;
  const rows = await (isBackward ? base.where("seq", "<", before) : base)
    .orderBy("seq", isBackward ? "desc" : "asc")
    .limit(limit)
    .execute();
  const keyed = (isBackward ? rows.reverse() : rows).map((row) => ({ event: eventOf(row), key: row.key }));
  const events = keyed.map(({ event }) => event);
  const first = isBackward ? (events[0]?.seq ?? 0) : after + 1;
  checkGapless(runId, events, first);
  return keyed;
}

/** A row that an index no longer finds must not make a run shorter. */
function checkGapless(runId: string, events: readonly RunEvent[], first: number): void {
  for (const [index, event] of events.entries())
    if (event.seq !== first + index)
      throw nexusError("store.corrupt", `Event ${first + index} of run ${runId} is missing.`);
}

/** The fold of all the run's events, read in pages; null for a run without events. */
export async function foldEvents(reader: Reader, runId: string): Promise<RunState | null> {
  let state: RunState | null = null;
  for (;;) {
    const events: RunEvent[] = await readEvents(reader, runId, { after: state?.seq ?? 0, limit: PAGE });
    for (const event of events) state = applyRunEvent(state, event);
    if (events.length < PAGE) return state;
  }
}

/** The fold, compared with the number of events that the run's list entry names: a shortened log is damage. */
export async function loadState(reader: Reader, runId: string): Promise<RunState | null> {
  const state = await foldEvents(reader, runId);
  const run = await reader.selectFrom("runs").select("seq").where("run_id", "=", runId).executeTakeFirst();
  if (run?.seq !== state?.seq)
    throw nexusError("store.corrupt", `Run ${runId} has ${state?.seq ?? 0} events, its list entry ${run?.seq ?? 0}.`);
  return state;
}
