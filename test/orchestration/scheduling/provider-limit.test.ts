import fc from "fast-check";
import { expect, it } from "vitest";
import { createProviderLimit } from "../../../daemon/orchestration/scheduling/provider-limit.ts";

const OPTIONS = { most: 16, recoverMs: 5000, longestPauseMs: 60_000 };

it("halves at an overload and comes back one by one", () => {
  const limit = createProviderLimit(OPTIONS);
  expect(limit.at(0)).toBe(16);
  expect(limit.nextChange(0)).toBeNull();
  limit.overloaded(1000, 16);
  expect(limit.at(1000)).toBe(8);
  expect(limit.nextChange(1000)).toBe(6000);
  expect(limit.at(6000)).toBe(9);
  expect(limit.at(1000 + 8 * 5000)).toBe(16);
  expect(limit.nextChange(1000 + 8 * 5000)).toBeNull();
});

it("takes the answers to calls that were sent together for one overload", () => {
  const limit = createProviderLimit(OPTIONS);
  for (let index = 0; index < 16; index++) limit.overloaded(1000 + index, 16);
  expect(limit.at(1100)).toBe(8);
  limit.overloaded(3000, 8);
  expect(limit.at(3000)).toBe(4);
});

it("sends nothing while the provider asks for a pause, and no longer than a minute", () => {
  const limit = createProviderLimit(OPTIONS);
  limit.overloaded(0, 16, 10_000);
  expect([limit.at(9999), limit.nextChange(9999)]).toEqual([0, 10_000]);
  expect(limit.at(10_000)).toBe(8);
  limit.overloaded(10_000, 8, 3_600_000);
  expect([limit.at(69_999), limit.at(70_000)]).toEqual([0, 4]);
});

it("never goes below one call or above the settings, and always comes back", () => {
  const overload = fc.record({
    after: fc.nat(20_000),
    active: fc.nat(40),
    retryAfterMs: fc.option(fc.nat(100_000), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.array(overload, { maxLength: 20 }), (most, overloads) => {
      const limit = createProviderLimit({ ...OPTIONS, most });
      let now = 0;
      for (const { after, active, retryAfterMs } of overloads) {
        now += after;
        limit.overloaded(now, active, retryAfterMs);
        const at = limit.at(now);
        expect(at).toBeLessThanOrEqual(most);
        expect(at >= 1 || limit.nextChange(now) !== null).toBe(true);
      }
      for (let next = limit.nextChange(now); next !== null; next = limit.nextChange(now)) {
        expect(next).toBeGreaterThan(now);
        now = next;
        expect(limit.at(now)).toBeGreaterThanOrEqual(1);
      }
      expect(limit.at(now)).toBe(most);
    }),
  );
});
