/** First come, first served. */
export interface Queue {
  /** Resolves when it is the caller's turn, with the function that ends it. */
  enter(): Promise<() => void>;
}

export function createQueue(): Queue {
  let last: Promise<void> = Promise.resolve();
  return {
    async enter() {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      await before;
      return resolve;
    },
  };
}
