import { describe, expect, it } from "vitest";
import { applyRunEvent, type RunEventBody, type RunState } from "../../../protocol/index.ts";
import { EMPTY_PANEL, MOST_EVENTS, type PanelState, panelReducer } from "../../../webview/state/panel-state.ts";
import { CREATED, FINISHED, modelRequested, modelResponded, numbered, toolCall, WORKING } from "../sample-run.ts";

function loaded(bodies: readonly RunEventBody[], shown = bodies.length): PanelState {
  const events = numbered(bodies);
  const run = events.reduce<RunState | null>(applyRunEvent, null);
  if (run === null) throw new Error("a run begins with run.created");
  return panelReducer(EMPTY_PANEL, { type: "run", run, events: events.slice(-shown) });
}

const chatter = (count: number): RunEventBody[] => [
  CREATED,
  ...Array.from({ length: count - 1 }, (_, index): RunEventBody => {
    return { type: "run.noticed", level: "info", code: "n", message: `notice ${index}` };
  }),
];

describe("the page's state", () => {
  it("folds later events into the same state as the whole log", () => {
    const state = panelReducer(loaded(WORKING), { type: "events", events: numbered(FINISHED).slice(WORKING.length) });
    expect(state.run).toEqual(loaded(FINISHED).run);
    expect(state.events).toHaveLength(FINISHED.length);
  });

  it("asks for the run again when events are missing, and recovers with it", () => {
    const broken = panelReducer(loaded(WORKING), { type: "events", events: numbered(FINISHED).slice(-1) });
    expect(broken.outOfStep).toBe(true);
    expect(broken.run).toEqual(loaded(WORKING).run);
    const { run, events } = loaded(FINISHED);
    if (run === null) throw new Error("no run");
    expect(panelReducer(broken, { type: "run", run, events: [...events] }).outOfStep).toBe(false);
  });

  it("never holds more events than its share, whichever way the reader goes", () => {
    const all = numbered(chatter(3000));
    let state = loaded(chatter(2000), 200);
    state = panelReducer(state, { type: "events", events: all.slice(2000, 3000) });
    expect(state.events).toHaveLength(MOST_EVENTS);
    expect(state.events.at(-1)?.seq).toBe(3000);
    for (const end of [2000, 1800]) state = panelReducer(state, { type: "page", events: all.slice(end - 200, end) });
    expect(state.events).toHaveLength(MOST_EVENTS);
    expect(state.events[0]?.seq).toBe(1601);
    expect(state.atEnd).toBe(false);
  });

  it("keeps the reader's place: new events change the state but not the list while it is not at the end", () => {
    const all = numbered(chatter(1300));
    let state = panelReducer(loaded(chatter(1200), 1000), { type: "page", events: all.slice(0, 200) });
    const shown = state.events;
    state = panelReducer(state, { type: "events", events: all.slice(1200, 1300) });
    expect(state.events).toBe(shown);
    expect(state.run?.seq).toBe(1300);
  });

  it("ignores a page that was sent twice", () => {
    const all = numbered(chatter(600));
    const once = panelReducer(loaded(chatter(600), 200), { type: "page", events: all.slice(200, 400) });
    const twice = panelReducer(once, { type: "page", events: all.slice(200, 400) });
    expect(twice.events.map(({ seq }) => seq)).toEqual(once.events.map(({ seq }) => seq));
  });

  it("joins streamed pieces, bounded, and drops them when the answer is there", () => {
    const working: RunEventBody[] = [CREATED, modelRequested("t", 1, 10)];
    let state = loaded(working);
    for (const text of ["Hel", "lo"]) state = panelReducer(state, { type: "delta", taskId: "t", turn: 1, text });
    expect(state.streams["t/1"]).toBe("Hello");
    state = panelReducer(state, { type: "delta", taskId: "t", turn: 1, text: "x".repeat(100_000) });
    expect(state.streams["t/1"]).toHaveLength(20_000);
    const answered = numbered([...working, modelResponded("t", 1, "Hello", [])]).slice(-1);
    expect(panelReducer(state, { type: "events", events: answered }).streams).toEqual({});
  });

  it("keeps what a call prints apart from the answer, until its result is there", () => {
    const [asked, finished] = toolCall("t", 3, "run_command", { command: "make" }, "all of it");
    if (asked === undefined || finished === undefined) throw new Error("a call is two events");
    const named = (body: RunEventBody) => ({ ...body, key: "tool/t/1/3" }) as RunEventBody;
    const working: RunEventBody[] = [CREATED, named(asked)];
    let state = loaded(working);
    state = panelReducer(state, { type: "delta", taskId: "t", turn: 1, text: "answer" });
    for (const text of ["cc a.c\n", "cc b.c\n"])
      state = panelReducer(state, { type: "delta", taskId: "t", turn: 1, call: 3, text });
    expect(state.streams).toEqual({ "t/1": "answer", "t/1/3": "cc a.c\ncc b.c\n" });
    const events = numbered([...working, named(finished)]).slice(-1);
    expect(panelReducer(state, { type: "events", events }).streams).toEqual({ "t/1": "answer" });
  });

  it("knows which requests are under way, and what failed", () => {
    const asked = panelReducer(loaded(WORKING), { type: "sent", request: { type: "cancel" } });
    expect(asked.pending).toEqual(["cancel"]);
    const error = { code: "run.ended", message: "The run has already ended.", hint: "Send a new prompt." };
    const settled = panelReducer(asked, { type: "settled", request: "cancel", error });
    expect(settled.pending).toEqual([]);
    expect(settled.problem).toEqual(error);
    expect(panelReducer(settled, { type: "dismissed" }).problem).toBeNull();
  });

  it("forgets diffs when the change set is made anew, and when another run is shown", () => {
    const diff = { path: "a", status: "modified" as const, binary: false, patch: "", truncated: false };
    const shown = panelReducer(loaded(WORKING), { type: "diff", path: "a", diff, error: null });
    expect(Object.keys(shown.diffs)).toEqual(["a"]);
    const events = numbered(FINISHED).slice(WORKING.length);
    expect(panelReducer(shown, { type: "events", events }).diffs).toEqual({});
    const run = { ...loaded(WORKING).run, runId: "another" } as RunState;
    expect(panelReducer(shown, { type: "run", run, events: [] }).diffs).toEqual({});
  });
});
