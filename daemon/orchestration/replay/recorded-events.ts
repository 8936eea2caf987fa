/** The event log as a replay's engine sees it: as far as it has come, and what it asks for when its turn comes. */
import type { RunEvent, RunState } from "../../../protocol/index.ts";
import type { EventLog, KeyedEvent } from "../../store/store.ts";
import { isAnswer } from "./event-kinds.ts";
import type { Follower } from "./follower.ts";
import type { RecordedLog } from "./recorded-log.ts";

/** Effects whose answers are looked up before anything is done: a run that was cut off there has none. */
const LOOKED_UP = /^(recalled|check|verify|field|evidence)\//;
const CHECKPOINT = /^checkpoint\//;

export function recordedEvents(
  place: {
    readonly log: RecordedLog;
    readonly follower: Follower;
    readonly store: Pick<EventLog, "state">;
  },
  runId: string,
  generation: number,
): EventLog {
  const { log, follower, store } = place;

  async function find(key: string): Promise<RunEvent | undefined> {
    const known = follower.committed(key);
    if (known !== undefined) return known;
    const position = log.indexOfKey(key);
    const entry = log.entries[position ?? -1];
    if (position === undefined || entry === undefined) {
      // A version that takes a checkpoint where none was taken goes on without it.
      if (CHECKPOINT.test(key)) return log.entries[0]?.event;
      return LOOKED_UP.test(key) ? follower.hang(generation) : undefined;
    }
    const isAhead = isAnswer(entry.event.body) || CHECKPOINT.test(key);
    if (!isAhead) return undefined;
    return position < log.segmentEnd(follower.cursor - 1) ? follower.claim(generation, key) : follower.hang(generation);
  }

  /** Of what was told so far. */
  function page({ after = 0, before, limit }: { after?: number; before?: number; limit: number }): KeyedEvent[] {
    const told = log.entries.slice(after, follower.cursor);
    return before === undefined ? told.slice(0, limit) : told.filter(({ event }) => event.seq < before).slice(-limit);
  }

  return {
    async append(id, added, _artifacts, onlyIf) {
      // What a run tells another one is in the other's log.
      if (id !== runId) return [];
      // Whether the run had changed meanwhile is told by whether it was recorded at all.
      if (onlyIf !== undefined && !added.every(({ body, key }) => follower.isAhead(body, key))) return [];
      const events: RunEvent[] = [];
      for (const { body, key } of added) events.push(await follower.append(generation, body, key));
      return events;
    },
    find: async (id, key) => (id === runId ? find(key) : undefined),
    async state(id) {
      if (id !== runId) return store.state(id);
      return generation === follower.generation ? withPromptsAhead(follower.state, log) : follower.hang(generation);
    },
    subscribe: (listener) =>
      follower.listen((event, state) => {
        if (generation === follower.generation) listener(event, state);
      }),
    read: async (_id, range) => page(range).map(({ event }) => event),
    readKeyed: async (_id, range) => page(range),
  };
}

/**
 * When a person's words reached an agent depends on when it looked: the log tells. So all of them are there from the start, and
 * the follower tells each agent which are not its own.
 */
function withPromptsAhead(state: RunState | undefined, log: RecordedLog): RunState | undefined {
  if (state === undefined) return undefined;
  const done = new Set(state.deliveredPrompts.map(({ promptId }) => promptId));
  const all = log.entries.flatMap(({ event: { body } }) => (body.type === "prompt.received" ? [body] : []));
  const pendingPrompts = all
    .filter(({ promptId }) => !done.has(promptId))
    .map(({ promptId, text, delivery, forTask }) => ({ promptId, text, delivery, forTask }));
  return { ...state, pendingPrompts };
}
