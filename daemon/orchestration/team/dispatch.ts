/** The tasks of a plan, side by side: those whose dependencies are done and whose files nobody else has. */
import {
  type Lease,
  NexusError,
  nexusError,
  type PlanTask,
  type RunEventType,
  type RunState,
} from "../../../protocol/index.ts";
import type { PredictedConflict } from "../../collaboration/conflicts.ts";
import { isStoreFailure, type RunContext, record, stateOf, throwIfStopped } from "../run-context.ts";
import { type Choice, chooseTasks, type Start } from "./choose.ts";
import { isReplanned } from "./doubt.ts";
import { failureKey, type TaskEnd } from "./end.ts";
import { startOf } from "./integrate.ts";
import { createLeaseWaits, type LeaseWaits } from "./lease-waits.ts";
import { type Claimed, leasesFor } from "./leases.ts";
import { nextEvent, recordLife } from "./life.ts";
import { beginTask, dispatchKey } from "./start.ts";
import { carryOut } from "./task.ts";

interface Dispatching {
  readonly context: RunContext;
  /** Tasks at work now. */
  readonly working: Map<string, Promise<unknown>>;
  /** Tasks that came to an end in this attempt without being done, and why; undefined: the plan was changed for it. */
  readonly failures: Map<string, unknown>;
  /** What undispatched tasks would have for themselves, by what their plan says. */
  readonly known: Map<string, Claimed>;
  readonly leaseWaits: LeaseWaits;
  readonly heldInReplay: Map<string, Choice["held"][number]>;
  /** Nothing new begins. */
  broken: boolean;
  /** How many tasks came to an end in this attempt. */
  endings: number;
}

/** In a replay, what was held back for a reason that only the world knew is news, too. */
const NEWS: ReadonlySet<RunEventType> = new Set(["task.controlled", "plan.revised", "conflict.predicted"]);

const NOTHING: Choice = { start: [], held: [], allowed: [], skip: [], paused: false };

/** Carries out all tasks that can be; then throws the first failure, if there was one. */
export async function tasksPhase(context: RunContext): Promise<void> {
  const { plan } = await stateOf(context);
  if (plan === null) return;
  // Not the key of a run's single agent: one that found that it needs a plan comes here from the approval.
  await record(context, { type: "run.entered", phase: "tasks" }, "entered/tasks/plan");
  const failures = await earlierFailures(context);
  const dispatching: Dispatching = {
    context,
    working: new Map(),
    failures,
    known: new Map(),
    leaseWaits: createLeaseWaits(context.waits),
    heldInReplay: new Map(),
    broken: false,
    endings: 0,
  };
  try {
    while (await dispatchMore(dispatching));
  } finally {
    await Promise.all(dispatching.working.values());
    dispatching.leaseWaits.keep([]);
  }
  throwIfStopped(context);
  const errors = [...failures.values()].filter((error) => error !== undefined);
  if (errors.length > 0) throw errors.find(isStoreFailure) ?? errors[0];
  await refuseNothingDone(context);
}

/** Starts what can start and waits for news; false when nothing is at work and nothing can start any more. */
async function dispatchMore(dispatching: Dispatching): Promise<boolean> {
  const { context, working } = dispatching;
  throwIfStopped(context);
  const { endings } = dispatching;
  const news = nextEvent(context, ({ body }) => NEWS.has(body.type));
  try {
    const choice = dispatching.broken ? NOTHING : await choiceOf(dispatching, await stateOf(context));
    for (const { task, reason } of choice.skip) await skip(context, task, reason);
    for (const held of choice.held) await hold(context, held);
    for (const { taskId, ...refused } of dispatching.leaseWaits.keep(heldSoFar(dispatching, choice)))
      await record(context, { type: "wait.refused", taskId, ...refused }, `waiting/lease/${taskId}/refused`);
    for (const conflict of choice.allowed) await predicted(context, conflict);
    for (const one of choice.start) await start(dispatching, one, choice.start);
    if (choice.skip.length > 0) return true;
    // What was chosen while a task came to its end does not know what that made possible.
    if (dispatching.endings !== endings) return true;
    if (context.recorded !== undefined && choice.start.length + choice.held.length > 0) return true;
    if (working.size === 0 && choice.start.length === 0 && !choice.paused) return false;
    if (choice.start.every(({ task }) => working.has(task.id))) await Promise.race([news.promise, ...working.values()]);
    return true;
  } finally {
    news.dispose();
  }
}

async function choiceOf({ context, working, failures, known }: Dispatching, state: RunState): Promise<Choice> {
  const { plan, tasks, isolation } = state;
  if (plan === null || isolation === null) return NOTHING;
  const leases = new Map<string, readonly Lease[]>();
  const places = new Map<string, Claimed["places"]>();
  for (const task of plan.tasks) {
    const own = tasks.find(({ id }) => id === task.id);
    if (own?.status === "done" || own?.status === "skipped") continue;
    const claimed = await claimedBy(task);
    places.set(task.id, claimed.places);
    leases.set(task.id, (working.has(task.id) ? own?.leases : undefined) ?? claimed.leases);
  }
  const ended = new Set(failures.keys());
  const limit = Math.min(context.team.concurrency, plan.concurrency ?? context.team.concurrency);
  const symbolsIn = (taskId: string, path: string) =>
    [...(places.get(taskId) ?? [])].flatMap(([symbol, files]) => (files.includes(path) ? [symbol] : []));
  const choice = chooseTasks({ plan, tasks, working: new Set(working.keys()), ended, leases, symbolsIn, limit });
  return asRecorded(context, state, choice);

  async function claimedBy(task: PlanTask): Promise<Claimed> {
    const key = JSON.stringify([task.id, task.agent, task.files, task.symbols ?? []]);
    const found = known.get(key) ?? (await leasesFor(context, isolation?.worktree ?? "", task));
    known.set(key, found);
    return found;
  }
}

