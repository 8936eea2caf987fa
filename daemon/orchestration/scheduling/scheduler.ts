/** The slots of this daemon: for runs, for tasks, and for calls to each provider. The only impure part: clock and timers. */
import { nexusError, type Scheduling } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { createProviderLimit, type ProviderLimit } from "./provider-limit.ts";
import type { SchedulingSettings } from "./settings.ts";
import { createSlotPool, type Entered, type Job, type SlotPool, type Start } from "./slot-pool.ts";

const RECOVER_MS = 5000;
const LONGEST_PAUSE_MS = 60_000;

/** A slot that is held; `waited` undefined: it was there at once. */
export interface Slot {
  readonly waited?: Pick<Start, "waitedMs" | "decision" | "reason">;
  release(): void;
}

export interface Scheduler {
  /** Calls back at once or later, unless `withdraw` comes first; `force` never waits. */
  run(job: Job, options: { since?: number; force?: boolean }, start: (waited: Start | undefined) => void): Entered;
  /** The run has ended, waits for a person, or waits no more. */
  leaveRun(runId: string): void;
  /** Resolves with a task's slot; rejects with the signal's reason. A child takes none: it works in its parent's. */
  task(job: Job, signal: AbortSignal): Promise<Slot>;
  /** Resolves with a slot for one call to the provider. */
  call(provider: string, job: Job, signal: AbortSignal): Promise<Slot>;
  /** The provider said that it has too much to do. */
  overloaded(provider: string, retryAfterMs: number | undefined): void;
  /** Keeps a place for a run that is being made, until the function that it answers with is called. Throws `run.queue_full`. */
  claimPlace(): () => void;
  view(): Scheduling;
  close(): void;
}

const LONGEST_LIST = 100;

export function createScheduler(settings: SchedulingSettings, clock: Clock): Scheduler {
  const { ageMs } = settings;
  const open = (limit: number) => createWaitingPool(createSlotPool({ limit, ageMs }), clock);
  const [runs, tasks] = [open(settings.runs), open(settings.tasks)];
  let claimed = 0;
  const providers = new Map<string, Provider>();

  function providerOf(name: string): Provider {
    const known = providers.get(name);
    if (known !== undefined) return known;
    const most = settings.providers[name] ?? settings.providers["default"] ?? Number.MAX_SAFE_INTEGER;
    const limit = createProviderLimit({ most, recoverMs: RECOVER_MS, longestPauseMs: LONGEST_PAUSE_MS });
    const provider: Provider = { most, limit, pool: open(most), stopTimer: () => undefined };
    providers.set(name, provider);
    return provider;
  }

  /** Sets the pool's limit as it is now, and comes back when it grows by itself. */
  function adjust(provider: Provider): void {
    provider.stopTimer();
    const now = clock.now();
    provider.pool.resize(provider.limit.at(now));
    const next = provider.limit.nextChange(now);
    if (next !== null) provider.stopTimer = clock.timer(Math.max(1, next - now), () => adjust(provider));
  }

  return {
    run: (job, options, start) => runs.enter(job, options, start),
    leaveRun: (runId) => runs.leave(runId),
    task: (job, signal) => tasks.slot(job, signal),
    call: (provider, job, signal) => providerOf(provider).pool.slot(job, signal),
    overloaded(name, retryAfterMs) {
      const provider = providerOf(name);
      provider.limit.overloaded(clock.now(), provider.pool.pool.active, retryAfterMs);
      adjust(provider);
    },
    claimPlace() {
      const { active, limit, queued } = runs.pool;
      if (active + queued + claimed >= limit + settings.queue)
        throw nexusError("run.queue_full", `${active} runs are at work, ${queued} wait.`);
      claimed++;
      return () => {
        claimed--;
      };
    },
    view: () => ({
      runs: {
        ...viewOf(runs.pool),
        waiting: runs.pool
          .waiting(clock.now())
          .slice(0, LONGEST_LIST)
          .map(({ id, priority }) => ({ runId: id, priority })),
      },
      tasks: viewOf(tasks.pool),
      providers: [...providers].map(([provider, { pool, most }]) => ({ provider, most, ...viewOf(pool.pool) })),
    }),
    close() {
      for (const provider of providers.values()) provider.stopTimer();
    },
  };
}

interface Provider {
  readonly most: number;
  readonly limit: ProviderLimit;
  readonly pool: WaitingPool;
  stopTimer: () => void;
}

interface WaitingPool {
  readonly pool: SlotPool;
  enter(job: Job, options: { since?: number; force?: boolean }, start: (waited: Start | undefined) => void): Entered;
  leave(id: string): void;
  resize(limit: number): void;
  slot(job: Job, signal: AbortSignal): Promise<Slot>;
}

/** A pool, and who is told when a job of it may start. */
function createWaitingPool(pool: SlotPool, clock: Clock): WaitingPool {
  const starts = new Map<string, (waited: Start) => void>();

  function tell(started: readonly Start[]): void {
    for (const start of started) {
      const told = starts.get(start.id);
      starts.delete(start.id);
      told?.(start);
    }
  }

  function enter(job: Job, options: { since?: number; force?: boolean }, start: (waited: Start | undefined) => void) {
    const entered = pool.enter(job, clock.now(), options);
    if (entered.kind === "queued") starts.set(job.id, start);
    if (entered.kind === "started") start(undefined);
    return entered;
  }

  function leave(id: string): void {
    starts.delete(id);
    tell(pool.leave(id, clock.now()));
  }

  return {
    pool,
    enter,
    leave,
    resize: (limit) => tell(pool.resize(limit, clock.now())),
    slot(job, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<Slot>();
      if (signal.aborted) return Promise.reject(signal.reason);
      const stop = () => {
        leave(job.id);
        reject(signal.reason);
      };
      signal.addEventListener("abort", stop, { once: true });
      enter(job, {}, (waited) => {
        signal.removeEventListener("abort", stop);
        resolve({ ...(waited === undefined ? {} : { waited }), release: () => leave(job.id) });
      });
      return promise;
    },
  };
}

function viewOf({ limit, active, queued }: SlotPool): Scheduling["tasks"] {
  return { limit, active, queued };
}
