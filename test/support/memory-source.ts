/** A connection as the extension's memory wants to have it. */
import type { MemorySource } from "../../extension/memory/memory.ts";
import type { ClientConnection } from "../../protocol/index.ts";

export interface TestSource extends MemorySource {
  /** As after a connection that was lost. */
  reconnected(): void;
}

export function memorySource(connection: ClientConnection): TestSource {
  const listeners = new Set<() => void>();
  return {
    request: (name, params, options) => connection.request(name, params, options),
    on: (name, listener) => connection.on(name, listener),
    onConnected(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reconnected() {
      for (const listener of listeners) listener();
    },
  };
}
