/**
 * A finished task's work becomes part of the run's: committed, joined in the run's own copy one task at a time, and
 * tested there as a whole. What cannot be joined, or breaks what worked, becomes a task of its own.
 */
import { nexusError, type PlanTask, type RunEventOf } from "../../../protocol/index.ts";
import type { Isolation, MergeOutcome, RunPlace } from "../changes/changes.ts";
import { takeCheckpoint } from "../rewind/take.ts";
import { notice, type RunContext, record, stateOf, throwIfStopped } from "../run-context.ts";
import type { Turnstile } from "../turnstile.ts";
import { findRegression } from "./bisect.ts";
import { joinId, joinTask } from "./follow-ups.ts";

interface Joined {
  readonly kind: "joined";
  readonly commit: string;
  readonly files: readonly string[];
}

interface Conflicted {
  readonly kind: "conflicted";
  readonly task: PlanTask;
  readonly after: string;
}

export type Integrated =
  | Joined
  /** `task` resolves the conflict: it begins at `startOf` it, and what depends on `after` must wait for it. */
  | Conflicted
  /** Joined, but the whole fails with it: `task` mends what `after` broke. */
  | { readonly kind: "regressed"; readonly task: PlanTask; readonly after: string };

/** Attempts to resolve one task's conflicts, each a task. */
const MOST_JOINS = 2;

/** Of each run at work: how many tasks wait for their turn. */
const waiting = new WeakMap<Turnstile, number>();

/**
 * `place`: the task's own copy; undefined: it worked in the run's. Repeated after a crash it has the same outcome. Rejects
 * with `merge.unresolved` when two attempts to resolve a conflict met new ones, and with the signal's reason when the run
 * is stopped.
 */
export async function integrateTask(
  context: RunContext,
  { task, place }: { readonly task: PlanTask; readonly place: Isolation | undefined },
): Promise<Integrated> {
  const { inTurn } = context;
  waiting.set(inTurn, (waiting.get(inTurn) ?? 0) + 1);
  return inTurn("merge", async () => {
    waiting.set(inTurn, (waiting.get(inTurn) ?? 1) - 1);
    throwIfStopped(context);
    const joined = await joinOne(context, task, place);
    if (joined.kind === "conflicted" || place === undefined) return joined;
    return (await afterJoining(context, joined.commit)) ?? joined;
  });
}

/**
 * The project's tests, once nothing else waits to be joined: a join takes a moment and the tests minutes, so tasks that
 * finish meanwhile are tested together, and a failure is searched for among them.
 */
async function afterJoining(context: RunContext, commit: string): Promise<Integrated | undefined> {
  if ((waiting.get(context.inTurn) ?? 0) > 0) return undefined;
  const found = await findRegression(context, { commit, place: await runPlace(context) });
  return found === undefined ? undefined : { kind: "regressed", ...found };
}

async function runPlace(context: RunContext): Promise<RunPlace> {
  const { workspace, isolation } = await stateOf(context);
  if (isolation === null) throw new Error("a run without a copy has nothing to join");
  return { runId: context.runId, workspace, isolation };
}

async function joinOne(
  context: RunContext,
  task: PlanTask,
  place: Isolation | undefined,
): Promise<Joined | Conflicted> {
  const before = await mergedEvent(context, task.id);
  if (before !== undefined) return { kind: "joined", commit: before.commit, files: before.files };
  const next = joinId(await originOf(context, task.id), (await attemptsFor(context, task.id)) + 1);
  const known = await conflictEvent(context, next);
  if (known?.task !== undefined) return { kind: "conflicted", task: known.task, after: task.id };
  const run = await runPlace(context);
  if (place === undefined) return joinOwn(context, task, run);
  await takeCheckpoint(context, task.id, 0);
  return joinCopy(context, { task, run, place, next });
}

/** A task that worked alone, in the run's own copy: all that it did is there. */
async function joinOwn(context: RunContext, task: PlanTask, run: RunPlace): Promise<Joined> {
  const { tasks, checkpoints } = context.changes;
  const own = (await stateOf(context)).tasks.find(({ id }) => id === task.id)?.place;
  const { startCommit } = own ?? run.isolation;
  const commit = await tasks.head(run);
  return recordJoined(context, task.id, commit, await checkpoints.differing(run.workspace, startCommit, commit));
}

interface JoiningCopy {
  readonly task: PlanTask;
  readonly run: RunPlace;
  readonly place: Isolation;
  /** The id of the task that would resolve a conflict. */
  readonly next: string;
}

