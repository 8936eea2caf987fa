/**
 * What calls hold while they are at work. A call takes all its locks at once, in the order in which the model wrote the
 * calls: nothing is ever held while something else is waited for, so calls cannot block each other in a circle, and
 * none is overtaken for ever.
 */

/** Readers share a resource, a writer has it alone. "tree" is every file; a folder's file lock is all that is in it. */
export interface Lock {
  readonly on: "tree" | "commands" | "git" | `file:${string}` | `server:${string}`;
  readonly use: "read" | "write";
}

/** Something that no other call may run beside. */
export const EVERYTHING: readonly Lock[] = [
  { on: "tree", use: "write" },
  { on: "commands", use: "write" },
  { on: "git", use: "write" },
];

/** A call's place in the queue. */
export interface Ticket {
  /**
   * Resolves when the locks are held: true when another call had its turn meanwhile, so that what was looked at before
   * may have changed. Rejects with the signal's reason.
   */
  acquire(locks: readonly Lock[], signal: AbortSignal): Promise<boolean>;
  /** While a person is asked for this call, calls that change nothing go ahead of it. */
  asking(locks: readonly Lock[]): void;
  /** Gives the locks and the place back; harmless when repeated. */
  leave(): void;
}

export interface LockTable {
  /** Takes the next place in the queue, at once: the order of these calls is the order that is kept. */
  enter(isPure: boolean): Ticket;
}

interface Entry {
  readonly isPure: boolean;
  /** Undefined: not known yet, so it might conflict with anything. */
  locks: readonly Lock[] | undefined;
  state: "entered" | "asking" | "waiting" | "held";
  start?: () => void;
}

const MOST_AT_WORK = 8;

export function createLockTable(): LockTable {
  const queue: Entry[] = [];

  function mayStart(entry: Entry): boolean {
    if (queue.filter(({ state }) => state === "held").length >= MOST_AT_WORK) return false;
    const place = queue.indexOf(entry);
    return !queue.some((other, index) => {
      if (other === entry || !conflict(other.locks, entry.locks)) return false;
      if (other.state === "held") return true;
      return index < place && !(other.state === "asking" && entry.isPure);
    });
  }

  function startWaiting(): void {
    for (const entry of [...queue]) if (entry.state === "waiting" && mayStart(entry)) entry.start?.();
  }

  return {
    enter(isPure) {
      const entry: Entry = { isPure, locks: undefined, state: "entered" };
      queue.push(entry);
      return ticketOf(entry);
    },
  };

  function ticketOf(entry: Entry): Ticket {
    return {
      async acquire(locks, signal) {
        entry.locks = locks;
        entry.state = "waiting";
        const isFirst = mayStart(entry);
        const started = waitFor(entry, signal);
        startWaiting();
        await started;
        return !isFirst;
      },
      asking(locks) {
        entry.locks = locks;
        entry.state = "asking";
        startWaiting();
      },
      leave() {
        const place = queue.indexOf(entry);
        if (place >= 0) queue.splice(place, 1);
        startWaiting();
      },
    };
  }
}

function waitFor(entry: Entry, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    entry.start = () => {
      entry.state = "held";
      signal.removeEventListener("abort", stop);
      resolve();
    };
  });
}

/** Locks that are not known yet conflict with all. */
function conflict(first: readonly Lock[] | undefined, second: readonly Lock[] | undefined): boolean {
  if (first === undefined || second === undefined) return true;
  return first.some((one) =>
    second.some((other) => (one.use === "write" || other.use === "write") && meet(one, other)),
  );
}

function meet({ on: first }: Lock, { on: second }: Lock): boolean {
  if (first === second) return true;
  if (isFileLock(first) && isFileLock(second))
    return isInside(pathOf(first), pathOf(second)) || isInside(pathOf(second), pathOf(first));
  return (first === "tree" && isFileLock(second)) || (second === "tree" && isFileLock(first));
}

function isFileLock(on: Lock["on"]): boolean {
  return on.startsWith("file:");
}

/** Systems that fold case or Unicode forms may take two spellings for one file. */
function pathOf(on: Lock["on"]): string {
  const path = on.slice("file:".length).normalize("NFC").toLowerCase();
  return path === "." ? "" : path.replace(/\/+$/, "");
}

function isInside(path: string, folder: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}
