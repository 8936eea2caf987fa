/**
 * Leads a replay along the log. Whatever the engine appends waits until the log is there, and must then be what the log says; so
 * tasks side by side meet in the same order as they did. What the log has from others is told when its turn comes.
 * A restart in the log leaves the engine where it is, for ever, and begins it anew.
 */
import { applyRunEvent, type RunEvent, type RunEventBody, type RunState } from "../../../protocol/index.ts";
import type { ToolCall } from "../../models/model.ts";
import type { KeyedEvent } from "../../store/store.ts";
import { differences } from "./compare.ts";
import { identityOf, isAnswer, isHeldBack, isTold, isToldWhenQuiet, taskOf } from "./event-kinds.ts";
import type { RecordedLog } from "./recorded-log.ts";

export interface Divergence {
  /** Number of the recorded event at which the replay could not follow; one above the last: the engine went on. */
  readonly seq: number;
  readonly recorded: RunEventBody | null;
  readonly made: RunEventBody | null;
  readonly fields: readonly string[];
  readonly reason: string;
}

export interface Stop {
  readonly kind: "cancel" | "suspend";
  readonly reason: string;
}

export interface FollowerPorts {
  /** The log is at a `run.started`: begin the engine, which appends it. The one before is dead. */
  start(body: Extract<RunEventBody, { type: "run.started" }>): void;
  /** The log says that the engine was stopped here. */
  stop(stop: Stop): void;
}

export interface Follower {
  readonly generation: number;
  readonly cursor: number;
  readonly counts: { readonly compared: number; readonly told: number };
  /** Milliseconds since 1970 of the last event. */
  readonly now: number;
  /** The same of the next one; undefined at the log's end. */
  readonly nextAt: number | undefined;
  readonly divergence: Divergence | undefined;
  /** Grows with everything that the engine does. */
  readonly activity: number;
  readonly state: RunState | undefined;
  /** The log is at its end, and the engine wants to append more. */
  readonly isBeyond: boolean;
  committed(key: string): RunEvent | undefined;
  append(generation: number, body: RunEventBody, key: string | undefined): Promise<RunEvent>;
  /** Whether the log has such an event, told already or still to come before the next restart. */
  isAhead(body: RunEventBody, key: string | undefined): boolean;
  /** Resolves with the event of this key, which lies ahead, once the log is there. */
  claim(generation: number, key: string): Promise<RunEvent>;
  /** The engine carries out this call until its result is claimed. */
  open(key: string, call: ToolCall): void;
  /** Never resolves; rejects when the engine is stopped, or with what the world threw. */
  hang(generation: number): Promise<never>;
  listen(listener: (event: RunEvent, state: RunState) => void): () => void;
  advance(): void;
  /** Nothing moves any more: does what is left to do; false when there is nothing. */
  unstick(): boolean;
  diverge(reason: string): void;
}

type Delivered = Extract<RunEventBody, { type: "prompt.delivered" }>;

interface Waiter {
  readonly generation: number;
  readonly body: RunEventBody;
  readonly key: string | undefined;
  resolve(event: RunEvent): void;
  reject(error: unknown): void;
}

