/** What one client may take from the others, and how the limits are counted. */
import type { Clock } from "../../host/clock.ts";

export interface RpcLimits {
  readonly maxConnections: number;
  /** A connection that has not proved itself by then is closed. */
  readonly handshakeMs: number;
  readonly requestsPerSecond: number;
  /** Requests that may come at once after a quiet time. */
  readonly requestBurst: number;
  /** Requests of one connection that are answered side by side. */
  readonly maxPendingRequests: number;
  /** Above this many unsent bytes a connection is told no more until it has read them. */
  readonly maxBufferedBytes: number;
  /** The same for all connections together: each has its share. */
  readonly maxBufferedTotal: number;
  /** Wrong proofs in a minute before the answers to further ones are held back. */
  readonly freeFailures: number;
  readonly maxBackOffMs: number;
}

export const DEFAULT_LIMITS: RpcLimits = {
  maxConnections: 1024,
  handshakeMs: 10_000,
  requestsPerSecond: 200,
  requestBurst: 1000,
  maxPendingRequests: 32,
  maxBufferedBytes: 4 * 1024 * 1024,
  maxBufferedTotal: 512 * 1024 * 1024,
  freeFailures: 5,
  maxBackOffMs: 8000,
};

const MINUTE_MS = 60_000;

/** A token bucket. `take` answers 0 when the request may go on, else the milliseconds until the next one may. */
export function createRateLimit(limits: RpcLimits, clock: Pick<Clock, "monotonic">): { take(): number } {
  let tokens = limits.requestBurst;
  let filledAt = clock.monotonic();
  return {
    take() {
      const now = clock.monotonic();
      tokens = Math.min(limits.requestBurst, tokens + ((now - filledAt) * limits.requestsPerSecond) / 1000);
      filledAt = now;
      if (tokens < 1) return Math.ceil(((1 - tokens) * 1000) / limits.requestsPerSecond);
      tokens -= 1;
      return 0;
    },
  };
}

/**
 * Counts wrong proofs of all connections. `failed` answers with how long the refusal is to be held back: nothing for the
 * first few of a minute, then twice as long each time. Right proofs are never delayed, so nobody can lock a user out.
 */
export function createFailureLimit(limits: RpcLimits, clock: Pick<Clock, "monotonic">): { failed(): number } {
  let failures: number[] = [];
  return {
    failed() {
      const now = clock.monotonic();
      failures = [...failures.filter((at) => now - at < MINUTE_MS), now].slice(-20);
      const excess = failures.length - limits.freeFailures;
      return excess <= 0 ? 0 : Math.min(limits.maxBackOffMs, 500 * 2 ** excess);
    },
  };
}
