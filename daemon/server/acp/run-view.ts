/**
 * One run as a session shows it: events and pieces of text become updates, in order, however slow the client reads. What it
 * does not read in time is not kept here but read again from the daemon.
 */
import {
  isEnded,
  type ModelSettingsInput,
  NexusError,
  type NotificationParams,
  nexusError,
  type Question,
  type RunEvent,
  type RunState,
} from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { DaemonLink } from "../link.ts";
import type { SessionClient } from "./client.ts";
import { createPermissionAsker } from "./permission.ts";
import { createQuestionAsker } from "./question.ts";
import { createRunUpdates, type RunUpdates, type RunUpdatesOptions } from "./run-updates.ts";

type Delta = NotificationParams<"run/delta">;

export interface RunViewOptions extends Omit<RunUpdatesOptions, "client"> {
  readonly sessionId: string;
  readonly workspace: string;
  readonly client: SessionClient;
  readonly link: DaemonLink;
  readonly clock: Pick<Clock, "timer">;
  /** For a daemon that took the run up without its key. */
  readonly modelSettings: ModelSettingsInput | undefined;
  /** Of a run that was told from its log: it goes on from there. */
  readonly updates?: RunUpdates;
  readonly onSpoken: (question: Question) => void;
  /** After everything that an event means for the client was told. */
  readonly onState: (state: RunState, event: RunEvent) => void;
}

export interface RunView {
  readonly runId: string;
  /** Undefined before the first event. */
  readonly state: RunState | undefined;
  /** Resolves when the run has ended and all of it is told; rejects when it cannot be followed. */
  readonly ended: Promise<RunState>;
  close(): void;
}

const MOST_EVENTS = 500;
const MOST_DELTAS = 200;
const OUTPUT_MS = 200;
const NOTHING = () => undefined;

export function openRunView(options: RunViewOptions): RunView {
  const { runId, sessionId, client, link, clock } = options;
  const updates = options.updates ?? createRunUpdates({ ...options, client: client.abilities }, options.workspace);
  updates.goLive();
  const permissions = createPermissionAsker({ sessionId, client, link, calls: updates.calls });
  const questions = createQuestionAsker({ sessionId, client, link, onSpoken: options.onSpoken });
  const ended = Promise.withResolvers<RunState>();
  ended.promise.catch(() => undefined);
  const queue: (RunEvent | Delta)[] = [];
  const printing = new Set<string>();
  const waiting = { events: 0, deltas: 0 };
  let isWorking = false;
  let isClosed = false;
  let unwatch: () => void = NOTHING;
  let stopPrinting: (() => void) | undefined;

  function watch(): void {
    unwatch = link.watch(runId, updates.state?.seq ?? 0, onEvent, (error) => ended.reject(error));
  }

  function onEvent(event: RunEvent): void {
    if (waiting.events >= MOST_EVENTS) {
      // Read again from here when the client has caught up.
      unwatch();
      unwatch = NOTHING;
      return;
    }
    waiting.events += 1;
    add(event);
  }

  function onDelta(delta: Delta): void {
    if (delta.runId !== runId) return;
    if (delta.call !== undefined) printed(delta);
    else if (waiting.deltas >= MOST_DELTAS) updates.lost();
    else {
      waiting.deltas += 1;
      add(delta);
    }
  }

  /** What a command prints is told a few times a second, as a whole. */
  function printed(delta: Delta): void {
    const id = updates.calls.printed(delta);
    if (id === undefined) return;
    printing.add(id);
    stopPrinting ??= clock.timer(OUTPUT_MS, () => {
      stopPrinting = undefined;
      const told = [...printing].flatMap((call) => updates.calls.output(call));
      printing.clear();
      void client.tell(told);
    });
  }

  function add(item: RunEvent | Delta): void {
    queue.push(item);
    if (!isWorking) void work();
  }

  async function work(): Promise<void> {
    isWorking = true;
    try {
      for (let item = queue.shift(); item !== undefined && !isClosed; item = queue.shift()) {
        if ("seq" in item) await tellEvent(item);
        else {
          waiting.deltas -= 1;
          await client.tell(updates.delta(item));
        }
      }
    } catch (error) {
      ended.reject(error instanceof NexusError ? error : nexusError("run.internal", String(error)));
    }
    isWorking = false;
  }

  async function tellEvent(event: RunEvent): Promise<void> {
    waiting.events -= 1;
    if (event.seq !== (updates.state?.seq ?? 0) + 1) return;
    await client.tell(updates.event(event));
    const { state } = updates;
    if (state === undefined || isClosed) return;
    await permissions.answered(event);
    permissions.update(state);
    questions.update(state);
    if (event.body.type === "run.suspended") void bringKey();
    options.onState(state, event);
    if (waiting.events === 0 && unwatch === NOTHING) watch();
    if (event.body.type === "run.finished" && isEnded(state.status)) ended.resolve(state);
  }

  /** A key lives in the memory of the daemon that got it; a new one leaves such a run suspended until it has a key again. */
  async function bringKey(): Promise<void> {
    const { modelSettings } = options;
    if (modelSettings?.apiKey == null || isClosed) return;
    try {
      const { run } = await link.request("run/show", { runId });
      if (run.status === "suspended") await link.request("run/resume", { runId, modelSettings });
    } catch (error) {
      // The daemon has taken it up by itself, or is about to end.
      if (!(error instanceof NexusError)) ended.reject(error);
    }
  }

  const ends = [
    link.on("run/delta", onDelta),
    link.onLost(() => updates.lost()),
    link.onConnected(() => void bringKey()),
  ];
  watch();
  if (options.from !== undefined) {
    permissions.update(options.from);
    questions.update(options.from);
  }
  return {
    runId,
    get state() {
      return updates.state;
    },
    ended: ended.promise,
    close() {
      isClosed = true;
      for (const end of ends) end();
      stopPrinting?.();
      permissions.stop();
      questions.stop();
      unwatch();
    },
  };
}
