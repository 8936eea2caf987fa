/**
 * A run carried out anew from its log: the same engine, with recorded answers in place of models, tools, checks, people and
 * copies. Nothing is executed, sent or written; what the engine makes of the answers must be what the log says.
 */

import {
  type Answer,
  NexusError,
  nexusError,
  type RunEvent,
  type RunEventOf,
  RunEvent as RunEventSchema,
  type RunState,
  taintOf,
} from "../../../protocol/index.ts";
import { createWaitGraph } from "../../collaboration/wait-for.ts";
import { nextTimers, nextTurn } from "../../host/clock.ts";
import { priceOf } from "../../models/prices.ts";
import { silentLog } from "../../observability/log-file.ts";
import type { EventLog, Store } from "../../store/store.ts";
import { settingsFromInput } from "../model-settings.ts";
import { allEvents } from "../rewind/listing.ts";
import { type RunContext, RunStopped, record } from "../run-context.ts";
import { carryToEnd, openWindow } from "../run-execution.ts";
import { TEAM_LIMITS, type TeamLimits } from "../team/limits.ts";
import { createMemoryCheckpoints } from "./checkpoint-rows.ts";
import { TIME_FIELDS } from "./compare.ts";
import { createFollower, type Follower, type Stop } from "./follower.ts";
import { createLogClock, type LogClock } from "./log-clock.ts";
import { createOutside, type Outside } from "./outside.ts";
import { recordedAnswers } from "./recorded-answers.ts";
import { recordedChanges } from "./recorded-changes.ts";
import { recordedEvents } from "./recorded-events.ts";
import { createRecordedLog, type RecordedLog } from "./recorded-log.ts";

type Started = RunEventOf<"run.started">;

/** So many turns in which neither the engine nor what it asked outside of itself did anything: it waits for the log. */
const QUIET_TURNS = 4;

type ReadStore = Pick<
  Store,
  "artifacts" | "projections" | "sessions" | "knowledge" | "auditHeads" | "trust" | "outcomes" | "schedules" | "epoch"
> & {
  readonly events: Pick<EventLog, "state" | "readKeyed" | "read">;
};

/** `team`: the limits that the settings give. Rejects with `run.unknown`, `run.active`, and `replay.unreadable` for a log that this version cannot read. */
export async function replayRun(
  store: Store,
  runId: string,
  team: Partial<TeamLimits> = {},
): Promise<Answer<"run/replay">> {
  const state = await store.events.state(runId);
  if (state === undefined) throw nexusError("run.unknown", runId);
  const entries = await allEvents(store, runId);
  for (const { event } of entries) requireReadable(event);
  const log = createRecordedLog(entries);
  if (!entries.some(({ event }) => event.body.type === "run.finished"))
    throw nexusError("run.active", "Only ended runs are replayed.");
  await warmUp(state);
  const led = follow(store, log, state, { ...TEAM_LIMITS, ...team });
  const { follower } = led;
  follower.advance();
  await finished(led, entries.length);
  const { compared, told } = follower.counts;
  const ignored = [...TIME_FIELDS];
  return { runId, events: entries.length, compared, told, ignored, divergence: divergenceOf(follower) };
}

function divergenceOf({ divergence }: Follower): Answer<"run/replay">["divergence"] {
  return divergence === undefined ? null : { ...divergence, fields: [...divergence.fields] };
}

function requireReadable(event: RunEvent): void {
  const parsed = RunEventSchema.safeParse(event);
  if (parsed.success) return;
  const problem = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).slice(0, 3);
  throw nexusError("replay.unreadable", `Event ${event.seq} (${event.body.type}): ${problem.join("; ")}`);
}

/** What is loaded at its first use is loaded before: while it loads, the engine would seem to be stuck. */
async function warmUp(state: RunState): Promise<void> {
  await Promise.all([
    import("../engine.ts"),
    import("../phases/finish.ts"),
    import("../workflows/phase.ts"),
    openWindow(settingsFromInput(state.model)).then(({ counter }) => counter.count("warm")),
  ]);
}

interface Led {
  readonly follower: Follower;
  readonly outside: Outside;
  /** Starts the engine for which the log is ready; false: for none. */
  begin(): boolean;
  /** Lets the time come for which the engine waits; false: for none. */
  wake(): boolean;
}

