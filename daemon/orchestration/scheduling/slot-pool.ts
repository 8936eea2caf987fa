/**
 * Who gets the next free slot of a pool. Pure: time is told, nothing is waited for. Urgent jobs come first, but every job
 * grows more urgent while it waits, so that none starves; among equally urgent ones the group, and in it the flow, that got
 * the least so far (start-time fair queueing, with a weight of one each). A free slot is never kept from a job that waits.
 */
export const PRIORITIES = ["low", "normal", "high"] as const;
export type Priority = (typeof PRIORITIES)[number];

export interface Job {
  readonly id: string;
  /** Shares are equal between groups (workspaces, sessions), then between the flows of a group (runs). */
  readonly group: string;
  readonly flow: string;
  readonly priority: Priority;
}

export interface Start {
  readonly id: string;
  readonly waitedMs: number;
  /** preferred: it came before a job that had waited longer. */
  readonly decision: "started" | "preferred";
  /** In words, for people. */
  readonly reason: string;
}

export type Entered =
  | { readonly kind: "started" }
  /** `place` counts from 1: all that would come before it if they were asked now. */
  | { readonly kind: "queued"; readonly place: number };

export interface SlotPool {
  /** `since`: when it began to wait, if that was earlier. `force`: starts at once, whatever the limit. */
  enter(job: Job, now: number, options?: { readonly since?: number; readonly force?: boolean }): Entered;
  /** It has ended, or waits no more. Answers with the jobs that start now. */
  leave(id: string, now: number): Start[];
  /** Of jobs at work; those above a lowered limit end by themselves. */
  resize(limit: number, now: number): Start[];
  /** Jobs that wait, in the order in which they would start if nothing came between. */
  waiting(now: number): Job[];
  readonly limit: number;
  readonly active: number;
  readonly queued: number;
}

export interface PoolOptions {
  readonly limit: number;
  /** A job that has waited so long counts as one priority higher. */
  readonly ageMs: number;
}

interface Waiting extends Job {
  readonly since: number;
  readonly order: number;
}

export function createSlotPool({ limit: first, ageMs }: PoolOptions): SlotPool {
  let limit = first;
  let order = 0;
  const active = new Map<string, Job>();
  const queue: Waiting[] = [];
  const shares = createShares();

  function start(job: Job): void {
    active.set(job.id, job);
    shares.charge(job);
  }

  function startWaiting(now: number): Start[] {
    const started: Start[] = [];
    while (active.size < limit && queue.length > 0) {
      const next = best(queue, now, ageMs, shares);
      if (next === undefined) break;
      queue.splice(queue.indexOf(next), 1);
      started.push(startOf(next, queue, now, ageMs));
      start(next);
    }
    return started;
  }

  return {
    enter(job, now, { since = now, force = false } = {}) {
      shares.arrive(job);
      if (force || (queue.length === 0 && active.size < limit)) {
        start(job);
        return { kind: "started" };
      }
      const waiting = { ...job, since, order: order++ };
      queue.push(waiting);
      return {
        kind: "queued",
        place: queue.filter((other) => isBefore(other, waiting, now, ageMs, shares)).length + 1,
      };
    },
    leave(id, now) {
      const place = queue.findIndex((job) => job.id === id);
      if (place >= 0) queue.splice(place, 1);
      active.delete(id);
      shares.forget([...active.values(), ...queue]);
      return startWaiting(now);
    },
    resize(next, now) {
      limit = next;
      return startWaiting(now);
    },
    waiting: (now) => inOrder(queue, now, ageMs, shares),
    get limit() {
      return limit;
    },
    get active() {
      return active.size;
    },
    get queued() {
      return queue.length;
    },
  };
}

function level({ priority, since }: Waiting, now: number, ageMs: number): number {
  const aged = Math.floor(Math.max(0, now - since) / ageMs);
  return Math.min(PRIORITIES.length - 1, PRIORITIES.indexOf(priority) + aged);
}

