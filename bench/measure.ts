/** What the benchmarks share: fair measuring of two things side by side, and how a figure is judged and printed. */

export interface Figure {
  readonly name: string;
  readonly value: number;
  /** At most this; undefined for a figure that is only shown. */
  readonly limit?: number;
  readonly unit: string;
}

/** For example "round trip: 1.82 × (limit 2.5 ×) ok". */
export function figureLine({ name, value, limit, unit }: Figure): string {
  const text = (amount: number) => `${Number(amount.toPrecision(3))} ${unit}`;
  if (limit === undefined) return `${name}: ${text(value)}`;
  return `${name}: ${text(value)} (limit ${text(limit)}) ${value <= limit ? "ok" : "ABOVE"}`;
}

export function isAbove({ value, limit }: Figure): boolean {
  return limit !== undefined && !(value <= limit);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((first, second) => first - second);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

/** Milliseconds that the work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/**
 * Measures both in turns, so that what else the machine does falls on both alike; the first round only warms up.
 * Each `work` answers with its own times in milliseconds; the medians over all rounds come back.
 */
export async function sideBySide(
  rounds: number,
  first: () => Promise<readonly number[]>,
  second: () => Promise<readonly number[]>,
): Promise<{ first: number; second: number }> {
  const times: { first: number[]; second: number[] } = { first: [], second: [] };
  for (let round = 0; round <= rounds; round++) {
    const [ofFirst, ofSecond] = [await first(), await second()];
    if (round === 0) continue;
    times.first.push(...ofFirst);
    times.second.push(...ofSecond);
  }
  return { first: median(times.first), second: median(times.second) };
}

export async function repeat(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) times.push(await timed(work));
  return times;
}
