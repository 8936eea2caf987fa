import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createSlotPool,
  type Job,
  PRIORITIES,
  type Priority,
  type SlotPool,
} from "../../../daemon/orchestration/scheduling/slot-pool.ts";

const AGE_MS = 1000;

function job(id: string, more: Partial<Job> = {}): Job {
  return { id, group: "g", flow: id, priority: "normal", ...more };
}

function pool(limit: number): SlotPool {
  return createSlotPool({ limit, ageMs: AGE_MS });
}

/** Ids in the order in which they start when each ends at once. */
function drain(slots: SlotPool, first: string, now = 0): string[] {
  const order: string[] = [];
  for (let ended: string | undefined = first; ended !== undefined; ended = order.at(-1)) {
    const [start, ...more] = slots.leave(ended, now);
    expect(more).toEqual([]);
    if (start === undefined) return order;
    order.push(start.id);
  }
  return order;
}

describe("one slot", () => {
  it("goes to the most urgent, and among equals to the first", () => {
    const slots = pool(1);
    expect(slots.enter(job("now"), 0)).toEqual({ kind: "started" });
    slots.enter(job("low", { priority: "low" }), 0);
    slots.enter(job("first"), 0);
    slots.enter(job("second"), 0);
    expect(slots.enter(job("high", { priority: "high" }), 0)).toEqual({ kind: "queued", place: 1 });
    expect(slots.waiting(0).map(({ id }) => id)).toEqual(["high", "first", "second", "low"]);
    expect(drain(slots, "now")).toEqual(["high", "first", "second", "low"]);
  });

  it("is shared between groups, then between the flows of a group, whatever their number of jobs", () => {
    const slots = pool(1);
    slots.enter(job("now", { group: "z" }), 0);
    for (const index of [1, 2, 3]) slots.enter(job(`a${index}`, { group: "a", flow: "one" }), 0);
    slots.enter(job("a4", { group: "a", flow: "two" }), 0);
    for (const index of [1, 2]) slots.enter(job(`b${index}`, { group: "b", flow: "one" }), 0);
    expect(drain(slots, "now")).toEqual(["a1", "b1", "a4", "b2", "a2", "a3"]);
  });

  it("tells why somebody went first", () => {
    const slots = pool(1);
    slots.enter(job("now"), 0);
    slots.enter(job("normal"), 0);
    slots.enter(job("high", { priority: "high" }), 5);
    expect(slots.leave("now", 25)).toMatchObject([
      { id: "high", waitedMs: 20, decision: "preferred", reason: expect.stringContaining("its priority is high") },
    ]);
    expect(slots.leave("high", 30)).toMatchObject([{ id: "normal", waitedMs: 30, decision: "started" }]);
  });

  it("goes to what waited long before what is urgent and came later", () => {
    const slots = pool(1);
    slots.enter(job("now"), 0);
    slots.enter(job("low", { priority: "low" }), 0);
    slots.enter(job("high", { priority: "high", flow: "h" }), 2 * AGE_MS);
    expect(slots.leave("now", 2 * AGE_MS)).toMatchObject([{ id: "low" }]);
  });

  it("forgets who withdraws, and lets who must not wait start above the limit", () => {
    const slots = pool(1);
    slots.enter(job("now"), 0);
    slots.enter(job("gone"), 0);
    slots.enter(job("next"), 0);
    expect(slots.leave("gone", 0)).toEqual([]);
    expect(slots.enter(job("answered"), 0, { force: true })).toEqual({ kind: "started" });
    expect(slots.leave("now", 0)).toEqual([]);
    expect(slots.leave("answered", 0)).toMatchObject([{ id: "next" }]);
  });

  it("follows its limit up and down", () => {
    const slots = pool(2);
    for (const id of ["a", "b", "c", "d"]) slots.enter(job(id), 0);
    expect(slots.resize(0, 0)).toEqual([]);
    expect(slots.leave("a", 0)).toEqual([]);
    expect(slots.resize(2, 0).map(({ id }) => id)).toEqual(["c"]);
    expect(slots.resize(3, 0).map(({ id }) => id)).toEqual(["d"]);
  });
});

