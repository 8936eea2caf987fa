/** Runs and their slots: taken when a run starts, given back when it ends or waits for a person. */
import type { RunEventBody, RunState } from "../../../protocol/index.ts";
import type { Store } from "../../store/store.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Job, Start } from "./slot-pool.ts";

interface RunSlots {
  /** Calls `begin` when the run has a slot. Resolves with its place in the queue, undefined when it began at once. */
  take(state: RunState, options: { readonly force: boolean }, begin: () => void): Promise<number | undefined>;
  leave(runId: string): void;
  /** Takes a run that waits for its slot out of the queue; false when it does not wait. */
  withdraw(runId: string): boolean;
  awaitsPerson(runId: string): boolean;
}

type Decided = Extract<RunEventBody, { type: "scheduler.decided" }>;

export function createRunSlots({ store, scheduler }: { store: Pick<Store, "events">; scheduler: Scheduler }): RunSlots {
  const queued = new Set<string>();
  const atWork = new Set<string>();
  const withPeople = new Set<string>();

  store.events.subscribe((event, state) => {
    const { runId } = event;
    if (state.status === "awaiting_approval") hold(runId);
    else if (withPeople.delete(runId) && atWork.has(runId))
      scheduler.run(jobOf(state), { force: true }, () => undefined);
  });

  /** Who waits for a person takes no slot from others, and goes on at once when it is answered. */
  function hold(runId: string): void {
    if (withPeople.has(runId)) return;
    withPeople.add(runId);
    if (atWork.has(runId)) scheduler.leaveRun(runId);
  }

  return {
    async take(state, { force }, begin) {
      const { runId } = state;
      withPeople.delete(runId);
      const startNow = () => {
        atWork.add(runId);
        begin();
      };
      const start = (waited: Start | undefined) => {
        if (waited === undefined) return startNow();
        // The reason comes before what the run does; without it the run starts all the same.
        const told = store.events.append(runId, [{ body: startedEvent(waited) }]).catch(() => undefined);
        void told.then(() => {
          if (queued.delete(runId)) startNow();
        });
      };
      // A run that was never begun has waited since it was made, whichever daemon it waited in.
      const since = state.attempt === 0 ? { since: Date.parse(state.createdAt) } : {};
      queued.add(runId);
      const entered = scheduler.run(jobOf(state), { ...since, force }, start);
      if (entered.kind === "started") {
        queued.delete(runId);
        return undefined;
      }
      await store.events.append(runId, [{ body: queuedEvent(scheduler, entered.place) }]);
      return entered.place;
    },
    leave(runId) {
      atWork.delete(runId);
      if (!withPeople.delete(runId)) scheduler.leaveRun(runId);
    },
    withdraw(runId) {
      if (!queued.delete(runId)) return false;
      scheduler.leaveRun(runId);
      return true;
    },
    awaitsPerson: (runId) => withPeople.has(runId),
  };
}

function jobOf({ runId, workspace, sessionId, priority = "normal" }: RunState): Job {
  return { id: runId, group: workspace, flow: sessionId, priority };
}

function queuedEvent(scheduler: Scheduler, place: number): Decided {
  const { active, limit } = scheduler.view().runs;
  const reason = `${active} runs are at work and the limit is ${limit}: the run waits, at place ${place} of the queue.`;
  return { type: "scheduler.decided", about: "run", subject: null, decision: "queued", waitedMs: 0, reason };
}

function startedEvent({ waitedMs, decision, reason }: Start): Decided {
  return { type: "scheduler.decided", about: "run", subject: null, decision, waitedMs, reason };
}
