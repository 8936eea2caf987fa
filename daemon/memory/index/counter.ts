/** Counts of small whole numbers that are read out and forgotten, again and again. */
import { grown } from "./grow.ts";

export interface Counter {
  add(number: number, times: number): void;
  /** Every number with its count, in the order in which they came; afterwards all are 0. */
  drain(onCount: (number: number, count: number) => void): void;
}

export function createCounter(): Counter {
  let counts = new Int32Array(1 << 12);
  let met = new Int32Array(1 << 10);
  let size = 0;
  return {
    add(number, times) {
      if (number >= counts.length) counts = grown(counts, number + 1, (length) => new Int32Array(length));
      const count = counts[number] ?? 0;
      counts[number] = count + times;
      if (count > 0) return;
      if (size === met.length) met = grown(met, size + 1, (length) => new Int32Array(length));
      met[size++] = number;
    },
    drain(onCount) {
      for (let index = 0; index < size; index++) {
        const number = met[index] ?? 0;
        onCount(number, counts[number] ?? 0);
        counts[number] = 0;
      }
      size = 0;
    },
  };
}
