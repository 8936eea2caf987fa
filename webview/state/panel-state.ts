/** What the page knows, as a pure reducer over the host's messages and what was sent to it. Bounded, however long a run is. */
import type { FileDiff } from "../../protocol/change-set.ts";
import type { ErrorValue } from "../../protocol/errors.ts";
import type { PanelRequest, PanelRequestType } from "../../protocol/panel.ts";
import type { PanelMessage } from "../../protocol/panel-messages.ts";
import type { RunEvent } from "../../protocol/run-events.ts";
import { applyRunEvent, type RunState } from "../../protocol/run-state.ts";

/** As many events as the page holds; older and newer ones are paged in. */
export const MOST_EVENTS = 1000;
const MOST_STREAM_LENGTH = 20_000;

export type DiffState =
  | { readonly status: "loading" }
  | { readonly status: "shown"; readonly diff: FileDiff }
  | { readonly status: "failed"; readonly error: ErrorValue };

export interface PanelState {
  readonly run: RunState | null;
  /** Consecutive events: the newest ones, unless the reader went back far. */
  readonly events: readonly RunEvent[];
  /** True while the last event here is the run's last. */
  readonly atEnd: boolean;
  /** `taskId/turn` → what the model has written so far; `taskId/turn/call` → what a call has printed. */
  readonly streams: Readonly<Record<string, string>>;
  readonly diffs: Readonly<Record<string, DiffState>>;
  readonly connection: { readonly state: "connecting" | "connected"; readonly error: ErrorValue | null };
  /** Requests that were sent and not settled yet. */
  readonly pending: readonly PanelRequestType[];
  /** The last request that failed, until it is dismissed or another is sent. */
  readonly problem: ErrorValue | null;
  /** What the daemon said of the last edit of the plan; null before it and while one is looked at. */
  readonly planEdit: { readonly problems: readonly string[]; readonly warnings: readonly string[] } | null;
  /** Events are missing between state and message: the run must be loaded again. */
  readonly outOfStep: boolean;
}

export type PanelAction =
  | PanelMessage
  | { readonly type: "sent"; readonly request: PanelRequest }
  | { readonly type: "dismissed" };

export const EMPTY_PANEL: PanelState = {
  run: null,
  events: [],
  atEnd: true,
  streams: {},
  diffs: {},
  connection: { state: "connecting", error: null },
  pending: [],
  problem: null,
  planEdit: null,
  outOfStep: false,
};

export function panelReducer(state: PanelState, action: PanelAction): PanelState {
  switch (action.type) {
    case "run": {
      const diffs = action.run.runId === state.run?.runId ? state.diffs : {};
      return { ...state, run: action.run, events: action.events, atEnd: true, streams: {}, diffs, outOfStep: false };
    }
    case "events":
      return withEvents(state, action.events);
    case "page":
      return withPage(state, action.events);
    case "delta":
      return withDelta(state, action);
    case "diff": {
      const { path, diff, error } = action;
      const shown: DiffState | undefined =
        diff !== null ? { status: "shown", diff } : error !== null ? { status: "failed", error } : undefined;
      return shown === undefined ? state : { ...state, diffs: { ...state.diffs, [path]: shown } };
    }
    case "connection":
      return { ...state, connection: { state: action.state, error: action.error } };
    case "planEdited": {
      const { problems, warnings } = action;
      return { ...state, planEdit: { problems, warnings } };
    }
    case "settled": {
      const pending = state.pending.filter((type) => type !== action.request);
      return { ...state, pending, problem: action.error ?? state.problem };
    }
    case "sent":
      return withRequest(state, action.request);
    case "dismissed":
      return { ...state, problem: null };
  }
}

export function streamKey(taskId: string, turn: number, call?: number): string {
  return `${taskId}/${turn}${call === undefined ? "" : `/${call}`}`;
}

/** Of the call that a key of an event names. */
export function callStreamKey(key: string): string {
  return key.replace(/^tool\//, "");
}

function withEvents(state: PanelState, events: readonly RunEvent[]): PanelState {
  let { run, streams } = state;
  try {
    for (const event of events) {
      run = applyRunEvent(run, event);
      streams = withoutStream(streams, event);
    }
  } catch {
    return { ...state, outOfStep: true };
  }
  const changed = events.some((event) => event.body.type === "changes.ready");
  const kept = state.atEnd ? [...state.events, ...events].slice(-MOST_EVENTS) : state.events;
  return { ...state, run, streams, events: kept, diffs: changed ? {} : state.diffs };
}

/** Going back drops the newest events, so that the page never holds more than its share. */
function withPage(state: PanelState, older: readonly RunEvent[]): PanelState {
  const first = state.events[0]?.seq ?? 0;
  const fitting = older.filter((event) => event.seq < first);
  const events = [...fitting, ...state.events];
  return { ...state, events: events.slice(0, MOST_EVENTS), atEnd: state.atEnd && events.length <= MOST_EVENTS };
}

type Delta = Extract<PanelMessage, { type: "delta" }>;

function withDelta(state: PanelState, delta: Delta): PanelState {
  const key = streamKey(delta.taskId, delta.turn, delta.call);
  const text = ((state.streams[key] ?? "") + delta.text).slice(-MOST_STREAM_LENGTH);
  return { ...state, streams: { ...state.streams, [key]: text } };
}

/** The whole text comes with the answer or the result; a call that failed begins anew. */
function withoutStream(streams: PanelState["streams"], { body }: RunEvent): PanelState["streams"] {
  const ended = endedStream(body);
  if (ended === undefined || streams[ended] === undefined) return streams;
  const { [ended]: _, ...rest } = streams;
  return rest;
}

function endedStream(body: RunEvent["body"]): string | undefined {
  switch (body.type) {
    case "model.requested":
    case "model.responded":
    case "model.failed":
      return streamKey(body.taskId, body.turn);
    case "tool.requested":
    case "tool.finished":
      return callStreamKey(body.key);
    default:
      return undefined;
  }
}

function withRequest(state: PanelState, request: PanelRequest): PanelState {
  const pending = [...state.pending.filter((type) => type !== request.type), request.type];
  const planEdit = request.type === "editPlan" ? null : state.planEdit;
  const sent = { ...state, pending, planEdit, problem: null };
  if (request.type !== "diff") return sent;
  return { ...sent, diffs: { ...state.diffs, [request.path]: { status: "loading" } } };
}
