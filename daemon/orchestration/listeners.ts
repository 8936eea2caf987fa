/** A set of listeners; adding one answers with the function that removes it. */
export function createListeners<Value>(): {
  add(listener: (value: Value) => void): () => void;
  tell(value: Value): void;
} {
  const listeners = new Set<(value: Value) => void>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(value) {
      for (const listener of listeners) listener(value);
    },
  };
}
