import fc from "fast-check";
import { expect, it } from "vitest";
import { createWriteQueue } from "../../daemon/store/write-queue.ts";
import { noticed, openTestStore, runCreated } from "../support/store.ts";

interface Write {
  readonly scope: string | undefined;
  readonly fails: boolean;
}

const write: fc.Arbitrary<Write> = fc.record({
  scope: fc.option(
    fc.constantFrom("run/a", "run/b", "run/c", "graph/a", "graph/b").map((scope) => scope),
    { nil: undefined },
  ),
  fails: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
});

it("carries out all that can be, in order, in groups of different scopes, and fails only what cannot be", async () => {
  let shared = 0;
  const property = fc.asyncProperty(fc.array(fc.array(write, { maxLength: 20 }), { maxLength: 4 }), async (bursts) => {
    const durable: number[] = [];
    const settled: number[] = [];
    const failed: number[] = [];
    let inTransaction: string[] | undefined;
    const transaction = async (works: readonly ((own: string[]) => Promise<void>)[]) => {
      expect(inTransaction).toBeUndefined();
      inTransaction = [];
      try {
        for (const work of works) await work(inTransaction);
        expect(new Set(inTransaction).size).toBe(inTransaction.length);
        if (works.length > 1) shared++;
      } finally {
        inTransaction = undefined;
      }
    };
    const queue = createWriteQueue<string[]>(transaction);
    const all: Promise<void>[] = [];
    let number = 0;
    for (const burst of bursts) {
      for (const { scope, fails } of burst) {
        const own = number++;
        const { promise, resolve } = Promise.withResolvers<void>();
        all.push(promise);
        const inside = async (scopes: string[]) => {
          await Promise.resolve();
          if (fails) throw new Error("it cannot be done");
          scopes.push(scope ?? "");
        };
        const told = () => void durable.push(own);
        const settle = () => {
          settled.push(own);
          resolve();
        };
        const alone = () =>
          transaction([inside]).then(
            () => {
              told();
              settle();
            },
            () => {
              failed.push(own);
              resolve();
            },
          );
        queue.add({ scope, alone, inside, durable: told, settle });
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(all);
    const writes = bursts.flat();
    expect(durable).toEqual(durable.toSorted((first, second) => first - second));
    expect(settled).toEqual(durable);
    expect(failed).toEqual(writes.flatMap(({ fails }, index) => (fails ? [index] : [])));
    expect(durable.length + failed.length).toBe(writes.length);
  });
  await fc.assert(property, { numRuns: 200 });
  expect(shared).toBeGreaterThan(50);
});

it("lets nobody who waits for an answer stand behind the writes of runs, and keeps each scope's order", async () => {
  const urgent = fc.record({
    scope: fc.option(fc.constantFrom("run/a", "run/b", "run/c"), { nil: undefined }),
    isUrgent: fc.boolean(),
  });
  let overtakes = 0;
  const property = fc.asyncProperty(fc.array(urgent, { maxLength: 40 }), async (writes) => {
    const order: number[] = [];
    const queue = createWriteQueue<null>(async (works) => {
      for (const work of works) await work(null);
    });
    const all = writes.map(({ scope, isUrgent }, own) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const inside = async () => void order.push(own);
      const alone = () => inside().then(resolve);
      queue.add({ scope, isUrgent, alone, inside, durable: () => undefined, settle: resolve });
      return promise;
    });
    await Promise.all(all);
    expect(order.toSorted((first, second) => first - second)).toEqual(writes.map((_, own) => own));
    for (const [place, own] of order.entries())
      for (const earlier of order.slice(place + 1).filter((other) => other < own)) {
        // `own` was added after `earlier` and came before it.
        overtakes++;
        expect(writes[own]).toMatchObject({ isUrgent: true, scope: expect.any(String) });
        expect(writes[earlier]).toMatchObject({ isUrgent: false, scope: expect.any(String) });
        expect(writes[earlier]?.scope).not.toBe(writes[own]?.scope);
      }
  });
  await fc.assert(property, { numRuns: 200 });
  expect(overtakes).toBeGreaterThan(50);
});

it("lets the event loop turn between the callers of one commit", async () => {
  const seen: string[] = [];
  const queue = createWriteQueue<null>(async (works) => {
    for (const work of works) await work(null);
  });
  const write = (name: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const settle = () => {
      seen.push(name);
      setImmediate(() => seen.push("turn"));
      resolve();
    };
    const told = () => void seen.push(`${name} durable`);
    queue.add({ scope: name, alone: async () => settle(), inside: async () => undefined, durable: told, settle });
    return promise;
  };
  await Promise.all(["a", "b", "c"].map(write));
  expect(seen.slice(0, 3)).toEqual(["a durable", "b durable", "c durable"]);
  expect(seen.slice(3)).toEqual(["a", "turn", "b", "turn", "c"]);
});

it("lets runs that write at the same moment share commits, each with its own numbers", async () => {
  const commits: string[] = [];
  const { connect } = await import("../../daemon/store/connection.ts");
  const { store } = await openTestStore({
    connect: (file, options) => {
      const connection = connect(file, options);
      return {
        ...connection,
        execute(sql, parameters) {
          if (sql === "COMMIT") commits.push(sql);
          return connection.execute(sql, parameters);
        },
      };
    },
  });
  const runs = Array.from({ length: 20 }, (_, index) => `run-${index}`);
  for (const run of runs) await store.events.append(run, [{ body: runCreated() }]);
  const before = commits.length;
  const told: string[] = [];
  store.events.subscribe(({ runId, seq }) => told.push(`${runId} ${seq}`));
  const rounds = [2, 3, 4];
  await Promise.all(
    rounds.flatMap((round) => runs.map((run) => store.events.append(run, [{ body: noticed(`round ${round}`) }]))),
  );
  expect(commits.length - before).toBeLessThan(20);
  for (const run of runs) {
    expect((await store.events.read(run, { limit: 10 })).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(told.filter((line) => line.startsWith(`${run} `))).toEqual(rounds.map((seq) => `${run} ${seq}`));
  }
  // One that cannot be written fails alone.
  const unknown = store.events.append("nobody", [{ body: noticed("x") }]);
  const known = store.events.append("run-1", [{ body: noticed("y") }]);
  await expect(unknown).rejects.toMatchObject({ value: { code: "run.unknown" } });
  expect(await known).toMatchObject([{ seq: 5 }]);
});
