/** A clock that only moves when the test says so. */
import type { Clock } from "../../daemon/host/clock.ts";

export interface ManualClock extends Clock {
  /** Moves time on and calls the timers that are due, in order. */
  advance(milliseconds: number): void;
  readonly pendingTimers: number;
}

export function createManualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  let now = start;
  let timers: { at: number; callback: () => void }[] = [];
  const timer = (milliseconds: number, callback: () => void) => {
    const entry = { at: now + milliseconds, callback };
    timers.push(entry);
    return () => {
      timers = timers.filter((each) => each !== entry);
    };
  };
  return {
    now: () => now,
    iso: () => new Date(now).toISOString(),
    monotonic: () => now,
    sleep: (milliseconds) => new Promise((resolve) => timer(milliseconds, resolve)),
    timer,
    advance(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).sort((first, second) => first.at - second.at)[0];
        if (next === undefined) break;
        timers = timers.filter((each) => each !== next);
        now = next.at;
        next.callback();
      }
      now = end;
    },
    get pendingTimers() {
      return timers.length;
    },
  };
}