export function createFollower(log: RecordedLog, ports: FollowerPorts, failAll: FailureOf): Follower {
  const { entries, historyEnd } = log;
  const byKey = new Map<string, RunEvent>();
  const listeners = new Set<(event: RunEvent, state: RunState) => void>();
  const claims = new Map<string, (event: RunEvent) => void>();
  const calls = new Map<string, ToolCall>();
  const counts = { compared: 0, told: 0 };
  let waiters: Waiter[] = [];
  let hanging: { readonly reject: (error: unknown) => void; readonly generation: number }[] = [];
  let [cursor, generation, activity, startedAt] = [0, 0, 0, -1];
  let state: RunState | undefined;
  let divergence: Divergence | undefined;
  let isStopped = false;
  let stopError: unknown;
  let wasCancelled = false;

  function commit({ event, key }: KeyedEvent, how: keyof typeof counts): void {
    cursor++;
    counts[how]++;
    activity++;
    state = applyRunEvent(state ?? null, event);
    if (key !== null) byKey.set(key, event);
    if (event.body.type === "run.cancel_requested") wasCancelled = true;
    for (const listener of listeners) listener(event, state);
  }

  function advance(): void {
    while (divergence === undefined) {
      const entry = entries[cursor];
      if (entry === undefined || !step(entry)) return;
    }
  }

  /** True when the log went on by one event. */
  function step(entry: KeyedEvent): boolean {
    const { body } = entry.event;
    if (cursor >= historyEnd && isToldWhenQuiet(body)) return false;
    if (cursor < historyEnd || isTold(body, entry.key) || isInsideOfCall(body)) return told(entry);
    if (body.type === "run.started" && startedAt !== cursor) return start(body);
    if (endsByStop(body)) return stop(body);
    const waiter = waiters.find((one) => fits(one, entry));
    if (waiter !== undefined) return made(entry, waiter);
    return isAnswer(body) && answered(entry);
  }

  function told(entry: KeyedEvent): boolean {
    commit(entry, "told");
    // The engine may say it too; what it says of the world is not compared.
    const waiter = waiters.find((one) => fits(one, entry));
    waiters = waiters.filter((one) => one !== waiter);
    waiter?.resolve(entry.event);
    const claimed = entry.key === null ? undefined : claims.get(entry.key);
    if (entry.key !== null) claims.delete(entry.key);
    claimed?.(entry.event);
    return true;
  }

  function start(body: Extract<RunEventBody, { type: "run.started" }>): boolean {
    startedAt = cursor;
    generation++;
    [waiters, hanging, isStopped, wasCancelled] = [[], [], false, false];
    claims.clear();
    calls.clear();
    ports.start(body);
    return false;
  }

  function made(entry: KeyedEvent, waiter: Waiter): boolean {
    const fields = differences(entry.event.body, waiter.body);
    if (fields.length > 0) {
      fail(`The engine made another event of this kind: ${fields.slice(0, 5).join(", ")} differ.`, waiter.body, fields);
      return false;
    }
    waiters.splice(waiters.indexOf(waiter), 1);
    commit(entry, "compared");
    waiter.resolve(entry.event);
    return true;
  }

  /** Of a tool's call: only when the engine makes it, with the same arguments. */
  function answered(entry: KeyedEvent): boolean {
    const { body } = entry.event;
    if (body.type === "tool.requested") {
      const call = calls.get(body.key);
      if (call === undefined) return false;
      const same = body.tool === call.tool && body.callId === call.callId && call.argumentsText.startsWith(body.input);
      if (same) return told(entry);
      fail(`The engine called ${call.tool} with other arguments.`, null, ["tool", "callId", "input"]);
      return false;
    }
    if (entry.key === null || !claims.has(entry.key)) return false;
    if (body.type === "tool.finished") calls.delete(body.key);
    return told(entry);
  }

  /**
   * A child's work has its place in its id, and what a program asks of a model in its key: they belong to the call that
   * handed the work over or ran the program, whose result is recorded.
   */
  function isInsideOfCall(body: RunEventBody): boolean {
    const taskId = taskOf(body);
    const { key } = "key" in body ? body : { key: "" };
    if ([...calls.keys()].some((call) => key.startsWith(`${call}/model/`))) return true;
    if (taskId === undefined || calls.size === 0) return false;
    return [...calls.keys()].some((key) => {
      const child = key.replace(/^tool\//, "").replace(/\/(\d+)\/(\d+)$/, ".$1.$2");
      return taskId === child || taskId.startsWith(`${child}.`);
    });
  }

  function endsByStop(body: RunEventBody): boolean {
    if (isStopped) return false;
    return body.type === "run.suspended" || (body.type === "run.finished" && isCancelled(body));
  }

  function isCancelled(body: RunEventBody): boolean {
    return wasCancelled && body.type === "run.finished" && body.status === "cancelled";
  }

  function stop(body: RunEventBody): false {
    isStopped = true;
    const kind = body.type === "run.suspended" ? "suspend" : "cancel";
    const reason = body.type === "run.suspended" ? body.reason : "cancelled";
    const error = failAll.stop({ kind, reason });
    stopError = error;
    ports.stop({ kind, reason });
    rejectHanging(error);
    const end = log.segmentEnd(startedAt);
    const [kept, lost] = split(waiters, (one) => entries.slice(cursor, end).some((entry) => fits(one, entry)));
    waiters = kept;
    for (const one of lost) one.reject(error);
    return false;
  }

  function rejectHanging(error: unknown): void {
    const all = hanging;
    hanging = [];
    for (const one of all) one.reject(error);
  }

  function fail(reason: string, body: RunEventBody | null, fields: readonly string[]): void {
    divergence ??= { seq: cursor + 1, recorded: entries[cursor]?.event.body ?? null, made: body, fields, reason };
  }

  function isAhead(body: RunEventBody, key: string | undefined): boolean {
    if (key !== undefined && byKey.has(key)) return true;
    const waiter = { generation, body, key, resolve: () => undefined, reject: () => undefined };
    return entries.slice(cursor, log.segmentEnd(startedAt)).some((entry) => fits(waiter, entry));
  }

  /** The log tells which agent got a person's words, and before which turn: the others hear that it was not them. */
  function deliveredElsewhere(body: Delivered, key: string | undefined): RunEvent | undefined {
    const event = entries[log.indexOfKey(key ?? "") ?? -1]?.event;
    if (event?.body.type !== "prompt.delivered") {
      const nobody = { ...body, taskId: "" };
      return { runId: state?.runId ?? "", seq: 0, at: "", body: nobody };
    }
    return event.body.taskId === body.taskId && event.body.turn === body.turn ? undefined : event;
  }

  /** In this order: what people asked of a task, a stop that the log tells later, what the world threw, what a tool did inside. */
  function unstick(): boolean {
    const entry = entries[cursor];
    if (entry === undefined) return false;
    if (isToldWhenQuiet(entry.event.body) || isHeldBack(entry.event.body, entry.key)) return told(entry);
    const end = entries.slice(cursor, log.segmentEnd(startedAt)).find(({ event }) => endsByStop(event.body));
    if (end !== undefined) {
      stop(end.event.body);
      return true;
    }
    const thrown = log.first("run.finished", { from: cursor, to: log.segmentEnd(startedAt) })?.error;
    if (hanging.length > 0 && thrown !== undefined) {
      rejectHanging(failAll.thrown(thrown));
      return true;
    }
    return calls.size > 0 && !isAnswer(entry.event.body) && told(entry);
  }

  return {
    get generation() {
      return generation;
    },
    get cursor() {
      return cursor;
    },
    counts,
    get now() {
      return Date.parse(entries[Math.max(0, cursor - 1)]?.event.at ?? "");
    },
    get nextAt() {
      const at = entries[cursor]?.event.at;
      return at === undefined ? undefined : Date.parse(at);
    },
    get divergence() {
      return divergence;
    },
    get activity() {
      return activity;
    },
    get state() {
      return state;
    },
    get isBeyond() {
      return cursor === entries.length && waiters.length > 0;
    },
    isAhead,
    committed: (key) => byKey.get(key),
    append(own, body, key) {
      activity++;
      const { promise, resolve, reject } = Promise.withResolvers<RunEvent>();
      if (own !== generation) return promise;
      const known = key === undefined ? undefined : byKey.get(key);
      if (known !== undefined) return Promise.resolve(known);
      const elsewhere = body.type === "prompt.delivered" ? deliveredElsewhere(body, key) : undefined;
      if (elsewhere !== undefined) return Promise.resolve(elsewhere);
      // What this machine says of the world and the log does not is no part of the run.
      if (isTold(body) && !isAhead(body, key))
        return Promise.resolve({ runId: state?.runId ?? "", seq: 0, at: "", body });
      waiters.push({ generation: own, body, key, resolve, reject });
      advance();
      return promise;
    },
    claim(own, key) {
      activity++;
      const { promise, resolve, reject } = Promise.withResolvers<RunEvent>();
      if (own !== generation) return promise;
      claims.set(key, resolve);
      hanging.push({ reject, generation: own });
      advance();
      return promise;
    },
    open: (key, call) => void calls.set(key, call),
    hang(own) {
      activity++;
      const { promise, reject } = Promise.withResolvers<never>();
      if (own !== generation) return promise;
      if (isStopped) reject(stopError);
      else hanging.push({ reject, generation: own });
      return promise;
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    advance,
    unstick,
    diverge: (reason) => fail(reason, waiters[0]?.body ?? null, []),
  };
}

/** How what is thrown is made: the engine tells a stop from a failure by its kind. */
export interface FailureOf {
  stop(stop: Stop): unknown;
  thrown(error: NonNullable<Extract<RunEventBody, { type: "run.finished" }>["error"]>): unknown;
}

function fits({ body, key }: Waiter, { event, key: recorded }: KeyedEvent): boolean {
  if (key !== undefined) return key === recorded;
  return recorded === null && identityOf(body) === identityOf(event.body);
}

function split<Value>(values: readonly Value[], keep: (value: Value) => boolean): [Value[], Value[]] {
  return [values.filter(keep), values.filter((value) => !keep(value))];
}
