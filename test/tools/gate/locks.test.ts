import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createLockTable,
  EVERYTHING,
  type Lock,
  type LockTable,
  type Ticket,
} from "../../../daemon/tools/gate/locks.ts";

const never = new AbortController().signal;
const file = (path: string, use: Lock["use"] = "write"): Lock => ({ on: `file:${path}`, use });
const tree = (use: Lock["use"]): Lock => ({ on: "tree", use });

/** Whether the locks were given without waiting. */
async function isFree(table: LockTable, locks: readonly Lock[], isPure = false): Promise<boolean> {
  const stop = new AbortController();
  const ticket = table.enter(isPure);
  const held = ticket.acquire(locks, stop.signal).then(
    () => true,
    () => false,
  );
  await tick();
  stop.abort(new Error("tried"));
  const free = await held;
  ticket.leave();
  return free;
}

/** Whatever can go on without us has gone on. */
async function tick(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe("what conflicts", () => {
  it.each([
    ["two files", [file("a")], [file("b")], true],
    ["a file with itself", [file("a")], [file("a")], false],
    ["two readers of a file", [file("a", "read")], [file("a", "read")], true],
    ["a reader and a writer", [file("a", "read")], [file("a")], false],
    ["a folder and a file in it", [file("src")], [file("src/a.ts", "read")], false],
    ["a folder and one with a longer name", [file("src")], [file("src2/a.ts")], true],
    ["the root and any file", [file(".", "read")], [file("a")], false],
    ["spellings that some systems take for one", [file("Read.me")], [file("READ.ME")], false],
    ["letters that some systems take for one", [file("A\u0301.md")], [file("\u00c1.md")], false],
    ["the tree and a file", [tree("read")], [file("a")], false],
    ["the tree read and a file read", [tree("read")], [file("a", "read")], true],
    ["git and the tree", [{ on: "git", use: "write" }], [tree("write")], true],
    ["everything and a server", EVERYTHING, [{ on: "server:x", use: "write" }], true],
    ["everything and git", EVERYTHING, [{ on: "git", use: "read" }], false],
    ["nothing and everything", [], EVERYTHING, true],
  ] as const)("%s", async (_name, first, second, free) => {
    const table = createLockTable();
    await table.enter(false).acquire(first, never);
    expect(await isFree(table, second)).toBe(free);
  });

  it("what is not known yet, with everything that came after it", async () => {
    const table = createLockTable();
    const first = table.enter(false);
    expect(await isFree(table, [file("a")])).toBe(false);
    first.leave();
    expect(await isFree(table, [file("a")])).toBe(true);
  });
});

describe("the order", () => {
  it("is that of the calls, and nobody who waits is overtaken by a reader", async () => {
    const table = createLockTable();
    const order: string[] = [];
    const held = table.enter(true);
    await held.acquire([file("a", "read")], never);
    const begin = (name: string, use: Lock["use"]): Ticket => {
      const ticket = table.enter(use === "read");
      ticket.acquire([file("a", use)], never).then((waited) => order.push(`${name} ${waited}`));
      return ticket;
    };
    const writer = begin("writer", "write");
    const reader = begin("reader", "read");
    await tick();
    expect(order).toEqual([]);
    held.leave();
    await tick();
    expect(order).toEqual(["writer true"]);
    writer.leave();
    await tick();
    expect(order).toEqual(["writer true", "reader true"]);
    reader.leave();
  });

  it("lets a call that changes nothing go ahead while a person is asked, and an effect wait", async () => {
    const table = createLockTable();
    const asked = table.enter(false);
    asked.asking([file("a")]);
    expect(await isFree(table, [file("a", "read")], true)).toBe(true);
    expect(await isFree(table, [file("a")], false)).toBe(false);
    expect(await isFree(table, [file("b")], false)).toBe(true);
    // Once it is answered, the next reader waits for it again.
    expect(await asked.acquire([file("a")], never)).toBe(false);
    expect(await isFree(table, [file("a", "read")], true)).toBe(false);
  });

  it("gives up a place that nobody wants any more", async () => {
    const table = createLockTable();
    const held = table.enter(false);
    await held.acquire(EVERYTHING, never);
    const stop = new AbortController();
    const waiting = table.enter(false);
    const acquired = waiting.acquire(EVERYTHING, stop.signal);
    stop.abort(new Error("cancelled"));
    await expect(acquired).rejects.toThrow("cancelled");
    await expect(waiting.acquire(EVERYTHING, stop.signal)).rejects.toThrow("cancelled");
    waiting.leave();
    waiting.leave();
    held.leave();
    expect(await isFree(table, EVERYTHING)).toBe(true);
  });

  it("keeps at most eight at work", async () => {
    const table = createLockTable();
    const tickets = Array.from({ length: 8 }, () => table.enter(true));
    for (const ticket of tickets) await ticket.acquire([], never);
    expect(await isFree(table, [])).toBe(false);
    tickets[3]?.leave();
    expect(await isFree(table, [])).toBe(true);
  });
});

it("never lets two that conflict work at once, and always comes to an end in the order of the calls", async () => {
  const lock = fc.record({
    on: fc.constantFrom("tree", "commands", "git", "file:a", "file:a/b", "file:c"),
    use: fc.constantFrom("read", "write"),
  }) as fc.Arbitrary<Lock>;
  const calls = fc.array(
    fc.record({ locks: fc.array(lock, { maxLength: 3 }), isPure: fc.boolean(), asks: fc.boolean() }),
    {
      minLength: 1,
      maxLength: 12,
    },
  );
  await fc.assert(
    fc.asyncProperty(calls, fc.scheduler(), async (made, scheduler) => {
      const table = createLockTable();
      const atWork = new Set<number>();
      const begun: number[] = [];
      const problems: string[] = [];
      const all = made.map(async ({ locks, isPure, asks }, index) => {
        const ticket = table.enter(isPure);
        if (asks && !isPure) {
          ticket.asking(locks);
          await scheduler.schedule(Promise.resolve());
        }
        await ticket.acquire(locks, never);
        for (const other of atWork)
          if (meets(made[other]?.locks ?? [], locks)) problems.push(`${other} and ${index} at once`);
        for (const later of begun)
          if (later > index && !isAhead(made[later], asks) && meets(made[later]?.locks ?? [], locks))
            problems.push(`${later} before ${index}`);
        atWork.add(index);
        begun.push(index);
        await scheduler.schedule(Promise.resolve());
        atWork.delete(index);
        ticket.leave();
      });
      await scheduler.waitFor(Promise.all(all));
      expect(problems).toEqual([]);
      expect(begun).toHaveLength(made.length);
    }),
    { numRuns: 300 },
  );
});

function isAhead(later: { isPure: boolean } | undefined, asks: boolean): boolean {
  return asks && later?.isPure === true;
}

function meets(first: readonly Lock[], second: readonly Lock[]): boolean {
  const inTree = (on: string) => on === "tree" || on.startsWith("file:");
  return first.some((one) =>
    second.some((other) => {
      if (one.use === "read" && other.use === "read") return false;
      if (one.on === other.on) return true;
      if (one.on === "tree" || other.on === "tree") return inTree(one.on) && inTree(other.on);
      return one.on.startsWith("file:a") && other.on.startsWith("file:a");
    }),
  );
}
