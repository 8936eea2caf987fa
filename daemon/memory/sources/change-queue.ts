/** Collects changes and hands them on in portions: soon when they are few, at rest when they are many. */
import type { Clock } from "../../host/clock.ts";

export type EverythingReason =
  /** More paths than are worth telling one by one, or so many that the system may have dropped some. */
  | "too_many"
  | "watcher_failed"
  | "git_moved"
  /** A look after a burst, in case the system dropped a change. */
  | "verify"
  | "poll"
  /** The last attempt to apply changes failed. */
  | "retry";

export type SourceChanges =
  /** Files or folders that were made, changed or removed; relative to the workspace. */
  | { readonly kind: "paths"; readonly paths: readonly string[] }
  | { readonly kind: "everything"; readonly reason: EverythingReason };

export interface Staleness {
  /** Changes that are known and not yet applied; "many" when they are not known one by one. */
  readonly pending: number | "many";
  /** When the oldest of them was heard of, milliseconds since 1970; null when there is none. */
  readonly since: number | null;
}

export interface ChangeQueue {
  paths(paths: Iterable<string>): void;
  everything(reason: EverythingReason): void;
  /** From now on everything is looked at from time to time. */
  poll(): void;
  staleness(): Staleness;
  close(): Promise<void>;
}

const MAX_PATHS = 1000;
/** Long enough for an editor to finish a save, short enough to be searchable at once. */
const QUIET_MS = 10;
const MAX_DELAY_MS = 100;
const STORM_QUIET_MS = 200;
const STORM_MAX_DELAY_MS = 2_000;
const VERIFY_AFTER_MS = 3_000;
const POLL_MS = { least: 2_000, most: 60_000 };
const RETRY_MS = { least: 1_000, most: 60_000 };
/** Looking at everything may take at most this share of the time. */
const LOOK_SHARE = 1 / 50;

interface Running {
  /** How many changes it applies. */
  readonly known: number | "many";
  readonly since: number;
  readonly done: Promise<void>;
}

interface Waiting {
  paths: Set<string>;
  reason: EverythingReason | undefined;
  since: number;
  sinceMonotonic: number;
}

export function createChangeQueue(options: {
  readonly clock: Clock;
  readonly apply: (changes: SourceChanges) => Promise<boolean>;
}): ChangeQueue {
  const { clock, apply } = options;
  let waiting: Waiting | undefined;
  let running: Running | undefined;
  let cancelFlush = () => {};
  let cancelLook = () => {};
  let isPolling = false;
  let isClosed = false;
  let restUntil = 0;
  let failures = 0;
  let failedAt = 0;
  let pollMs = POLL_MS.least;
  let lookMs = 0;

  const collect = (): Waiting => {
    waiting ??= { paths: new Set(), reason: undefined, since: clock.now(), sinceMonotonic: clock.monotonic() };
    return waiting;
  };

  const schedule = () => {
    if (isClosed || waiting === undefined || running !== undefined) return;
    const isStorm = waiting.reason !== undefined;
    const age = clock.monotonic() - waiting.sinceMonotonic;
    const [quiet, most] = isStorm ? [STORM_QUIET_MS, STORM_MAX_DELAY_MS] : [QUIET_MS, MAX_DELAY_MS];
    const retryIn = failures > 0 ? retryDelay(failures) - (clock.monotonic() - failedAt) : 0;
    // As long a rest as the last portion took: in a storm that goes on, the machine is left to others half the time.
    const rest = restUntil - clock.monotonic();
    const delay = failures > 0 ? retryIn : Math.max(rest, Math.min(quiet, most - age));
    cancelFlush();
    cancelFlush = clock.timer(Math.max(0, delay), flush);
  };

  const flush = () => {
    if (isClosed || waiting === undefined || running !== undefined) return;
    const { paths, reason, since } = waiting;
    waiting = undefined;
    const changes: SourceChanges =
      reason === undefined ? { kind: "paths", paths: [...paths].sort() } : { kind: "everything", reason };
    running = { known: knownOf(paths, reason), since, done: run(changes, since) };
  };

  const run = async (changes: SourceChanges, since: number) => {
    const startedAt = clock.monotonic();
    // The caller's `running` is set before anything of this goes on.
    await Promise.resolve();
    const changed = await apply(changes).catch(() => undefined);
    running = undefined;
    const took = clock.monotonic() - startedAt;
    restUntil = clock.monotonic() + took;
    if (changes.kind === "everything") lookMs = took;
    if (changed === undefined) collectAgain(since);
    else {
      failures = 0;
      lookAgainAfter(changes, changed);
    }
    schedule();
  };

  const collectAgain = (since: number) => {
    failures += 1;
    failedAt = clock.monotonic();
    const again = collect();
    again.reason = "retry";
    again.paths.clear();
    again.since = Math.min(again.since, since);
  };

  const lookAgainAfter = (changes: SourceChanges, changed: boolean) => {
    if (isPolling) pollMs = changed ? POLL_MS.least : Math.min(pollMs * 2, POLL_MS.most);
    const wanted = isPolling ? pollMs : VERIFY_AFTER_MS;
    const isNeeded = isPolling || changes.kind === "paths" || changed;
    if (!isNeeded || isClosed) return;
    cancelLook();
    cancelLook = clock.timer(Math.max(wanted, lookMs / LOOK_SHARE), () => everything(isPolling ? "poll" : "verify"));
  };

  const everything = (reason: EverythingReason) => {
    if (isClosed) return;
    const all = collect();
    if (all.reason === undefined || isLook(all.reason)) all.reason = reason;
    all.paths.clear();
    schedule();
  };

  return {
    paths(paths) {
      if (isClosed) return;
      for (const path of paths) {
        const all = collect();
        if (all.reason !== undefined && !isLook(all.reason)) break;
        all.paths.add(path);
        if (all.paths.size > MAX_PATHS) everything("too_many");
      }
      schedule();
    },
    everything,
    poll() {
      isPolling = true;
    },
    staleness() {
      const known = [running?.known ?? 0, waiting === undefined ? 0 : knownOf(waiting.paths, waiting.reason)];
      const pending = known.includes("many") ? "many" : known.reduce<number>((sum, each) => sum + Number(each), 0);
      return { pending, since: pending === 0 ? null : (running?.since ?? waiting?.since ?? null) };
    },
    async close() {
      isClosed = true;
      cancelFlush();
      cancelLook();
      await running?.done;
    },
  };
}

function knownOf(paths: ReadonlySet<string>, reason: EverythingReason | undefined): number | "many" {
  return reason === undefined || isLook(reason) ? paths.size : "many";
}

/** Nothing is known to have changed. */
function isLook(reason: EverythingReason): boolean {
  return reason === "verify" || reason === "poll";
}

function retryDelay(failures: number): number {
  return Math.min(RETRY_MS.least * 2 ** (failures - 1), RETRY_MS.most);
}