async function joinCopy(context: RunContext, joining: JoiningCopy): Promise<Joined | Conflicted> {
  const { task, run, place } = joining;
  const { workspace, runId } = run;
  const { tasks } = context.changes;
  const made = { runId, workspace, taskId: task.id, isolation: place, signal: context.signal };
  const { commit: theirs, leftOut } = await tasks.commit(made);
  if (leftOut.length > 0)
    await notice(
      context,
      "merge.left_out",
      `Too large or unreadable, so not joined with task ${task.id}: ${leftOut.slice(0, 5).join(", ")}`,
      `left-out/${task.id}`,
    );
  const resolving = await conflictEvent(context, task.id);
  const base = resolving?.base ?? place.startCommit;
  const left = resolving === undefined ? [] : await tasks.unresolved(workspace, { since: base, commit: theirs });
  // The gate sends such work back (evidence/), so here it is nothing to go on with.
  if (left.length > 0) throw nexusError("merge.unresolved", `Task ${task.id} left marks in ${left.join(", ")}.`);
  const merged = await tasks.merge(run, { taskId: task.id, theirs, base });
  return merged.ok
    ? recordJoined(context, task.id, merged.commit, merged.files)
    : recordConflict(context, joining, merged);
}

async function recordJoined(
  context: RunContext,
  taskId: string,
  commit: string,
  files: readonly string[],
): Promise<Joined> {
  await record(context, { type: "task.merged", taskId, commit, files: [...files] }, `merged/${taskId}`);
  return { kind: "joined", commit, files };
}

async function recordConflict(
  context: RunContext,
  { task, next }: JoiningCopy,
  merged: Extract<MergeOutcome, { ok: false }>,
): Promise<Conflicted> {
  const paths = merged.conflicts.map(({ path }) => path);
  const met = await tasksThatWrote(context, paths);
  const body = { type: "merge.conflicted" as const, taskId: task.id, with: met.map(({ id }) => id), paths };
  if ((await attemptsFor(context, task.id)) >= MOST_JOINS) {
    await record(context, { ...body, resolvedBy: null }, `conflict/unresolved/${task.id}`);
    throw nexusError("merge.unresolved", `Task ${task.id} and what was joined before it: ${paths.join(", ")}.`);
  }
  const own = (await stateOf(context)).tasks.find(({ id }) => id === task.id);
  const others = met.map((other) => ({ title: other.title, goal: other.goal, summary: other.summary, id: other.id }));
  const join = joinTask(next, { ...task, summary: own?.summary ?? "" }, others, merged.conflicts, context.redact);
  const kept = { task: join, startCommit: merged.marked, base: merged.ours };
  await record(context, { ...body, resolvedBy: next, ...kept }, `conflict/${next}`);
  return { kind: "conflicted", task: join, after: task.id };
}

/** The joined tasks that wrote any of these files, with what they were for; all joined ones when none did. */
async function tasksThatWrote(context: RunContext, paths: readonly string[]) {
  const { tasks, plan } = await stateOf(context);
  const joined = tasks.filter(({ mergedAs }) => mergedAs !== undefined);
  const wrote = await Promise.all(
    joined.map(async ({ id }) => ((await mergedEvent(context, id))?.files ?? []).some((file) => paths.includes(file))),
  );
  const found = joined.filter((_, index) => wrote[index]);
  return (found.length > 0 ? found : joined).slice(0, 10).map(({ id, title, summary }) => {
    const goal = plan?.tasks.find((planned) => planned.id === id)?.goal ?? "";
    return { id, title, goal, summary };
  });
}

async function mergedEvent(context: RunContext, taskId: string): Promise<RunEventOf<"task.merged"> | undefined> {
  const event = await context.store.events.find(context.runId, `merged/${taskId}`);
  return event?.body.type === "task.merged" ? event.body : undefined;
}

/** The conflict that this task was made to resolve. */
async function conflictEvent(context: RunContext, taskId: string): Promise<RunEventOf<"merge.conflicted"> | undefined> {
  const event = await context.store.events.find(context.runId, `conflict/${taskId}`);
  return event?.body.type === "merge.conflicted" ? event.body : undefined;
}

/** How many tasks were made to resolve the conflict that this task stands in: 0 for one that resolves none. */
async function attemptsFor(context: RunContext, taskId: string): Promise<number> {
  const conflict = await conflictEvent(context, taskId);
  return conflict === undefined ? 0 : 1 + (await attemptsFor(context, conflict.taskId));
}

async function originOf(context: RunContext, taskId: string): Promise<string> {
  const conflict = await conflictEvent(context, taskId);
  return conflict === undefined ? taskId : originOf(context, conflict.taskId);
}

/** The commit at which a task must begin, in a copy of its own: one that resolves a conflict. Undefined: wherever the run is. */
export async function startOf(context: RunContext, taskId: string): Promise<string | undefined> {
  return (await conflictEvent(context, taskId))?.startCommit;
}