function best(queue: readonly Waiting[], now: number, ageMs: number, shares: Shares): Waiting | undefined {
  let found: Waiting | undefined;
  for (const job of queue) if (found === undefined || isBefore(job, found, now, ageMs, shares)) found = job;
  return found;
}

function isBefore(job: Waiting, other: Waiting, now: number, ageMs: number, shares: Shares): boolean {
  const urgency = level(job, now, ageMs) - level(other, now, ageMs);
  if (urgency !== 0) return urgency > 0;
  const share = shares.compare(job, other);
  return share === 0 ? job.order < other.order : share < 0;
}

/** What would start if a slot became free again and again, at this moment. */
function inOrder(queue: readonly Waiting[], now: number, ageMs: number, shares: Shares): Waiting[] {
  const left = [...queue];
  const trial = shares.copy();
  const ordered: Waiting[] = [];
  for (let next = best(left, now, ageMs, trial); next !== undefined; next = best(left, now, ageMs, trial)) {
    left.splice(left.indexOf(next), 1);
    trial.charge(next);
    ordered.push(next);
  }
  return ordered;
}

function startOf(job: Waiting, rest: readonly Waiting[], now: number, ageMs: number): Start {
  const waitedMs = Math.max(0, now - job.since);
  const overtaken = rest.filter((other) => other.order < job.order);
  const base = { id: job.id, waitedMs };
  if (overtaken.length === 0) return { ...base, decision: "started", reason: "A slot became free." };
  const own = level(job, now, ageMs);
  const isUrgent = overtaken.some((other) => level(other, now, ageMs) < own);
  const aged = own > PRIORITIES.indexOf(job.priority);
  const why = isUrgent
    ? aged
      ? "it had waited so long that it counts as more urgent"
      : `its priority is ${job.priority}`
    : "its session and run had got less so far";
  const others = overtaken.length === 1 ? "one that came earlier" : `${overtaken.length} that came earlier`;
  return { ...base, decision: "preferred", reason: `A slot became free; it goes before ${others}, because ${why}.` };
}

interface Shares {
  /** A newcomer begins level with those that are there: what it did not use before is not saved up. */
  arrive(job: Job): void;
  charge(job: Job): void;
  /** Below 0: the first one got less. */
  compare(first: Job, second: Job): number;
  /** Keeps the accounts of these jobs only. */
  forget(present: readonly Job[]): void;
  copy(): Shares;
}

function createShares(groups = new Map<string, number>(), flows = new Map<string, number>()): Shares {
  const flowOf = ({ group, flow }: Job) => `${group}\n${flow}`;
  const of = (accounts: Map<string, number>, name: string) => accounts.get(name) ?? 0;
  return {
    arrive(job) {
      open(groups, job.group, [...groups.values()]);
      const sisters = [...flows].filter(([name]) => name.startsWith(`${job.group}\n`)).map(([, used]) => used);
      open(flows, flowOf(job), sisters);
    },
    charge(job) {
      groups.set(job.group, of(groups, job.group) + 1);
      flows.set(flowOf(job), of(flows, flowOf(job)) + 1);
    },
    compare(first, second) {
      const byGroup = of(groups, first.group) - of(groups, second.group);
      return byGroup === 0 ? of(flows, flowOf(first)) - of(flows, flowOf(second)) : byGroup;
    },
    forget(present) {
      keepOnly(groups, new Set(present.map(({ group }) => group)));
      keepOnly(flows, new Set(present.map(flowOf)));
    },
    copy: () => createShares(new Map(groups), new Map(flows)),
  };
}

function open(accounts: Map<string, number>, name: string, others: readonly number[]): void {
  if (!accounts.has(name)) accounts.set(name, others.length === 0 ? 0 : Math.min(...others));
}

function keepOnly(accounts: Map<string, number>, names: ReadonlySet<string>): void {
  for (const name of accounts.keys()) if (!names.has(name)) accounts.delete(name);
}
