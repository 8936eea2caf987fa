import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Store } from "../../daemon/store/store.ts";
import { applyRunEvent, type RunEvent, type RunState } from "../../protocol/index.ts";
import { FIXED_NOW, noticed, openTestStore, runCreated } from "../support/store.ts";
import { arbitraryBody } from "./run-bodies.ts";

const seqs = (events: readonly RunEvent[]) => events.map((event) => event.seq);

async function allEvents(store: Store, runId: string): Promise<RunEvent[]> {
  return store.events.read(runId, { limit: 100_000 });
}

describe("append", () => {
  it("numbers events from 1 and answers with what is stored", async () => {
    const { store, reopen } = await openTestStore();
    const first = await store.events.append("r", [{ body: runCreated() }, { body: noticed("a") }]);
    const second = await store.events.append("r", [{ body: noticed("b") }]);
    expect(seqs([...first, ...second])).toEqual([1, 2, 3]);
    expect(second[0]).toEqual({ runId: "r", seq: 3, at: FIXED_NOW, body: noticed("b") });
    expect(await allEvents(await reopen(), "r")).toEqual([...first, ...second]);
  });

  it("stores a known key once, across calls, within one call and after a restart", async () => {
    const { store, reopen } = await openTestStore();
    await store.events.append("r", [{ body: runCreated() }]);
    const [first] = await store.events.append("r", [{ body: noticed("a"), key: "k" }]);
    const [again, other, twice] = await store.events.append("r", [
      { body: noticed("not this"), key: "k" },
      { body: noticed("b"), key: "l" },
      { body: noticed("nor this"), key: "l" },
    ]);
    expect(again).toEqual(first);
    expect(twice).toEqual(other);
    const opened = await reopen();
    expect(await opened.events.append("r", [{ body: noticed("nor that"), key: "k" }])).toEqual([first]);
    expect(await opened.events.find("r", "k")).toEqual(first);
    expect(await opened.events.find("r", "m")).toBeUndefined();
    expect(seqs(await allEvents(opened, "r"))).toEqual([1, 2, 3]);
  });

  it("keeps the keys of different runs apart", async () => {
    const { store } = await openTestStore();
    for (const runId of ["r", "s"]) {
      await store.events.append(runId, [{ body: runCreated() }]);
      await store.events.append(runId, [{ body: noticed(runId), key: "k" }]);
    }
    expect((await store.events.find("s", "k"))?.body).toEqual(noticed("s"));
  });

  it("stores all events of a call or none", async () => {
    const { store } = await openTestStore();
    await store.events.append("r", [{ body: runCreated() }]);
    const told: number[] = [];
    store.events.subscribe((event) => told.push(event.seq));
    const bytes = new TextEncoder().encode("artifact");
    const append = store.events.append("r", [{ body: noticed("a") }, { body: runCreated() }], [bytes]);
    await expect(append).rejects.toThrow("exists already");
    expect(await allEvents(store, "r")).toHaveLength(1);
    expect((await store.events.state("r"))?.notices).toEqual([]);
    expect(told).toEqual([]);
    expect(seqs(await store.events.append("r", [{ body: noticed("b") }]))).toEqual([2]);
  });

  it("refuses a run that begins twice or never began", async () => {
    const { store } = await openTestStore();
    const created = { body: runCreated(), key: "start-key" };
    const [first] = await store.events.append("r", [created]);
    expect(await store.events.append("r", [created])).toEqual([first]);
    await expect(store.events.append("r", [{ body: runCreated(), key: "other" }])).rejects.toThrow("exists already");
    await expect(store.events.append("s", [{ body: noticed("a") }])).rejects.toMatchObject({
      value: { code: "run.unknown" },
    });
    await expect(store.events.append("t", [created])).rejects.toThrow(/UNIQUE/);
    expect(await store.events.state("s")).toBeUndefined();
    expect(await store.events.state("t")).toBeUndefined();
  });

  it("commits artifacts with the events", async () => {
    const { store } = await openTestStore();
    const bytes = new TextEncoder().encode("response");
    const hash = await store.artifacts.put(bytes);
    await store.events.append("r", [{ body: runCreated() }], [bytes, new TextEncoder().encode("more")]);
    expect(await store.artifacts.get(hash)).toEqual(bytes);
    expect(await store.artifacts.put(bytes)).toBe(hash);
    expect(await store.artifacts.get("0".repeat(64))).toBeUndefined();
  });

  it("gives gap-free numbers to callers that interleave, each told in order and only when it can be read", async () => {
    const { store } = await openTestStore();
    await Promise.all(["r", "s"].map((runId) => store.events.append(runId, [{ body: runCreated() }])));
    const told = new Map<string, number[]>();
    const readable: Promise<boolean>[] = [];
    store.events.subscribe((event, state) => {
      expect(state.seq).toBe(event.seq);
      told.set(event.runId, [...(told.get(event.runId) ?? []), event.seq]);
      const range = { after: event.seq - 1, limit: 1 };
      readable.push(store.events.read(event.runId, range).then(([stored]) => stored?.seq === event.seq));
    });
    const appends = Array.from({ length: 60 }, (_, index) =>
      store.events.append(index % 3 === 0 ? "s" : "r", [
        { body: noticed(`a${index}`), key: `k${index % 50}` },
        { body: noticed("b") },
      ]),
    );
    await Promise.all(appends);
    for (const runId of ["r", "s"]) {
      const events = await allEvents(store, runId);
      expect(seqs(events)).toEqual(events.map((_, index) => index + 1));
      expect(told.get(runId)).toEqual(seqs(events).slice(1));
    }
    expect(await Promise.all(readable)).not.toContain(false);
  });

  it("lets no listener keep others from a committed event", async () => {
    const { store, logged } = await openTestStore();
    const told: number[] = [];
    store.events.subscribe(() => {
      throw new Error("broken listener");
    });
    const unsubscribe = store.events.subscribe((event) => told.push(event.seq));
    await store.events.append("r", [{ body: runCreated() }]);
    unsubscribe();
    await store.events.append("r", [{ body: noticed("a") }]);
    expect(told).toEqual([1]);
    expect(logged.join()).toContain("broken listener");
  });

  it("keeps its own copy of what it was given", async () => {
    const { store } = await openTestStore();
    const body = runCreated({ policy: {} });
    const [event] = await store.events.append("r", [{ body }]);
    Object.assign(body, { prompt: "changed" });
    expect((await store.events.state("r"))?.prompt).toBe("do it");
    expect(event?.body).toMatchObject({ prompt: "do it" });
  });
});

