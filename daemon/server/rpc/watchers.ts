/**
 * Who watches which run. What happens in one turn of the program is put into text once and told to all watchers of the run in one
 * piece, so that a hundred watchers cost little more than one.
 */
import type { NotificationParams, RunEvent } from "../../../protocol/index.ts";
import { nextTurn } from "../../host/clock.ts";
import { type SharedLines, shareLines } from "../../host/lines.ts";
import type { Recent } from "./watch.ts";

export interface Watcher {
  /** Events that follow one another, and the notifications that tell them. */
  onEvents(events: readonly RunEvent[], shared: SharedLines): void;
  onDelta(shared: SharedLines): void;
}

export interface Watchers {
  /** Returns the function that ends it. */
  add(runId: string, watcher: Watcher): () => void;
  onEvent(event: RunEvent): void;
  onDelta(delta: NotificationParams<"run/delta">): void;
  /** What was told lately of the events after this number; undefined where the next one is not among it. */
  recent(runId: string, after: number): Recent | undefined;
}

/** What waits for the end of the turn: events in a row, or one delta. */
interface Piece {
  readonly events: RunEvent[];
  readonly lines: string[];
}

/** What was told: a watcher that fell behind a little need not read the log. */
interface Told extends Recent {
  readonly first: number;
  readonly length: number;
}

interface Watched {
  readonly watchers: Set<Watcher>;
  told: Told[];
  toldLength: number;
  pieces: Piece[];
  length: number;
}

/** More text than this, in characters, does not wait for the end of the turn. */
const MAX_LENGTH = 64 * 1024;
/** Of what was told, in characters: of one run, and of all runs. */
const MAX_TOLD = 2 * 1024 * 1024;
const MAX_TOLD_OF_ALL = 32 * 1024 * 1024;

export function createWatchers(): Watchers {
  const runs = new Map<string, Watched>();
  /** Those with something to tell. One turn for all of them: each client is written to once, however many runs it watches. */
  const waiting = new Set<Watched>();
  let toldOfAll = 0;

  function flushAll(): void {
    const all = [...waiting];
    waiting.clear();
    for (const watched of all) flush(watched);
  }

  function forgetTold(watched: Watched, most: number): void {
    while (watched.toldLength > most) {
      const length = watched.told.shift()?.length ?? 0;
      watched.toldLength -= length;
      toldOfAll -= length;
    }
  }

  function keepTold(watched: Watched, events: readonly RunEvent[], shared: SharedLines): void {
    const [first = 0, last = 0] = [events[0]?.seq, events.at(-1)?.seq];
    if (watched.told.at(-1)?.last !== first - 1) forgetTold(watched, 0);
    const length = shared.lines.reduce((sum, line) => sum + line.length, 0);
    watched.told.push({ first, last, shared, length });
    watched.toldLength += length;
    toldOfAll += length;
    forgetTold(watched, MAX_TOLD);
    if (toldOfAll > MAX_TOLD_OF_ALL) for (const each of runs.values()) if (each !== watched) forgetTold(each, 0);
  }

  function flush(watched: Watched): void {
    const { pieces } = watched;
    watched.pieces = [];
    watched.length = 0;
    for (const { events, lines } of pieces) {
      const shared = shareLines(lines);
      if (events.length > 0) keepTold(watched, events, shared);
      for (const watcher of watched.watchers)
        if (events.length === 0) watcher.onDelta(shared);
        else watcher.onEvents(events, shared);
    }
  }

  function keep(watched: Watched, event: RunEvent | undefined, line: string): void {
    const last = watched.pieces.at(-1);
    if (event !== undefined && last !== undefined && last.events.length > 0) {
      last.events.push(event);
      last.lines.push(line);
    } else watched.pieces.push({ events: event === undefined ? [] : [event], lines: [line] });
    watched.length += line.length;
    if (watched.length >= MAX_LENGTH) flush(watched);
    if (waiting.size === 0) void nextTurn().then(flushAll);
    waiting.add(watched);
  }

  return {
    add(runId, watcher) {
      const watched = runs.get(runId) ?? { watchers: new Set(), pieces: [], length: 0, told: [], toldLength: 0 };
      runs.set(runId, watched);
      watched.watchers.add(watcher);
      return () => {
        watched.watchers.delete(watcher);
        if (watched.watchers.size > 0 || runs.get(runId) !== watched) return;
        forgetTold(watched, 0);
        runs.delete(runId);
      };
    },
    recent(runId, after) {
      const piece = runs.get(runId)?.told.find(({ last }) => last > after);
      if (piece === undefined || piece.first > after + 1) return undefined;
      if (piece.first === after + 1) return piece;
      return { last: piece.last, shared: shareLines(piece.shared.lines.slice(after + 1 - piece.first)) };
    },
    onEvent(event) {
      const watched = runs.get(event.runId);
      if (watched !== undefined) keep(watched, event, eventLine(event));
    },
    onDelta(delta) {
      const watched = runs.get(delta.runId);
      if (watched !== undefined) keep(watched, undefined, notificationLine("run/delta", delta));
    },
  };
}

export function eventLine(event: RunEvent): string {
  return notificationLine("run/event", { event });
}

export function notificationLine(method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}
