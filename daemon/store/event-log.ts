/** The event log: numbers, keys, durability before anybody is told, and the state of runs in use. */
import {
  applyRunEvent,
  nexusError,
  type RunEvent,
  type RunEventBody,
  RunEvent as RunEventSchema,
  type RunState,
} from "../../protocol/index.ts";
import type { Log } from "../observability/log.ts";
import { insertArtifacts } from "./artifacts.ts";
import type { Database, Reader, Writer } from "./database.ts";
import { findKeys, insertEvent, loadState, readEvents, readKeyedEvents } from "./event-rows.ts";
import { recordOutcomes } from "./outcomes.ts";
import { createRecent } from "./recent.ts";
import { projectRun } from "./run-rows.ts";
import type { EventLog, NewEvent } from "./store.ts";

/** What clients write by their requests: nobody waits for it behind what all runs have to write. */
const ASKED_FOR: ReadonlySet<RunEventBody["type"]> = new Set([
  "run.created",
  "run.cancel_requested",
  "prompt.received",
  "approval.answered",
  "question.answered",
  "plan.revised",
  "task.controlled",
  "budget.changed",
  "scheduler.decided",
]);
/** More runs than one daemon works on at a time. */
const RUNS_IN_USE = 256;

export interface EventLogOptions {
  readonly database: Database;
  readonly now: () => string;
  readonly log: Log;
  /** Checks every event against its schema before it is written; for tests. */
  readonly validateEvents: boolean;
}

type Listener = (event: RunEvent, state: RunState) => void;

interface Added {
  readonly event: RunEvent;
  readonly key: string | null;
  readonly body: string;
  /** The run's state after the event. */
  readonly state: RunState;
}

export function createEventLog({ database, now, log, validateEvents }: EventLogOptions): EventLog {
  const states = createRecent<RunState>(RUNS_IN_USE);
  const listeners = new Set<Listener>();

  function tell(added: readonly Added[]): void {
    for (const { event, state } of added) {
      states.set(event.runId, state);
      for (const listener of listeners) tellOne(listener, event, state);
    }
  }

  /** The event is committed: a listener that throws must keep neither its writer nor the other listeners from it. */
  function tellOne(listener: Listener, event: RunEvent, state: RunState): void {
    try {
      listener(event, state);
    } catch (error) {
      log.write("error", "a listener of the event log failed", { runId: event.runId, error: String(error) });
    }
  }

  /** In order with the appends, so that what is kept is never older than what is in the log. */
  async function load(reader: Reader, runId: string): Promise<RunState | undefined> {
    const state = states.get(runId) ?? (await loadState(reader, runId));
    if (state !== null) states.set(runId, state);
    return state ?? undefined;
  }

  return {
    async append(runId, newEvents, artifacts = [], onlyIf = () => true) {
      const { events } = await database.write(
        async (writer) => {
          const before = states.get(runId) ?? (await loadState(writer, runId));
          if (before !== null && !onlyIf(before)) return { events: [], added: [] };
          const known = await findKeys(writer, runId, keysOf(newEvents));
          const at = now();
          const answer = number({ runId, before, at, known }, newEvents);
          if (validateEvents) for (const { event } of answer.added) RunEventSchema.parse(event);
          await insertArtifacts(writer, artifacts);
          await insert(writer, before, answer.added);
          return answer;
        },
        ({ added }) => tell(added),
        `run/${runId}`,
        newEvents.some(({ body }) => ASKED_FOR.has(body.type)),
      );
      return events;
    },

    read: (runId, range) => database.read((reader) => readEvents(reader, runId, range)),

    readKeyed: (runId, range) => database.read((reader) => readKeyedEvents(reader, runId, range)),

    find: (runId, key) => database.read(async (reader) => (await findKeys(reader, runId, [key])).get(key)),

    async state(runId) {
      database.check();
      return states.get(runId) ?? database.readInOrder((reader) => load(reader, runId));
    },

    subscribe(listener) {
      // Wrapped, so that the same function subscribed twice is told twice and unsubscribed once.
      const own: Listener = (event, state) => listener(event, state);
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };
}

function keysOf(newEvents: readonly NewEvent[]): string[] {
  return newEvents.flatMap(({ key }) => (key === undefined ? [] : [key]));
}

interface Run {
  readonly runId: string;
  readonly before: RunState | null;
  readonly at: string;
  readonly known: Map<string, RunEvent>;
}

/** Gives every new event its number and the state after it; an event with a known key is the one already there. */
function number({ runId, before, at, known }: Run, newEvents: readonly NewEvent[]) {
  const events: RunEvent[] = [];
  const added: Added[] = [];
  let state = before;
  for (const { body: given, key } of newEvents) {
    const present = key === undefined ? undefined : known.get(key);
    if (present !== undefined) {
      events.push(present);
      continue;
    }
    refuseMisplaced(runId, state, given);
    // What is told and folded is what a later reader will find on the disk, and nobody can change it afterwards.
    const body = JSON.stringify(given);
    const event: RunEvent = { runId, seq: (state?.seq ?? 0) + 1, at, body: JSON.parse(body) };
    state = applyRunEvent(state, event);
    added.push({ event, key: key ?? null, body, state });
    events.push(event);
    if (key !== undefined) known.set(key, event);
  }
  return { events, added };
}

function refuseMisplaced(runId: string, state: RunState | null, body: RunEventBody): void {
  if (state === null && body.type !== "run.created") throw nexusError("run.unknown", runId);
  if (state !== null && body.type === "run.created") throw new Error(`run ${runId} exists already`);
}

async function insert(writer: Writer, before: RunState | null, added: readonly Added[]): Promise<void> {
  let first: number | null = null;
  for (const { event, key, body } of added) {
    const position = await insertEvent(writer, event, key, body);
    if (event.seq === 1) first = position;
  }
  const last = added.at(-1);
  if (last === undefined) return;
  await projectRun(writer, before, last.state, first);
  const isCopy = added.some(({ event }) => event.body.type === "run.forked");
  if (!isCopy) await recordOutcomes(writer, added);
}
