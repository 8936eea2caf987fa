/**
 * The tasks of a plan, side by side: those whose dependencies are done and whose files nobody else has. What was dispatched
 * where is on record before it starts, so that a restart goes on in the same places.
 */
import {
  type Lease,
  NexusError,
  nexusError,
  type PlanTask,
  type RunState,
  type WorkPlace,
} from "../../../protocol/index.ts";
import { sliceOf } from "../../planning/budget.ts";
import type { Isolation } from "../changes/changes.ts";
import { isStoreFailure, type RunContext, record, stateOf, throwIfStopped } from "../run-context.ts";
import { type Choice, chooseTasks } from "./choose.ts";
import { failureKey, type TaskEnd } from "./end.ts";
import { startOf } from "./integrate.ts";
import { leasesOf } from "./leases.ts";
import { nextEvent, recordLife } from "./life.ts";
import { carryOut } from "./task.ts";

interface Dispatching {
  readonly context: RunContext;
  /** Tasks at work now. */
  readonly working: Map<string, Promise<unknown>>;
  /** Tasks that came to an end in this attempt without being done, and why. */
  readonly failures: Map<string, unknown>;
  /** What undispatched tasks would have for themselves, by what their plan says. */
  readonly known: Map<string, Lease[]>;
  broken: boolean;
}

/** Carries out all tasks that can be; then throws the first failure, if there was one. */
export async function tasksPhase(context: RunContext): Promise<void> {
  const { plan } = await stateOf(context);
  if (plan === null) return;
  await record(context, { type: "run.entered", phase: "tasks" }, "entered/tasks");
  const failures = await earlierFailures(context);
  const dispatching: Dispatching = { context, working: new Map(), failures, known: new Map(), broken: false };
  try {
    while (await dispatchMore(dispatching));
  } finally {
    await Promise.all(dispatching.working.values());
  }
  throwIfStopped(context);
  const errors = [...failures.values()];
  if (errors.length > 0) throw errors.find(isStoreFailure) ?? errors[0];
  await refuseNothingDone(context);
}

/** Starts what can start and waits for news; false when nothing is at work and nothing can start any more. */
async function dispatchMore(dispatching: Dispatching): Promise<boolean> {
  const { context, working } = dispatching;
  throwIfStopped(context);
  const news = nextEvent(context, ({ body }) => body.type === "task.controlled" || body.type === "plan.revised");
  try {
    const state = await stateOf(context);
    const choice = dispatching.broken ? NOTHING : await choiceOf(dispatching, state);
    for (const { task, reason } of choice.skip) await skip(context, task, reason);
    for (const held of choice.held) await hold(context, held);
    for (const { task, kind } of choice.start) {
      const bound = await startOf(context, task.id);
      const together = choice.start.map((one) => one.task.id);
      await start(dispatching, task, bound === undefined ? kind : "copy", together);
    }
    if (choice.skip.length > 0) return true;
    if (working.size === 0 && (dispatching.broken || !choice.paused)) return false;
    await Promise.race([news.promise, ...working.values()]);
    return true;
  } finally {
    news.dispose();
  }
}

const NOTHING: Choice = { start: [], held: [], skip: [], paused: false };

async function choiceOf({ context, working, failures, known }: Dispatching, state: RunState): Promise<Choice> {
  const { plan, tasks, isolation } = state;
  if (plan === null || isolation === null) return NOTHING;
  const leases = new Map<string, readonly Lease[]>();
  for (const task of plan.tasks) {
    const own = tasks.find(({ id }) => id === task.id);
    if (own?.status === "done" || own?.status === "skipped") continue;
    leases.set(task.id, (working.has(task.id) ? own?.leases : undefined) ?? (await knownLeases(task)));
  }
  const ended = new Set(failures.keys());
  return chooseTasks({ plan, tasks, working: new Set(working.keys()), ended, leases, limit: context.team.concurrency });

  async function knownLeases(task: PlanTask): Promise<Lease[]> {
    const key = JSON.stringify([task.id, task.files, task.symbols ?? []]);
    const found = known.get(key) ?? (await leasesOf(context, isolation?.worktree ?? "", task));
    known.set(key, found);
    return found;
  }
}

