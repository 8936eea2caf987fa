/** What a client wants to hear of: resources that it subscribed to, and that there are new runs. */
import { nexusError } from "../../../protocol/index.ts";
import { type Desk, runOf } from "./desk.ts";
import { runOfUri, URIS } from "./uris.ts";

/** Names a subscription of this client. */
export type SubscriptionKey = string | number | symbol;

export interface Subscriptions {
  /**
   * Rejects with `run.unknown`, and with `request.invalid` for what is no resource that changes. `wasToldBefore`: the client was told
   * already that it hears of everything, so what happened until now is made up for.
   */
  add(key: SubscriptionKey, uris: readonly string[], options?: { readonly wasToldBefore?: boolean }): Promise<void>;
  remove(key: SubscriptionKey): void;
  close(): void;
}

export interface Changed {
  /** At most ten times a second for one resource. */
  resource(uri: string): void;
  /** There is a new run. */
  list(): void;
}

/** Of one client: each run that is watched costs the daemon and us. */
const MOST = 100;
const MOST_KNOWN = 10_000;
const PAUSE_MS = 100;

export function createSubscriptions(desk: Desk, changed: Changed): Subscriptions {
  const { looking } = desk.links;
  const open = new Map<SubscriptionKey, (() => void)[]>();
  const pauses = new Map<string, () => void>();
  const known = new Set<string>();

  /** What comes within the pause is told once, at its end. */
  function tell(uri: string): void {
    if (pauses.has(uri)) return;
    const cancel = desk.clock.timer(PAUSE_MS, () => {
      pauses.delete(uri);
      changed.resource(uri);
    });
    pauses.set(uri, cancel);
  }

  async function watch(uri: string): Promise<() => void> {
    const runId = runOfUri(uri);
    if (uri === URIS.map) return watchMap();
    if (runId === undefined)
      throw nexusError("request.invalid", `${uri.slice(0, 200)} cannot be subscribed to: runs and ${URIS.map} can.`);
    const { seq } = await runOf(desk, runId);
    return looking.watch(runId, seq, () => tell(uri));
  }

  async function watchMap(): Promise<() => void> {
    const workspace = await desk.folders().resolve();
    return looking.on("memory/progress", (told) => {
      if (told.workspace === workspace && told.progress === null) tell(URIS.map);
    });
  }

  const offRuns = looking.on("run/changed", ({ run }) => {
    if (known.has(run.runId) || !desk.folders().covers(run.workspace)) return;
    if (known.size >= MOST_KNOWN) known.clear();
    known.add(run.runId);
    changed.list();
  });

  return {
    async add(key, uris, { wasToldBefore = false } = {}) {
      const taken: (() => void)[] = [];
      open.get(key)?.forEach((end) => void end());
      open.set(key, taken);
      const room = MOST - [...open.values()].flat().length;
      for (const uri of uris.slice(0, Math.max(0, room))) {
        const watching = watch(uri);
        const end = await (wasToldBefore ? watching.catch(() => undefined) : watching);
        if (end === undefined) continue;
        if (wasToldBefore) tell(uri);
        // It was ended while it began.
        if (open.get(key) === taken) taken.push(end);
        else end();
      }
    },
    remove(key) {
      for (const end of open.get(key) ?? []) end();
      open.delete(key);
    },
    close() {
      offRuns();
      for (const ends of open.values()) for (const end of ends) end();
      for (const cancel of pauses.values()) cancel();
      open.clear();
    },
  };
}
