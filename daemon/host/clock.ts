/** Time, as a port: everything that asks for the time or waits takes a Clock, so that tests need neither. */

export interface Clock {
  /** Milliseconds since 1970. Never used for order. */
  now(): number;
  /** ISO 8601, UTC. */
  iso(): string;
  /** Milliseconds since an arbitrary start; only grows. For durations. */
  monotonic(): number;
  /** Resolves after the time; rejects with the signal's reason as soon as it aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after the time; returns the function that prevents it. Does not keep the process alive. */
  timer(milliseconds: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  iso: () => new Date().toISOString(),
  monotonic: () => performance.now(),
  sleep(milliseconds, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, milliseconds);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
  timer(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves when what waits meanwhile (requests, signals) has had its turn: for long work, between its slices. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when the timers of no length that are set have fired: timers of one length fire in the order in which they were set. */
export function nextTimers(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
