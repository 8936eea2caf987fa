/** The watchers of one run over one connection: the daemon is asked once, from the event that the slowest of them lacks. */
import type { ClientConnection, RunEvent } from "../../protocol/index.ts";
import { NexusError, nexusError } from "../../protocol/index.ts";

export interface RunWatcher {
  /** Events up to this number are known. */
  readonly after: number;
  readonly onEvent: (event: RunEvent) => void;
  readonly onEnd: (error: NexusError) => void;
}

export interface RunFeed {
  /** The function ends the watcher; with the last one the feed ends. */
  add(watcher: RunWatcher): () => void;
  /** A connection to watch over: the first, a later one after a loss, or the same again after `add`. */
  connected(connection: ClientConnection): void;
}

interface Member extends RunWatcher {
  seen: number;
}

export function createRunFeed(runId: string, onEmpty: () => void): RunFeed {
  const members = new Set<Member>();
  let over: ClientConnection | undefined;
  let unsubscribe: () => void = () => undefined;
  /** The number up to which the present watch has told. */
  let position = Number.POSITIVE_INFINITY;
  /** Requests to watch that are not answered yet: what comes meanwhile may be of the watch before. */
  let asking = 0;
  /** The last event before a gap for which the watch was begun anew. */
  let gapAfter: number | undefined;

  const leastSeen = () => Math.min(...[...members].map(({ seen }) => seen));

  function watch(connection: ClientConnection, after: number): void {
    position = after;
    asking += 1;
    const answered = connection.request("run/watch", { runId, after });
    answered
      .catch((error: unknown) => failed(connection, error))
      .finally(() => {
        asking -= 1;
      });
  }

  /** The daemon promises that there is no gap; where there is one all the same, nobody may wait for ever. */
  function mindGap(connection: ClientConnection, seq: number): void {
    const seen = leastSeen();
    if (asking > 0 || seen >= seq) return;
    if (gapAfter === seen) failed(connection, nexusError("run.internal", `Event ${seen + 1} of the run was not told.`));
    else {
      gapAfter = seen;
      watch(connection, seen);
    }
  }

  function tell(connection: ClientConnection, event: RunEvent): void {
    if (event.runId !== runId) return;
    position = event.seq;
    // A watch that was begun anew for one member tells the others again what they have.
    for (const member of members) {
      if (event.seq !== member.seen + 1) continue;
      member.seen = event.seq;
      member.onEvent(event);
    }
    mindGap(connection, event.seq);
  }

  function failed(connection: ClientConnection, error: unknown): void {
    if (over !== connection) return;
    const value = error instanceof NexusError ? error : nexusError("daemon.unreachable", String(error));
    // A lost connection is taken up again; everything else is the daemon's last word about this run.
    if (value.value.code === "daemon.unreachable") return;
    const told = [...members];
    end();
    for (const member of told) member.onEnd(value);
  }

  function end(): void {
    members.clear();
    unsubscribe();
    over = undefined;
    onEmpty();
  }

  function remove(member: Member): void {
    if (!members.delete(member) || members.size > 0) return;
    over?.request("run/unwatch", { runId }).catch(() => undefined);
    end();
  }

  return {
    add(watcher) {
      const member: Member = { ...watcher, seen: watcher.after };
      members.add(member);
      return () => remove(member);
    },
    connected(connection) {
      if (connection !== over) {
        unsubscribe();
        over = connection;
        position = Number.POSITIVE_INFINITY;
        unsubscribe = connection.on("run/event", ({ event }) => tell(connection, event));
      }
      const after = leastSeen();
      if (members.size > 0 && after < position) watch(connection, after);
    },
  };
}
