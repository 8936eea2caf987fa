/** A run with a plan, a real store, real git and real commands; models are scripted elsewhere, or not needed. */
import { systemClock } from "../../../daemon/host/clock.ts";
import type { Isolation } from "../../../daemon/orchestration/changes/changes.ts";
import type { RunContext } from "../../../daemon/orchestration/run-context.ts";
import { TEAM_LIMITS, type TeamLimits } from "../../../daemon/orchestration/team/limits.ts";
import { createTurnstile } from "../../../daemon/orchestration/turnstile.ts";
import type { Store } from "../../../daemon/store/store.ts";
import type { PlanTask, PolicyRules, RunEventBody, RunState } from "../../../protocol/index.ts";
import { openTestStore } from "../../support/store.ts";
import { type Bench, benchFor, type Files, repositoryWith, write } from "../changes/fixture.ts";

export interface Team {
  readonly context: RunContext;
  readonly bench: Bench;
  readonly workspace: string;
  /** The run's own copy. */
  readonly root: string;
  /** A copy for a task at the run's present state, or where it must begin. */
  open(taskId: string, startCommit?: string): Promise<Isolation>;
  /** The same, with files changed in it; the task counts as done. */
  work(taskId: string, files: Files, startCommit?: string): Promise<Isolation>;
  /** Does the work with a store that gives up at the Nth append, before it or after; false when it was not reached. */
  cutAt(append: number, work: () => Promise<void>): Promise<boolean>;
  events(): Promise<RunEventBody[]>;
  state(): Promise<RunState>;
}

export function planned(id: string, more: Partial<PlanTask> = {}): PlanTask {
  const own = { id, title: `Do ${id}`, goal: `Do what ${id} says.`, agent: "coder", files: [], dependsOn: [] };
  return { ...own, acceptance: null, ...more };
}

export async function teamOn(
  files: Files,
  tasks: readonly PlanTask[],
  {
    policy = {},
    prepare = () => undefined,
    team: limits = {},
  }: { policy?: PolicyRules; prepare?: (workspace: string) => void; team?: Partial<TeamLimits> } = {},
): Promise<Team> {
  const workspace = repositoryWith(files);
  prepare(workspace);
  const bench = benchFor(workspace);
  const { store } = await openTestStore();
  const stop = new AbortController();
  const runId = "run-1";
  let left = Number.POSITIVE_INFINITY;
  const { events } = store;
  const cut: typeof events.append = async (...args) => {
    left -= 0.5;
    if (left <= 0) throw new Error("cut off");
    const written = await events.append(...args);
    left -= 0.5;
    if (left <= 0) throw new Error("cut off");
    return written;
  };
  const context = {
    ...{
      runId,
      store: withAppend(store, cut),
      changes: bench.changes,
      clock: systemClock,
      signal: stop.signal,
      modelName: "scripted",
    },
    log: { write: () => undefined, with: () => undefined },
    redact: (text: string) => text.replaceAll("hunter2", "[secret]"),
    audit: { record: async () => undefined },
    inTurn: createTurnstile(),
    team: { ...TEAM_LIMITS, ...limits },
    taint: { read: async () => ({}), see: async () => undefined },
  } as unknown as RunContext;
  const append = (body: RunEventBody) => store.events.append(runId, [{ body }]);
  const model = { provider: "openai" as const, model: "scripted" };
  const about = { sessionId: "s", workspace, prompt: "p", mode: "act" as const, headless: true, autoApply: false };
  await append({ type: "run.created", ...about, model, budgetUsd: null, policy, continues: null });
  await append({ type: "plan.proposed", plan: { summary: "All of it", tasks: [...tasks] } });
  const isolation = await bench.isolate();
  const { baseCommit, startCommit, worktree, linked } = isolation;
  await append({ type: "run.isolated", baseCommit, startCommit, worktree, linked: [...linked] });
  const place = { runId, workspace, isolation };
  const state = async () => {
    const found = await store.events.state(runId);
    if (found === undefined) throw new Error("no state");
    return found;
  };
  const team: Team = {
    ...{ context, bench, workspace, root: worktree, state },
    async open(taskId, at) {
      const from = at ?? (await bench.changes.tasks.head(place));
      const signal = stop.signal;
      return bench.changes.tasks.open({ runId, workspace, taskId, startCommit: from, signal });
    },
    async work(taskId, changed, at) {
      const copy = await team.open(taskId, at);
      write(copy.worktree, changed);
      await append({ type: "task.started", taskId, title: `Do ${taskId}`, agent: "coder" });
      await append({ type: "task.finished", taskId, outcome: "done", summary: `Did ${taskId}.` });
      return copy;
    },
    async cutAt(number, work) {
      left = number / 2;
      const wasCut = await work().then(
        () => false,
        () => true,
      );
      left = Number.POSITIVE_INFINITY;
      return wasCut;
    },
    events: async () => (await store.events.read(runId, { limit: 1000 })).map(({ body }) => body),
  };
  return team;
}

function withAppend(store: Store, append: Store["events"]["append"]): Store {
  const { events } = store;
  const watched: Store["events"] = {
    append,
    read: (...args) => events.read(...args),
    readKeyed: (...args) => events.readKeyed(...args),
    find: (...args) => events.find(...args),
    state: (...args) => events.state(...args),
    subscribe: (...args) => events.subscribe(...args),
  };
  return new Proxy(store, { get: (target, name) => (name === "events" ? watched : Reflect.get(target, name)) });
}
