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

export interface WatchOptions {
  /** Events up to this number are known to the client. */
  readonly after: number;
  readonly send: (event: RunEvent) => void;
  readonly sendShared: (shared: SharedLines) => void;
  readonly isCongested: () => boolean;
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
  /** It stopped at a full connection, so the log may hold more than was sent. */
  let isBehind = false;
  let stopped = false;

  function send(event: RunEvent): void {
    if (stopped || event.seq !== sent + 1) return;
    sent = event.seq;
    options.send(event);
  }

  async function catchUp(): Promise<void> {
    if (catchingUp || stopped) return;
    catchingUp = true;
    isBehind = true;
    try {
      let atEnd = false;
      // A congested connection stops here; its drain starts again from `sent`.
      while (!stopped && !options.isCongested() && !(atEnd && sent >= newest)) {
        const events = await options.read(sent);
        const before = sent;
        for (const event of events) send(event);
        atEnd = sent === before;
        // What was told meanwhile is in the log, so an end before it means that the log is broken.
        if (!stopped && atEnd && sent < newest)
          throw new Error(`the log ends at ${sent}, but event ${newest} was told`);
      }
      isBehind = !atEnd || sent < newest;
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
        isBehind = false;
        options.sendShared(shared);
      } else void catchUp();
    },
    onDrain() {
      if (isBehind) void catchUp();
    },
    stop() {
      stopped = true;
    },
  };
}
