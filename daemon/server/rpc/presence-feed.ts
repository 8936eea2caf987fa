/** Who is connected, for whoever asks. */
import type { Answer, PresentClient } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { shareLines } from "../../host/lines.ts";
import type { ClientDirectory, ConnectedClient } from "./clients.ts";
import { createTopic, type Topic } from "./topic.ts";
import { notificationLine } from "./watchers.ts";

export interface Presence {
  list(options: { readonly ping: boolean }): Promise<Answer<"presence/list">["clients"]>;
  readonly topic: Topic;
}

const TOGETHER_MS = 100;
const PING_MS = 1000;
const MAX_RUNS = 20;

export function createPresence(clients: ClientDirectory, clock: Pick<Clock, "timer" | "monotonic">): Presence {
  const topic = createTopic(
    async () => told(true, clients.list().map(present), []),
    () => undefined,
  );
  const changed = new Set<string>();
  const pings = new WeakMap<ConnectedClient, Promise<number | null>>();

  clients.onChanged((connectionId) => {
    if (topic.isEmpty()) return;
    if (changed.size === 0) clock.timer(TOGETHER_MS, tellChanges);
    changed.add(connectionId);
  });

  function tellChanges(): void {
    const ids = [...changed];
    changed.clear();
    const here = ids.map(clients.find).filter((client) => client !== undefined);
    const left = ids.filter((id) => clients.find(id) === undefined);
    topic.tell(told(false, here.map(present), left));
  }

  /** Whoever asks meanwhile gets the same answer: pings must not use up what else a client may be asked. */
  function ping(client: ConnectedClient): Promise<number | null> {
    const underWay = pings.get(client);
    if (underWay !== undefined) return underWay;
    const begun = clock.monotonic();
    const pinged = client.ask("client/ping", {}, { timeoutMs: PING_MS }).then(
      () => clock.monotonic() - begun,
      () => null,
    );
    pings.set(client, pinged);
    return pinged.finally(() => pings.delete(client));
  }

  return {
    topic,
    list: (options) =>
      Promise.all(
        clients.list().map(async (client) => ({
          ...present(client),
          ...(options.ping ? { pingMs: await ping(client) } : {}),
        })),
      ),
  };
}

function present({ connectionId, name, title, face, role, since, watching }: ConnectedClient): PresentClient {
  const runs = watching();
  return { connectionId, name, title, face, role, since, runs: runs.slice(0, MAX_RUNS), runCount: runs.length };
}

function told(whole: boolean, clients: readonly PresentClient[], left: readonly string[]) {
  return shareLines([notificationLine("presence/changed", { whole, clients, left })]);
}
