/** Answers that git gave before, and what they hold for: asking it again costs a process each time. */

export interface Known<Value> {
  /** What was kept under this key, if its stamp is what it was then. */
  get(key: string, stampOf: (value: Value) => string): Value | undefined;
  keep(key: string, stamp: string, value: Value): void;
  forget(key: string): void;
  forgetAll(): void;
}

const MOST = 200;

/** Forgets the oldest when there are more than 200. */
export function createKnown<Value>(): Known<Value> {
  const kept = new Map<string, { readonly stamp: string; readonly value: Value }>();
  return {
    get(key, stampOf) {
      const found = kept.get(key);
      return found !== undefined && stampOf(found.value) === found.stamp ? found.value : undefined;
    },
    keep(key, stamp, value) {
      kept.delete(key);
      kept.set(key, { stamp, value });
      const [oldest] = kept.keys();
      if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
    },
    forget: (key) => void kept.delete(key),
    forgetAll: () => kept.clear(),
  };
}