function follow(real: ReadStore, log: RecordedLog, state: RunState, team: TeamLimits): Led {
  const checkpoints = createMemoryCheckpoints();
  const outside = createOutside();
  const store = outside.watchAll(real);
  let stop = new AbortController();
  let ready: Started | undefined;
  let clock: LogClock | undefined;
  const ports = {
    start: (body: Started) => {
      ready = body;
    },
    stop: ({ kind, reason }: Stop) => stop.abort(new RunStopped(kind, reason)),
  };
  const follower = createFollower(log, ports, {
    stop: ({ kind, reason }) => new RunStopped(kind, reason),
    thrown: (error) => new NexusError(error),
  });
  return {
    follower,
    outside,
    wake: () => clock?.wake() === true,
    // Not from inside of the log's own steps: LangGraph would take the new engine for a part of the one that is dead.
    begin() {
      const body = ready;
      ready = undefined;
      if (body === undefined) return false;
      stop = new AbortController();
      clock = createLogClock(follower);
      const place = {
        store,
        outside,
        log,
        follower,
        clock,
        team,
        checkpoints,
        state,
        model: body.model ?? state.model,
        signal: stop.signal,
      };
      carryOut(contextOf(place), body, follower);
      return true;
    },
  };
}

function carryOut(context: RunContext, { attempt, reason, model }: Started, follower: Follower): void {
  const { generation } = follower;
  record(context, { type: "run.started", attempt, reason, ...(model && { model }) })
    .then(() => carryToEnd(context, async () => undefined))
    .catch((error: unknown) => {
      if (generation === follower.generation) follower.diverge(`The engine ended with an error: ${String(error)}`);
    });
}

interface Place {
  readonly store: ReadStore;
  readonly outside: Outside;
  readonly log: RecordedLog;
  readonly follower: Follower;
  readonly clock: LogClock;
  readonly team: TeamLimits;
  readonly checkpoints: Store["checkpoints"];
  readonly state: RunState;
  readonly model: RunState["model"];
  readonly signal: AbortSignal;
}

function contextOf(place: Place): RunContext {
  const { store, outside, log, follower, clock, checkpoints, state, model: choice, signal } = place;
  const { runId } = state;
  const { generation } = follower;
  const settings = settingsFromInput(choice);
  const hang = () => follower.hang(generation);
  const named = (name = settings.model) =>
    name === settings.model ? settings : { ...settings, model: name, price: null, windowTokens: null };
  const window = outside.ask(openWindow(settings));
  const events = recordedEvents({ log, follower, store: store.events }, runId, generation);
  const { artifacts, projections, sessions, knowledge, auditHeads, trust, outcomes, schedules, epoch } = store;
  return {
    runId,
    store: {
      events,
      artifacts,
      projections,
      sessions,
      knowledge,
      auditHeads,
      trust,
      outcomes,
      schedules,
      epoch,
      checkpoints,
      close: async () => undefined,
    },
    changes: recordedChanges({ log, follower }, generation),
    audit: { record: async () => undefined },
    clock: clock.port,
    log: silentLog,
    // What is in the log has been through it.
    redact: (text) => text,
    learnSecrets: () => undefined,
    signal,
    team: place.team,
    judges: [],
    // Who goes first is told by the log: a turn taken before it would keep the right one from it.
    inTurn: (_key, work) => work(),
    waits: createWaitGraph(),
    modelName: settings.model,
    model: () => ({ name: { provider: settings.provider, model: settings.model }, respond: hang }),
    window: () => window,
    memory: () => ({ rules: hang, map: hang, search: hang, knowledge: hang }),
    price: () => priceOf(settings),
    priceOf: (name) => priceOf(named(name)),
    withModel: (name) => contextOf({ ...place, model: { ...place.model, ...named(name) } }),
    secretOf: () => "",
    onDelta: () => undefined,
    taint: { read: () => taintOf(follower.state ?? state), see: async () => undefined },
    recorded: recordedAnswers({ log, follower, artifacts }, generation),
  };
}

/** Resolves when the log is at its end, or the replay cannot follow it. */
async function finished({ follower, outside, begin, wake }: Led, length: number): Promise<void> {
  const isOver = () => follower.cursor >= length || follower.divergence !== undefined;
  while (!isOver()) {
    await stillness(follower, outside);
    if (isOver() || begin() || wake()) continue;
    if (follower.unstick()) follower.advance();
    else follower.diverge("The engine neither made this event nor asked for anything that could bring it.");
  }
  // Whatever the engine would do beyond the end of the log, it does now.
  await stillness(follower, outside);
  if (follower.divergence === undefined && follower.isBeyond)
    follower.diverge("The engine went on beyond the end of the log.");
}

/**
 * Resolves when the engine waits for the log. No clock tells that: promises are through by the next turn, timers of no length fire in
 * the order in which they were set, and what takes its time outside is waited for, however long that is.
 */
async function stillness(follower: Follower, outside: Outside): Promise<void> {
  let seen = -1;
  for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
    await outside.settled();
    await nextTimers();
    await nextTurn();
    const sign = follower.activity + outside.asked;
    if (sign !== seen) quiet = 0;
    seen = sign;
  }
}
