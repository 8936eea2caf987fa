/** Runs without an engine: a log of events in memory, and a record of what was asked. */

import type { RunService } from "../../daemon/orchestration/run-service.ts";
import type { NotificationParams, RunEvent, RunEventBody, RunState, RunSummary } from "../../protocol/index.ts";
import { applyRunEvent, nexusError } from "../../protocol/index.ts";

export interface FakeRunService extends RunService {
  /** Requests with their parameters, in order. */
  readonly calls: { readonly name: string; readonly params: unknown; readonly by: string | undefined }[];
  /** Commits one event and tells it, as the real service does. */
  emit(runId: string, body: RunEventBody): RunEvent;
  delta(runId: string, text: string): void;
  deltaOf(delta: NotificationParams<"run/delta">): void;
  changed(run: RunSummary): void;
  setActiveRuns(count: number): void;
  /** Answers for requests whose answer the test wants to choose; throw to fail. */
  answers: Partial<Record<string, (params: never) => unknown>>;
  /** Called before each page of events is read. */
  beforeRead: () => Promise<void>;
  state(runId: string): RunState;
  recovered: boolean;
  drained: string | undefined;
}

export const created = (prompt = "do it"): RunEventBody => ({
  type: "run.created",
  sessionId: "session-1",
  workspace: "/work",
  prompt,
  mode: "act",
  headless: true,
  autoApply: false,
  model: { provider: "replay", model: "recorded" },
  budgetUsd: null,
  policy: {},
  continues: null,
});

export const notice = (message: string): RunEventBody => ({
  type: "run.noticed",
  level: "info",
  code: "test",
  message,
});

export function summary(runId: string, prompt = "do it"): RunSummary {
  const at = "2026-01-01T00:00:00.000Z";
  const about = { runId, sessionId: "session-1", workspace: "/work", prompt, status: "working" as const };
  return { ...about, costUsd: 0, pendingFiles: 0, createdAt: at, updatedAt: at };
}

function session() {
  const at = "2026-01-01T00:00:00.000Z";
  const settings = { mode: "act" as const };
  return { sessionId: "session-1", workspace: "/work", title: "do it", settings, createdAt: at, updatedAt: at };
}

