/** Whom of the connected clients the daemon asks. */
import type { ReverseName } from "../../../protocol/index.ts";
import type { Clients, ConnectedClient } from "../rpc/clients.ts";

export interface ClientChoice {
  /** Those that offer it and may be asked: whoever started the run first, then the newest. */
  able(name: ReverseName, runId?: string): ConnectedClient[];
  find(connectionId: string): ConnectedClient | undefined;
  /** Called with each client that comes, offers this and may be asked; the function ends it. */
  onAble(name: ReverseName, listener: (client: ConnectedClient) => void): () => void;
  /** The run was started, or resumed, over this connection. */
  startedBy(runId: string, connectionId: string): void;
}

/** Runs of which it is remembered who started them. */
const MAX_STARTED = 1000;

export function createChoice(clients: Clients): ClientChoice {
  const starters = new Map<string, string>();
  return {
    able(name, runId) {
      const starter = runId === undefined ? undefined : starters.get(runId);
      const isStarter = ({ connectionId }: ConnectedClient) => connectionId === starter;
      const able = clients.able(name).filter((client) => mayBeAsked(client, name, isStarter(client)));
      return able.toReversed().sort((first, second) => Number(isStarter(second)) - Number(isStarter(first)));
    },
    find: (connectionId) => clients.find(connectionId),
    onAble(name, listener) {
      return clients.onAdded((client) => {
        if (client.can(name) && mayBeAsked(client, name, false)) listener(client);
      });
    },
    startedBy(runId, connectionId) {
      starters.delete(runId);
      starters.set(runId, connectionId);
      const oldest = starters.keys().next().value;
      if (starters.size > MAX_STARTED && oldest !== undefined) starters.delete(oldest);
    },
  };
}

/**
 * A script may lend its model to the runs that it started: what others' runs say is not for it, nor may it steer them. Decisions
 * and a person's editor are asked of a person's client, and an agent's is asked nothing.
 */
function mayBeAsked({ role }: ConnectedClient, name: ReverseName, ofItsOwnRun: boolean): boolean {
  return role === "human" || (role === "automation" && name === "client/model" && ofItsOwnRun);
}

/** What people call it: for messages and the record. */
export function nameOf({ title, name, connectionId }: ConnectedClient): string {
  return `${title ?? name} ${connectionId}`;
}
