/** Who is connected now, and what can be asked of each. */
import type { ClientFace, ClientRole, ReverseName } from "../../../protocol/index.ts";
import type { Ask } from "./asks.ts";

export interface ConnectedClient {
  readonly connectionId: string;
  /** The program's own name, as it gave it. */
  readonly name: string;
  readonly title: string | null;
  readonly face: ClientFace;
  readonly role: ClientRole;
  /** ISO 8601. */
  readonly since: string;
  /** Aborts when the connection ends. */
  readonly closed: AbortSignal;
  can(name: ReverseName): boolean;
  /** The runs that it watches. */
  watching(): readonly string[];
  readonly ask: Ask;
}

export interface Clients {
  /** Those that have proved themselves, in the order in which they came. */
  list(): readonly ConnectedClient[];
  count(): number;
  find(connectionId: string): ConnectedClient | undefined;
  /** Those that answer this request, in the order in which they came. */
  able(name: ReverseName): readonly ConnectedClient[];
  /** Called with each client that comes from now on; the function ends it. */
  onAdded(listener: (client: ConnectedClient) => void): () => void;
}

export interface ClientDirectory extends Clients {
  /** Returns the function that takes it out again. */
  add(client: ConnectedClient): () => void;
  /** Something about this one is different now. */
  changed(connectionId: string): void;
  /** Called with the connection that came, went, or is different. */
  onChanged(listener: (connectionId: string) => void): void;
}

export function createClients(): ClientDirectory {
  const clients = new Map<string, ConnectedClient>();
  const added = new Set<(client: ConnectedClient) => void>();
  const listeners = new Set<(connectionId: string) => void>();
  const changed = (connectionId: string) => {
    for (const listener of listeners) listener(connectionId);
  };
  return {
    list: () => [...clients.values()],
    count: () => clients.size,
    find: (connectionId) => clients.get(connectionId),
    able: (name) => [...clients.values()].filter((client) => client.can(name)),
    onAdded(listener) {
      added.add(listener);
      return () => added.delete(listener);
    },
    add(client) {
      clients.set(client.connectionId, client);
      for (const listener of added) listener(client);
      changed(client.connectionId);
      return () => {
        if (clients.delete(client.connectionId)) changed(client.connectionId);
      };
    },
    changed,
    onChanged: (listener) => void listeners.add(listener),
  };
}