async function start(
  dispatching: Dispatching,
  task: PlanTask,
  kind: WorkPlace["kind"],
  together: readonly string[],
): Promise<void> {
  const { context, working, failures } = dispatching;
  const beside = [...new Set([...working.keys(), ...together])].filter((id) => id !== task.id);
  let place: Isolation | undefined;
  try {
    place = await dispatch(context, task, kind, beside);
  } catch (error) {
    if (context.signal.aborted || isStoreFailure(error)) throw error;
    failures.set(task.id, error);
    return;
  }
  const end = carryOut(context, task, place).then((ended) => {
    working.delete(task.id);
    take(dispatching, task, kind, ended);
  });
  working.set(task.id, end);
}

/** What is left half done in the run's own copy is nothing that another task may build on. */
function take(dispatching: Dispatching, task: PlanTask, kind: WorkPlace["kind"], ended: TaskEnd): void {
  if (ended.kind !== "failed") return;
  dispatching.failures.set(task.id, ended.error);
  if (ended.broken || kind === "run") dispatching.broken = true;
}

/** Answers with the copy that the task works in; undefined: the run's own. */
async function dispatch(
  context: RunContext,
  task: PlanTask,
  kind: WorkPlace["kind"],
  beside: readonly string[],
): Promise<Isolation | undefined> {
  const state = await stateOf(context);
  const { isolation, workspace, attempt } = state;
  if (isolation === null) throw nexusError("run.internal", "There is no copy to work in.");
  const { runId, signal } = context;
  const own = state.tasks.find(({ id }) => id === task.id);
  const begin =
    own?.place?.kind === kind
      ? own.place.startCommit
      : ((await startOf(context, task.id)) ?? (await context.changes.tasks.head({ runId, workspace, isolation })));
  const place =
    kind === "run"
      ? undefined
      : await context.changes.tasks.open({ runId, workspace, taskId: task.id, startCommit: begin, signal });
  const { worktree: folder, startCommit } = place ?? { ...isolation, startCommit: begin };
  const body = {
    type: "task.dispatched" as const,
    taskId: task.id,
    place: { kind, folder, startCommit },
    leases: await leasesOf(context, isolation.worktree, task),
    budgetUsd: sliceOf(state, task.id),
    deadlineAt: deadlineOf(context, task),
    reason: reasonOf(task, own?.agent ?? task.agent, beside, kind),
  };
  await record(context, body, `dispatched/${task.id}/${attempt}`);
  return place;
}

function deadlineOf({ clock }: RunContext, { deadlineMinutes }: PlanTask): string | null {
  return deadlineMinutes === undefined ? null : new Date(clock.now() + deadlineMinutes * 60_000).toISOString();
}

function reasonOf({ dependsOn }: PlanTask, agent: string, beside: readonly string[], kind: WorkPlace["kind"]): string {
  const ready =
    dependsOn.length === 0
      ? "It needs no other task"
      : `${dependsOn.join(", ")} ${dependsOn.length === 1 ? "is" : "are"} done`;
  const where =
    kind === "run"
      ? "it works alone, in the run's own copy"
      : `it works in a copy of its own${beside.length === 0 ? "" : ` beside ${beside.join(", ")}`}`;
  return `${ready}; ${where}. Its agent is ${agent}.`;
}

async function hold(context: RunContext, { task, behind, on }: Choice["held"][number]): Promise<void> {
  const names = on.map(({ name }) => name).join(", ");
  const reason = `Both would change ${names}, so ${task.id} waits for ${behind}.`;
  const body = {
    type: "conflict.predicted" as const,
    tasks: [behind, task.id],
    on: [...on],
    decision: "serialised" as const,
    reason,
  };
  await record(context, body, `predicted/${behind}/${task.id}`);
  await recordLife(context, task.id, "waiting", { reason, key: `waiting/lease/${behind}` });
}

async function skip(context: RunContext, task: PlanTask, reason: string): Promise<void> {
  const { attempt } = await stateOf(context);
  await recordLife(context, task.id, "stopped", { reason, key: `stopped/${attempt}` });
  const body = { type: "task.finished" as const, taskId: task.id, outcome: "skipped" as const, summary: reason };
  await record(context, body, failureKey(task.id, attempt));
}

/** A restart of the daemon is no reason to try a failed task again; a person who resumes the run is. */
async function earlierFailures(context: RunContext): Promise<Map<string, unknown>> {
  const { attempt, tasks } = await stateOf(context);
  const failures = new Map<string, unknown>();
  for (const { id, status } of tasks) {
    if (status !== "failed") continue;
    const event = await context.store.events.find(context.runId, failureKey(id, attempt));
    if (event?.body.type !== "task.finished" || event.body.error === undefined) continue;
    failures.set(id, new NexusError(event.body.error));
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
