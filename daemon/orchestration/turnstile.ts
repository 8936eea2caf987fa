/** Lets callers with the same key through one at a time, in the order in which they came. */
export type Turnstile = <Value>(key: string, work: () => Promise<Value>) => Promise<Value>;

export function createTurnstile(): Turnstile {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => undefined);
    last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (last.get(key) === settled) last.delete(key);
    }
  };
}