export function createFakeRunService(): FakeRunService {
  const logs = new Map<string, RunEvent[]>();
  const states = new Map<string, RunState>();
  const onEvent = new Set<(event: RunEvent, state: RunState) => void>();
  const onDelta = new Set<(delta: NotificationParams<"run/delta">) => void>();
  const onChanged = new Set<(run: RunSummary) => void>();
  let activeRuns = 0;
  const listen =
    <Listener>(set: Set<Listener>) =>
    (listener: Listener) => {
      set.add(listener);
      return () => set.delete(listener);
    };

  const logOf = (runId: string): RunEvent[] => {
    const log = logs.get(runId);
    if (log === undefined) throw nexusError("run.unknown", runId);
    return log;
  };

  const respond = (name: string, fallback: (params: never) => unknown) => {
    return async (params: never, caller?: { name: string }) => {
      service.calls.push({ name, params, by: caller?.name });
      return (service.answers[name] ?? fallback)(params) as never;
    };
  };

  const service: FakeRunService = {
    calls: [],
    answers: {},
    beforeRead: async () => undefined,
    recovered: false,
    drained: undefined,
    start: respond("start", () => ({ runId: "run-1", sessionId: "session-1" })),
    prompt: respond("prompt", () => ({ promptId: "prompt-1" })),
    list: respond("list", () => ({ runs: [...logs.keys()].map((runId) => summary(runId)), nextCursor: null })),
    show: respond("show", ({ runId }: { runId: string }) => ({ run: service.state(runId) })),
    cancel: respond("cancel", () => ({})),
    resume: respond("resume", () => ({})),
    async controlTask(action, params, { name }) {
      service.calls.push({ name: `task/${action}`, params, by: name });
      return {};
    },
    answer: respond("answer", () => ({})),
    answerQuestion: respond("answerQuestion", () => ({})),
    approvals: async () => ({
      approvals: [...states].flatMap(([runId, { pendingApprovals }]) =>
        pendingApprovals.map((approval) => ({ runId, approval })),
      ),
    }),
    showPlan: respond("showPlan", () => ({ plan: null, milestones: [], revisions: 0, tasks: [] })),
    editPlan: respond("editPlan", () => ({
      change: { added: [], removed: [], changed: [] },
      problems: [],
      warnings: [],
    })),
    planHistory: respond("planHistory", () => ({ outcomes: [] })),
    diff: respond("diff", ({ path }: { path: string }) => ({
      diff: { path, status: "modified", binary: false, patch: "@@ -1 +1 @@\n-a\n+b\n", truncated: false },
    })),
    file: respond("file", () => ({ text: null })),
    taken: respond("taken", () => ({ taken: [], conflicts: [] })),
    accept: respond("accept", () => ({ accepted: ["a.ts"], conflicts: [] })),
    discard: respond("discard", () => ({ discarded: ["a.ts"] })),
    checkpoints: respond("checkpoints", () => ({ checkpoints: [], canUndo: false, accepted: [] })),
    checkpointDiff: respond("checkpointDiff", () => ({ files: [], patch: "", truncated: false })),
    rewind: respond("rewind", () => ({ files: [], conflicts: [], newRunId: null })),
    fork: respond("fork", () => ({ runId: "run-2", sessionId: "session-1" })),
    sessions: {
      create: respond("session/create", () => ({ session: session() })),
      list: respond("session/list", () => ({ sessions: [session()], nextCursor: null })),
      show: respond("session/show", () => ({ session: session() })),
      update: respond("session/update", () => ({ session: session() })),
      delete: respond("session/delete", () => ({})),
    },
    workflows: {
      list: respond("workflow/list", () => ({ workflows: [] })),
      validate: respond("workflow/validate", () => ({ problems: [] })),
      states: respond("workflow/states", () => ({ states: [] })),
      compare: respond("workflow/compare", () => ({ steps: [] })),
      migrate: respond("workflow/migrate", () => ({ steps: [], migrated: false })),
      schedules: async () => ({ schedules: [] }),
      schedule: respond("workflow/schedule", ({ cron }: { cron: string }) => ({ schedule: { cron } })),
      unschedule: respond("workflow/unschedule", () => ({})),
      hasSchedules: false,
      begin: async () => undefined,
      end: () => undefined,
    },
    replay: respond("replay", ({ runId }: { runId: string }) => ({
      ...{ runId, events: 3, compared: 2, told: 1, ignored: ["durationMs"], divergence: null },
    })),
    compare: respond("compare", () => ({ first: {}, second: {}, common: 0, patch: null, truncated: false })),
    prune: respond("prune", () => ({ runs: [], keptBytes: 0 })),
    async events({ runId, after = 0, before, limit = 200 }) {
      await service.beforeRead();
      const log = logOf(runId);
      const below = before === undefined ? undefined : log.filter((event) => event.seq < before).slice(-limit);
      return { events: below ?? log.filter((event) => event.seq > after).slice(0, limit), lastSeq: log.length };
    },
    get activeRuns() {
      return activeRuns;
    },
    scheduling: () => ({
      runs: { limit: 16, active: activeRuns, queued: 0, waiting: [] },
      tasks: { limit: 16, active: 0, queued: 0 },
      providers: [],
    }),
    onEvent: listen(onEvent),
    onDelta: listen(onDelta),
    onChanged: listen(onChanged),
    async recover() {
      service.recovered = true;
    },
    async drain(reason) {
      service.drained = reason;
    },
    emit(runId, body) {
      const log = logs.get(runId) ?? [];
      logs.set(runId, log);
      const event = { runId, seq: log.length + 1, at: "2026-01-01T00:00:00.000Z", body };
      log.push(event);
      const state = applyRunEvent(states.get(runId) ?? null, event);
      states.set(runId, state);
      for (const listener of onEvent) listener(event, state);
      return event;
    },
    delta(runId, text) {
      for (const listener of onDelta) listener({ runId, taskId: "t", turn: 1, text });
    },
    deltaOf(delta) {
      for (const listener of onDelta) listener(delta);
    },
    changed(run) {
      for (const listener of onChanged) listener(run);
    },
    setActiveRuns(count) {
      activeRuns = count;
    },
    state(runId) {
      const state = states.get(runId);
      if (state === undefined) throw nexusError("run.unknown", runId);
      return state;
    },
  };
  return service;
}
