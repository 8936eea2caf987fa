/**
 * One after the other, in the order of the calls; but writes that concern different owners, and that wait at the same moment,
 * share one transaction, because what costs is the commit. Whoever writes alone waits for nobody.
 */

export interface Entry {
  /** What it writes, such as "run/ID": entries of one group have different ones. Left out: it shares with nobody. */
  readonly scope?: string | undefined;
  /** Somebody waits for an answer: it goes before what runs write. It overtakes neither its own scope nor what has none. */
  readonly isUrgent?: boolean;
  /** Carries it out alone, settles its promise, never rejects. */
  alone(): Promise<void>;
}

export interface SharedEntry<Transaction> extends Entry {
  /** The work without beginning and end. */
  inside(transaction: Transaction): Promise<void>;
  /** Called in order once all of the group is durable. */
  durable(): void;
  /** Lets its caller go on. */
  settle(): void;
}

export interface WriteQueue<Transaction> {
  add(entry: Entry | SharedEntry<Transaction>): void;
}

/** More would keep the thread from everything else for too long. */
const MOST_IN_GROUP = 16;

/** `together` runs the works as one transaction; when it rejects, nothing was written. */
export function createWriteQueue<Transaction>(
  together: (works: readonly ((transaction: Transaction) => Promise<void>)[]) => Promise<void>,
): WriteQueue<Transaction> {
  const waiting: (Entry | SharedEntry<Transaction>)[] = [];
  let isRunning = false;
  let lastOwner: string | undefined;

  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    while (waiting.length > 0) {
      // Where several write, those whose answers have come in by now are let in first.
      if (ownerOf(waiting[0]) !== lastOwner) await nextTick();
      const group = nextGroup(waiting);
      lastOwner = ownerOf(group.at(-1));
      const shared = group.filter(isShared);
      if (group.length === 1 || !(await tryTogether(shared))) for (const entry of group) await entry.alone();
    }
    isRunning = false;
  }

  /** False: one of them cannot be done, so each is done alone, and only that one fails. */
  async function tryTogether(group: readonly SharedEntry<Transaction>[]): Promise<boolean> {
    try {
      await together(group.map((entry) => (transaction) => entry.inside(transaction)));
    } catch {
      return false;
    }
    for (const entry of group) entry.durable();
    for (const [index, entry] of group.entries()) {
      // Each caller goes on at once with work of its own: what came in meanwhile, such as a request, is let in between.
      if (index > 0) await nextTick();
      entry.settle();
    }
    return true;
  }

  return {
    add(entry) {
      waiting.splice(entry.isUrgent === true ? placeOfUrgent(waiting, entry) : waiting.length, 0, entry);
      void run();
    },
  };
}

/** Of the event loop, after what has come in by now. */
function nextTick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function placeOfUrgent(waiting: readonly Entry[], { scope }: Entry): number {
  if (scope === undefined) return waiting.length;
  const mustGoFirst = (other: Entry) => other.isUrgent === true || other.scope === undefined || other.scope === scope;
  return waiting.findLastIndex(mustGoFirst) + 1;
}

function nextGroup<Transaction>(waiting: (Entry | SharedEntry<Transaction>)[]): (Entry | SharedEntry<Transaction>)[] {
  const scopes = new Set<string>();
  let length = 0;
  for (const entry of waiting.slice(0, MOST_IN_GROUP)) {
    if (!isShared(entry) || entry.scope === undefined || scopes.has(entry.scope)) break;
    scopes.add(entry.scope);
    length++;
  }
  return waiting.splice(0, Math.max(1, length));
}

function isShared<Transaction>(entry: Entry | SharedEntry<Transaction>): entry is SharedEntry<Transaction> {
  return "inside" in entry;
}

function ownerOf(entry: Entry | undefined): string | undefined {
  return entry?.scope?.split("/").at(-1);
}