type Step =
  | { readonly kind: "enter"; readonly group: number; readonly flow: number; readonly priority: Priority }
  | { readonly kind: "leave"; readonly which: number }
  | { readonly kind: "withdraw"; readonly which: number }
  | { readonly kind: "resize"; readonly limit: number }
  | { readonly kind: "wait"; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("enter" as const),
      group: fc.nat(3),
      flow: fc.nat(3),
      priority: fc.constantFrom(...PRIORITIES),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("leave" as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("withdraw" as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("resize" as const), limit: fc.integer({ min: 0, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(AGE_MS) }) },
);

describe("whatever happens", () => {
  it("keeps the limit, leaves no slot free while somebody waits, and starts everybody once", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 1, max: 4 }), (steps, first) => {
        const slots = pool(first);
        const active = new Set<string>();
        const waiting = new Set<string>();
        let [now, limit, next] = [0, first, 0];
        const begin = (ids: readonly string[]) => {
          for (const id of ids) {
            expect(waiting.delete(id)).toBe(true);
            active.add(id);
          }
          if (ids.length > 0) expect(active.size).toBeLessThanOrEqual(limit);
        };
        const idsOf = (started: readonly { id: string }[]) => started.map(({ id }) => id);
        for (const one of steps) {
          if (one.kind === "wait") now += one.ms;
          if (one.kind === "resize") {
            limit = one.limit;
            begin(idsOf(slots.resize(limit, now)));
          }
          if (one.kind === "enter") {
            const id = `job ${next++}`;
            const entered = slots.enter(
              { id, group: `g${one.group}`, flow: `f${one.flow}`, priority: one.priority },
              now,
            );
            waiting.add(id);
            if (entered.kind === "started") begin([id]);
          }
          if (one.kind === "leave" || one.kind === "withdraw") {
            const from = [...(one.kind === "leave" ? active : waiting)];
            const id = from[one.which % Math.max(1, from.length)];
            if (id === undefined) continue;
            active.delete(id);
            waiting.delete(id);
            begin(idsOf(slots.leave(id, now)));
          }
          expect([slots.active, slots.queued]).toEqual([active.size, waiting.size]);
          expect(waiting.size === 0 || active.size >= limit).toBe(true);
          expect(new Set(slots.waiting(now).map(({ id }) => id))).toEqual(waiting);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("starves nobody: one job of low priority starts within a bound, however many urgent ones keep coming", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 20, max: 300 }),
        (limit, flows, workMs) => {
          const slots = pool(limit);
          let [now, next] = [0, 0];
          const active: string[] = [];
          const urgent = () => {
            const id = `urgent ${next++}`;
            const entered = slots.enter(job(id, { group: `u${next % flows}`, flow: "u", priority: "high" }), now);
            if (entered.kind === "started") active.push(id);
          };
          for (let index = 0; index < limit + flows; index++) urgent();
          slots.enter(job("patient", { group: "p", priority: "low" }), now);
          // At the top level after two ages; then each other group is served at most once more before it.
          const bound = 2 * AGE_MS + (flows + limit + 1) * workMs;
          for (; now <= bound; now += workMs) {
            const ended = active.shift();
            if (ended === undefined) break;
            const started = slots.leave(ended, now);
            if (started.some(({ id }) => id === "patient")) return;
            active.push(...started.map(({ id }) => id));
            urgent();
            urgent();
          }
          expect.unreachable(`the patient job did not start within ${bound} ms`);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("is fair within one slot: groups that always have work get equal shares", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 20, max: 200 }),
        (groups, limit, rounds) => {
          const slots = pool(limit);
          const served = new Map<string, number>();
          const active: string[] = [];
          let next = 0;
          const add = (group: number) => {
            const id = `${group}/${next++}`;
            if (slots.enter(job(id, { group: String(group), flow: "f" }), 0).kind === "started") active.push(id);
          };
          // The first group has ten times as much to do as the others.
          for (let index = 0; index < 10; index++) add(0);
          for (let group = 1; group < groups; group++) for (let index = 0; index <= limit; index++) add(group);
          for (let round = 0; round < rounds; round++) {
            const ended = active.shift() ?? "";
            const group = ended.split("/")[0] ?? "";
            served.set(group, (served.get(group) ?? 0) + 1);
            add(Number(group));
            active.push(...slots.leave(ended, 0).map(({ id }) => id));
          }
          const counts = Array.from({ length: groups }, (_, group) => served.get(String(group)) ?? 0);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2 * limit + 1);
        },
      ),
      { numRuns: 100 },
    );
  });
});