describe("read", () => {
  it("pages forwards and backwards, oldest first", async () => {
    const { store } = await openTestStore();
    const bodies = [runCreated(), ...Array.from({ length: 9 }, (_, index) => noticed(String(index)))];
    await store.events.append(
      "r",
      bodies.map((body) => ({ body })),
    );
    const read = async (range: { after?: number; before?: number; limit: number }) =>
      seqs(await store.events.read("r", range));
    expect(await read({ limit: 3 })).toEqual([1, 2, 3]);
    expect(await read({ after: 3, limit: 3 })).toEqual([4, 5, 6]);
    expect(await read({ after: 9, limit: 3 })).toEqual([10]);
    expect(await read({ after: 10, limit: 3 })).toEqual([]);
    expect(await read({ before: 11, limit: 3 })).toEqual([8, 9, 10]);
    expect(await read({ before: 3, limit: 3 })).toEqual([1, 2]);
    expect(await read({ before: 1, limit: 3 })).toEqual([]);
    expect(await store.events.read("unknown", { limit: 3 })).toEqual([]);
  });
});

describe("any history", () => {
  const operation = fc.record({
    run: fc.constantFrom("a", "b", "c"),
    keys: fc.array(fc.option(fc.constantFrom("k1", "k2", "k3"), { nil: undefined }), { minLength: 1, maxLength: 3 }),
    bodies: fc.array(arbitraryBody, { minLength: 3, maxLength: 3 }),
    restart: fc.boolean(),
  });

  it("is what a plain list with keys would hold, and its state and lists are the fold of it", {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 12 }), async (operations) => {
        const { store: opened, reopen } = await openTestStore();
        let store = opened;
        const model = new Map<string, { body: unknown; key: string | undefined }[]>();
        for (const { run, keys, bodies, restart } of operations) {
          if (restart) store = await reopen();
          const list = model.get(run) ?? [{ body: runCreated(), key: undefined }];
          if (!model.has(run)) await store.events.append(run, [{ body: runCreated() }]);
          model.set(run, list);
          const given = keys.map((key, index) => ({ body: bodies[index] ?? noticed("x"), key }));
          const answer = await store.events.append(
            run,
            given.map(({ body, key }) => (key === undefined ? { body } : { body, key })),
          );
          for (const entry of given)
            if (entry.key === undefined || !list.some(({ key }) => key === entry.key)) list.push(entry);
          expect(answer.map((event) => event.body)).toEqual(
            given.map((entry) =>
              entry.key === undefined ? entry.body : list.find(({ key }) => key === entry.key)?.body,
            ),
          );
        }
        store = await reopen();
        for (const [run, list] of model) {
          const events = await allEvents(store, run);
          expect(events.map(({ body }) => body)).toEqual(list.map(({ body }) => body));
          const fold = events.reduce<RunState | null>(applyRunEvent, null);
          expect(await store.events.state(run)).toEqual(fold);
        }
        expect((await store.projections.verify({ repair: false })).map(({ status }) => status)).not.toContain("error");
        await store.close();
      }),
      { numRuns: 25 },
    );
  });
});
