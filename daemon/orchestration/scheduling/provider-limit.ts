/**
 * How many calls a provider may have at a time, learned from its answers: halved when it says that it is overloaded, one more
 * after each quiet while, up to what the settings allow (additive increase, multiplicative decrease). Pure: time is told.
 */
export interface ProviderLimit {
  /** Calls that may be under way now; 0 while the provider asked to be left alone. */
  at(now: number): number;
  /** When `at` will next be larger by itself; null: not before somebody tells more. */
  nextChange(now: number): number | null;
  /** The provider was overloaded (429, 529 …) while so many calls were under way. */
  overloaded(now: number, active: number, retryAfterMs?: number): void;
}

export interface ProviderLimitOptions {
  readonly most: number;
  /** Without an overload for so long, one call more. */
  readonly recoverMs: number;
  /** A provider that asks for longer is not left alone for longer than this. */
  readonly longestPauseMs: number;
}

/** Several answers to calls that were sent together are one overload, not many. */
const ONE_OVERLOAD_MS = 1000;

export function createProviderLimit({ most, recoverMs, longestPauseMs }: ProviderLimitOptions): ProviderLimit {
  let low = most;
  let since = 0;
  let pausedUntil = 0;

  function steady(now: number): number {
    const begun = Math.max(since, pausedUntil);
    return Math.min(most, low + Math.max(0, Math.floor((now - begun) / recoverMs)));
  }

  return {
    at: (now) => (now < pausedUntil ? 0 : steady(now)),
    nextChange(now) {
      if (now < pausedUntil) return pausedUntil;
      if (steady(now) >= most) return null;
      const begun = Math.max(since, pausedUntil);
      return begun + (Math.floor((now - begun) / recoverMs) + 1) * recoverMs;
    },
    overloaded(now, active, retryAfterMs = 0) {
      const isNew = low === most || now - since >= ONE_OVERLOAD_MS;
      if (isNew) {
        low = Math.max(1, Math.floor(Math.min(steady(now), Math.max(1, active)) / 2));
        since = now;
      }
      pausedUntil = Math.max(pausedUntil, now + Math.min(longestPauseMs, retryAfterMs));
    },
  };
}
