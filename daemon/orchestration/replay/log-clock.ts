/** Time in a replay: that of the log's last event, or later where the engine waits for a time and for nothing else. */
import type { Clock } from "../../host/clock.ts";

export interface LogClock {
  readonly port: Clock;
  /** Lets the earliest time come that the engine sleeps for, or that a limit of its own ends at; false: there is none. */
  wake(): boolean;
}

/** A limit that the log's next event comes long before was not reached. */
const SLACK_MS = 2000;

export function createLogClock(follower: { readonly now: number; readonly nextAt: number | undefined }): LogClock {
  let latest = 0;
  let waiting: { readonly due: number; readonly isLimit: boolean; readonly call: () => void }[] = [];
  const now = () => Math.max(latest, follower.now);

  function wait(milliseconds: number, isLimit: boolean, call: () => void): () => void {
    const entry = { due: now() + milliseconds, isLimit, call };
    waiting.push(entry);
    return () => {
      waiting = waiting.filter((one) => one !== entry);
    };
  }

  return {
    port: {
      now,
      iso: () => new Date(now()).toISOString(),
      monotonic: now,
      sleep(milliseconds, signal) {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        if (signal?.aborted) return Promise.reject(signal.reason);
        const stop = wait(milliseconds, false, resolve);
        const onAbort = () => {
          stop();
          reject(signal?.reason);
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        return promise;
      },
      timer: (milliseconds, call) => wait(milliseconds, true, call),
    },
    wake() {
      const next = follower.nextAt ?? Number.NEGATIVE_INFINITY;
      const able = waiting.filter(({ due, isLimit }) => !isLimit || due <= next + SLACK_MS);
      const [first] = able.toSorted((one, other) => one.due - other.due);
      if (first === undefined) return false;
      waiting = waiting.filter((one) => one !== first);
      latest = Math.max(latest, first.due);
      first.call();
      return true;
    },
  };
}