/**
 * Which task came to its end a moment before another began, or was held back, is told by nothing but what was done next: one
 * thing at a time is chosen, and that only.
 */
async function asRecorded(context: RunContext, { attempt }: RunState, choice: Choice): Promise<Choice> {
  const { recorded, runId, store } = context;
  if (recorded === undefined) return choice;
  const next = recorded.nextChoice();
  const start: Start[] = [];
  const held = choice.held.filter(
    ({ task, behind }) => next?.does === "hold" && next.taskId === task.id && next.behind === behind,
  );
  for (const { task } of [...choice.start, ...choice.held]) {
    const before = await store.events.find(runId, dispatchKey(task.id, attempt));
    if (before?.body.type === "task.dispatched") start.push({ task, kind: before.body.place.kind });
    else if (next?.does === "start" && next.taskId === task.id) start.push({ task, kind: next.kind });
  }
  // Held back, or let into one file, for what only the world knew: the log tells it in its turn, and until then nothing else begins.
  const isTold = next?.does === "allow" || (next?.does === "hold" && held.length === 0);
  const isToldLater = isTold && choice.start.length + choice.held.length > 0;
  return { ...choice, start, held, allowed: [], paused: choice.paused || isToldLater };
}

async function start(dispatching: Dispatching, chosen: Start, together: readonly Start[]): Promise<void> {
  const { context, working, failures } = dispatching;
  const { task } = chosen;
  // What resolves a conflict begins where the two sides met.
  const kind = (await startOf(context, task.id)) === undefined ? chosen.kind : "copy";
  const others = [...working.keys(), ...together.map((one) => one.task.id)];
  const beside = [...new Set(others)].filter((id) => id !== task.id);
  try {
    const begun = await beginTask(context, task, { kind, beside });
    if (begun === "withdrawn") return;
    const end = carryOut(context, task, begun.place).then((ended) => {
      working.delete(task.id);
      dispatching.endings++;
      take(dispatching, { task, kind }, ended);
    });
    working.set(task.id, end);
  } catch (error) {
    if (context.signal.aborted || isStoreFailure(error)) throw error;
    failures.set(task.id, error);
  }
}

/** What is left half done in the run's own copy is nothing that another task may build on. */
function take(dispatching: Dispatching, { task, kind }: Start, ended: TaskEnd): void {
  if (ended.kind === "replaced") dispatching.failures.set(task.id, undefined);
  if (ended.kind !== "failed") return;
  dispatching.failures.set(task.id, ended.error);
  if (ended.broken || kind === "run") dispatching.broken = true;
}

/** In a replay they are held back one after another. */
function heldSoFar({ context, heldInReplay }: Dispatching, { held, start: chosen }: Choice): Choice["held"] {
  if (context.recorded === undefined) return held;
  for (const one of held) heldInReplay.set(one.task.id, one);
  for (const { task } of chosen) heldInReplay.delete(task.id);
  return [...heldInReplay.values()];
}

async function hold(context: RunContext, { task, behind, conflict }: Choice["held"][number]): Promise<void> {
  await predicted(context, conflict);
  await recordLife(context, task.id, "waiting", { reason: conflict.reason, key: `waiting/lease/${behind}` });
}

async function predicted(context: RunContext, conflict: PredictedConflict): Promise<void> {
  const reason = conflict.reason.slice(0, 1000);
  await record(context, { type: "conflict.predicted", ...conflict, reason }, predictedKey(conflict));
}

function predictedKey({ tasks, decision }: PredictedConflict): string {
  return `${decision === "allowed" ? "allowed" : "predicted"}/${tasks.join("/")}`;
}

async function skip(context: RunContext, task: PlanTask, reason: string): Promise<void> {
  const { attempt } = await stateOf(context);
  await recordLife(context, task.id, "stopped", { reason, key: `stopped/${attempt}` });
  const body = { type: "task.finished" as const, taskId: task.id, outcome: "skipped" as const, summary: reason };
  await record(context, body, failureKey(task.id, attempt));
}

/** A restart of the daemon is no reason to try a failed task again; a person who resumes the run is. */
async function earlierFailures(context: RunContext): Promise<Map<string, unknown>> {
  const { attempt, tasks, plan } = await stateOf(context);
  const failures = new Map<string, unknown>();
  for (const { id, status } of tasks) {
    if (status !== "failed" || plan?.tasks.some((task) => task.id === id) !== true) continue;
    const event = await context.store.events.find(context.runId, failureKey(id, attempt));
    if (event?.body.type !== "task.finished" || event.body.error === undefined) continue;
    const error = new NexusError(event.body.error);
    failures.set(id, (await isReplanned(context, id, error)) ? undefined : error);
  }
  return failures;
}

/** A run of which a person cancelled every task was cancelled. */
async function refuseNothingDone(context: RunContext): Promise<void> {
  const { plan, tasks } = await stateOf(context);
  const planned = tasks.filter(({ id }) => plan?.tasks.some((task) => task.id === id));
  if (planned.length > 0 && planned.every(({ status }) => status === "skipped"))
    throw nexusError("task.cancelled", "No task of the plan is left.");
}
