/**
 * Watching a run: every event once and in order, however slow the reader. Live events are passed on while the connection
 * keeps up; when it does not, they are dropped and read again from the log, which has them all.
 */
import type { RunEvent } from "../../../protocol/index.ts";
import type { SharedLines } from "../../host/lines.ts";

export interface Watch {
  /** Committed events of this run, one after the other, and the lines that tell them. */
  onEvents(events: readonly RunEvent[], shared: SharedLines): void;
  /** The connection has room again. */
  onDrain(): void;
  stop(): void;
}

/** Events in a row as they were told to others. */
export interface Recent {
  readonly last: number;
  readonly shared: SharedLines;
}

export interface WatchOptions {
  /** Events up to this number are known to the client. */
  readonly after: number;
  readonly send: (event: RunEvent) => void;
  readonly sendShared: (shared: SharedLines) => void;
  readonly isCongested: () => boolean;
  /** Lines from memory with the events after this number; undefined where memory does not have the next one. */
  readonly recent: (after: number) => Recent | undefined;
  /** A page of events after this number, oldest first; empty at the end of the log. */
  readonly read: (after: number) => Promise<RunEvent[]>;
  /** Reading the log failed: the watch is over. */
  readonly onFailure: (error: unknown) => void;
}

/** Begins with what is in the log already. */
export function createWatch(options: WatchOptions): Watch {
  let sent = options.after;
  let newest = options.after;
  let catchingUp = false;
  let stopped = false;
  /** The end of the log was reached once: `newest` is known from then on. */
  let synced = false;

  function send(event: RunEvent): void {
    if (stopped || event.seq !== sent + 1) return;
    sent = event.seq;
    options.send(event);
  }

  const isComplete = () => synced && sent >= newest;

  function sendRecent(): void {
    while (!options.isCongested()) {
      const recent = options.recent(sent);
      if (recent === undefined) return;
      sent = recent.last;
      options.sendShared(recent.shared);
    }
  }

  async function catchUp(): Promise<void> {
    if (catchingUp || stopped) return;
    catchingUp = true;
    try {
      // A congested connection stops here; its drain starts again from `sent`.
      while (!stopped && !options.isCongested()) {
        if (sent < newest) sendRecent();
        if (isComplete() || options.isCongested()) break;
        const events = await options.read(sent);
        const before = sent;
        for (const event of events) send(event);
        synced ||= sent === before;
        // What was told meanwhile is in the log, so an end before it means that the log is broken.
        if (!stopped && sent === before && sent < newest)
          throw new Error(`the log ends at ${sent}, but event ${newest} was told`);
      }
    } catch (error) {
      stopped = true;
      options.onFailure(error);
    } finally {
      catchingUp = false;
    }
  }

  void catchUp();
  return {
    onEvents(events, shared) {
      const first = events[0]?.seq ?? 0;
      const last = events.at(-1)?.seq ?? 0;
      newest = Math.max(newest, last);
      if (catchingUp || stopped || last <= sent) return;
      const isNext = first === sent + 1 && last === sent + events.length;
      if (isNext && !options.isCongested()) {
        sent = last;
        options.sendShared(shared);
      } else void catchUp();
    },
    onDrain() {
      if (!isComplete()) void catchUp();
    },
    stop() {
      stopped = true;
    },
  };
}
