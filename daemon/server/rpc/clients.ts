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
  readonly ask: Ask;
}

export interface Clients {
  /** Those that have proved themselves, in the order in which they came. */
  list(): readonly ConnectedClient[];
  find(connectionId: string): ConnectedClient | undefined;
  /** Those that answer this request, in the order in which they came. */
  able(name: ReverseName): readonly ConnectedClient[];
}

export interface ClientDirectory extends Clients {
  /** Returns the function that takes it out again. */
  add(client: ConnectedClient): () => void;
}

export function createClients(): ClientDirectory {
  const clients = new Map<string, ConnectedClient>();
  return {
    list: () => [...clients.values()],
    find: (connectionId) => clients.get(connectionId),
    able: (name) => [...clients.values()].filter((client) => client.can(name)),
    add(client) {
      clients.set(client.connectionId, client);
      return () => clients.delete(client.connectionId);
    },
  };
}
