/**
 * Who watches which run. What happens in one turn of the program is put into text once and told to all watchers of the run in one
 * piece, so that a hundred watchers cost little more than one.
 */
import type { NotificationParams, RunEvent } from "../../../protocol/index.ts";
import { nextTurn } from "../../host/clock.ts";
import { type SharedLines, shareLines } from "../../host/lines.ts";

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
}

/** What waits for the end of the turn: events in a row, or one delta. */
interface Piece {
  readonly events: RunEvent[];
  readonly lines: string[];
}

interface Watched {
  readonly watchers: Set<Watcher>;
  pieces: Piece[];
  length: number;
}

/** More text than this, in characters, does not wait for the end of the turn. */
const MAX_LENGTH = 64 * 1024;

export function createWatchers(): Watchers {
  const runs = new Map<string, Watched>();
  /** Those with something to tell. One turn for all of them: each client is written to once, however many runs it watches. */
  const waiting = new Set<Watched>();

  function flushAll(): void {
    const all = [...waiting];
    waiting.clear();
    for (const watched of all) flush(watched);
  }

  function flush(watched: Watched): void {
    const { pieces } = watched;
    watched.pieces = [];
    watched.length = 0;
    for (const { events, lines } of pieces) {
      const shared = shareLines(lines);
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
      const watched = runs.get(runId) ?? { watchers: new Set(), pieces: [], length: 0 };
      runs.set(runId, watched);
      watched.watchers.add(watcher);
      return () => {
        watched.watchers.delete(watcher);
        if (watched.watchers.size === 0 && runs.get(runId) === watched) runs.delete(runId);
      };
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
