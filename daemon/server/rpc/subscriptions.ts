/** The runs that one connection watches. */
import type { RunEvent } from "../../../protocol/index.ts";
import type { SharedLines } from "../../host/lines.ts";
import type { Log } from "../../observability/log.ts";
import { createWatch, type Watch } from "./watch.ts";
import { eventLine, type Watchers } from "./watchers.ts";

export interface SubscriptionOptions {
  readonly watchers: Watchers;
  readonly readEvents: (runId: string, after: number) => Promise<RunEvent[]>;
  readonly isFull: () => boolean;
  readonly sendLine: (line: string) => void;
  readonly sendShared: (shared: SharedLines) => void;
  /** The log of a run could not be read. */
  readonly onFailure: () => void;
  /** A run is watched, or is not any more. */
  readonly onChanged: () => void;
  readonly log: Log;
}

export interface Subscriptions {
  watch(runId: string, after: number): void;
  unwatch(runId: string): void;
  /** The watched runs, those of the longest watches first. */
  runs(): readonly string[];
  onDrain(): void;
  close(): void;
}

/** Watches of one connection; each costs memory and reads of the log. */
const MAX_WATCHES = 200;

export function createSubscriptions(options: SubscriptionOptions): Subscriptions {
  const { isFull, log } = options;
  const watches = new Map<string, Watch>();

  function begin(runId: string, after: number): Watch {
    const watch = createWatch({
      after,
      send: (event) => options.sendLine(eventLine(event)),
      sendShared: options.sendShared,
      isCongested: isFull,
      recent: (from) => options.watchers.recent(runId, from),
      read: (from) => options.readEvents(runId, from),
      onFailure(error) {
        log.write("error", "a watch ended: its events could not be read", { runId, error });
        options.onFailure();
      },
    });
    const forget = options.watchers.add(runId, {
      onEvents: watch.onEvents,
      onDelta(shared) {
        if (!isFull()) options.sendShared(shared);
      },
    });
    return {
      ...watch,
      stop() {
        forget();
        watch.stop();
      },
    };
  }

  function end(runId: string): void {
    watches.get(runId)?.stop();
    watches.delete(runId);
  }

  return {
    watch(runId, after) {
      end(runId);
      const oldest = watches.keys().next().value;
      if (watches.size >= MAX_WATCHES && oldest !== undefined) end(oldest);
      watches.set(runId, begin(runId, after));
      options.onChanged();
    },
    unwatch(runId) {
      end(runId);
      options.onChanged();
    },
    runs: () => [...watches.keys()],
    onDrain() {
      for (const watch of watches.values()) watch.onDrain();
    },
    close() {
      for (const runId of [...watches.keys()]) end(runId);
    },
  };
}
