import { expect, it } from "vitest";
import type { RunContext } from "../../../daemon/orchestration/run-context.ts";
import { supervised } from "../../../daemon/orchestration/team/supervise.ts";
import { applyRunEvent, type RunEvent, type RunEventBody, type RunState } from "../../../protocol/index.ts";
import { created } from "../../support/fake-run-service.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { task } from "./fixture.ts";

const SILENCE_MS = 1000;

/** A run in memory of which task "a" is at work. */
function startRun(deadlineAt: string | null = null) {
  const clock = createManualClock();
  const listeners = new Set<(event: RunEvent, state: RunState) => void>();
  const run = new AbortController();
  let state: RunState | null = null;
  const tell = (body: RunEventBody) => {
    const event = { runId: "r", seq: (state?.seq ?? 0) + 1, at: clock.iso(), body };
    state = applyRunEvent(state, event);
    for (const listener of listeners) listener(event, state);
  };
  const plan = { summary: "s", tasks: [{ ...task("a"), acceptance: null }] };
  const place = { kind: "run" as const, folder: "/c", startCommit: "1" };
  tell(created());
  tell({ type: "plan.proposed", plan });
  tell({ type: "task.dispatched", taskId: "a", place, leases: [], budgetUsd: null, deadlineAt, reason: "" });
  tell({ type: "task.started", taskId: "a", title: "a", agent: "coder" });
  const context = {
    ...{ runId: "r", clock, signal: run.signal, team: { concurrency: 1, silenceMs: SILENCE_MS } },
    onDelta: () => undefined,
    store: {
      events: {
        state: async () => state ?? undefined,
        subscribe(listener: (event: RunEvent, state: RunState) => void) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
    },
  } as unknown as RunContext;
  return { clock, context, tell, listeners };
}

/** Work that goes on until it is stopped, and how to show a sign of its life. */
function begin(context: RunContext) {
  const begun = Promise.withResolvers<RunContext>();
  const ended = supervised(context, "a", (own) => {
    begun.resolve(own);
    return new Promise<never>((_, reject) => {
      own.signal.addEventListener("abort", () => reject(own.signal.reason), { once: true });
    });
  });
  return { own: begun.promise, code: ended.catch((error) => error.value.code as string) };
}

const life = (now: "waiting" | "working" | "paused"): RunEventBody => ({
  type: "task.life",
  ...{ taskId: "a", life: now, reason: "" },
});

it("stops an agent that gives no sign of life; text, events of it and of what it handed over are signs", async () => {
  const { clock, context, tell } = startRun();
  const { own, code } = begin(context);
  const { onDelta, signal } = await own;
  clock.advance(SILENCE_MS - 1);
  onDelta({ taskId: "a", turn: 1, text: "x" });
  clock.advance(SILENCE_MS - 1);
  const contract = { returns: "r", files: [], readOnly: true };
  const piece = { parent: "a", depth: 1, title: "t", goal: "g", agent: "data", contract, budgetUsd: null };
  tell({ type: "task.delegated", taskId: "a.1.0", ...piece });
  clock.advance(SILENCE_MS - 1);
  tell({ type: "task.started", taskId: "a.1.0", title: "t", agent: "data" });
  clock.advance(SILENCE_MS - 1);
  expect(signal.aborted).toBe(false);
  clock.advance(SILENCE_MS);
  expect(await code).toBe("task.silent");
});

it("lets whoever waits or is paused be silent, and no longer", async () => {
  const { clock, context, tell } = startRun();
  const { own, code } = begin(context);
  const { signal } = await own;
  tell(life("waiting"));
  clock.advance(100 * SILENCE_MS);
  tell(life("paused"));
  clock.advance(100 * SILENCE_MS);
  expect(signal.aborted).toBe(false);
  tell(life("working"));
  clock.advance(2 * SILENCE_MS);
  expect(await code).toBe("task.silent");
});

it("stops it at its deadline, which waits while it is paused", async () => {
  const { clock, context, tell } = startRun(new Date(Date.UTC(2026, 0, 1) + 500).toISOString());
  const { own, code } = begin(context);
  const { signal } = await own;
  clock.advance(400);
  tell({ type: "task.controlled", taskId: "a", action: "pause", by: "Anna" });
  clock.advance(300);
  tell({ type: "task.controlled", taskId: "a", action: "resume", by: "Anna" });
  clock.advance(99);
  expect(signal.aborted).toBe(false);
  clock.advance(1);
  expect(await code).toBe("task.deadline");
});

it("stops at once one that was cancelled before, and leaves nothing behind", async () => {
  const { clock, context, tell, listeners } = startRun();
  tell({ type: "task.controlled", taskId: "a", action: "cancel", by: "Anna" });
  tell({ type: "task.controlled", taskId: "a", action: "resume", by: "Anna" });
  const { own } = begin(context);
  expect((await own).signal.aborted).toBe(true);
  expect((await own).signal.reason).toMatchObject({ value: { code: "task.cancelled" } });
  clock.advance(30_000);
  await new Promise(setImmediate);
  expect(listeners.size).toBe(0);
});

it("does not wait for work that does not obey", async () => {
  const { clock, context, tell, listeners } = startRun();
  const ended = supervised(context, "a", () => new Promise<never>(() => undefined)).catch((error) => error.value.code);
  await new Promise(setImmediate);
  tell({ type: "task.controlled", taskId: "a", action: "cancel", by: "Anna" });
  clock.advance(30_000);
  expect(await ended).toBe("task.cancelled");
  expect([listeners.size, clock.pendingTimers]).toEqual([0, 0]);
});
