/** Which tasks of a plan may start now. Pure: the same state gives the same choice. */
import type { Lease, Plan, PlanTask, TaskState, WorkPlace } from "../../../protocol/index.ts";
import { type PredictedConflict, predictConflict } from "../../collaboration/conflicts.ts";
import { whoInWords } from "./control.ts";

export interface Situation {
  readonly plan: Plan;
  readonly tasks: readonly TaskState[];
  /** Tasks at work in this process. */
  readonly working: ReadonlySet<string>;
  /** Tasks that came to an end in this attempt without being done. */
  readonly ended: ReadonlySet<string>;
  readonly leases: ReadonlyMap<string, readonly Lease[]>;
  /** Of a task's symbols those that are in a file; left out: nothing is known of any. */
  readonly symbolsIn?: (taskId: string, path: string) => readonly string[];
  readonly limit: number;
}

export interface Start {
  readonly task: PlanTask;
  readonly kind: WorkPlace["kind"];
}

export interface Choice {
  readonly start: readonly Start[];
  /** Those that wait for one that is at work or starts now, because both would touch the same. */
  readonly held: readonly {
    readonly task: PlanTask;
    readonly behind: string;
    readonly conflict: PredictedConflict;
  }[];
  /** Of those that start: where they will be in the same file as another, each at its own symbols. */
  readonly allowed: readonly PredictedConflict[];
  /** Those that will not be done: cancelled before they began, or in need of one that was. */
  readonly skip: readonly { readonly task: PlanTask; readonly reason: string }[];
  /** True: some could start, but a person holds them. */
  readonly paused: boolean;
}

export function chooseTasks(situation: Situation): Choice {
  const { plan, working, limit } = situation;
  const of = byId(situation.tasks);
  const skip = plan.tasks.flatMap((task) => {
    const reason = whySkipped(task, of, working);
    return reason === undefined ? [] : [{ task, reason }];
  });
  const ready = plan.tasks.filter(
    (task) => isReady(task, situation, of) && !skip.some((skipped) => skipped.task === task),
  );
  const free = ready.filter(({ id }) => of(id)?.control?.action !== "pause");
  const paused = free.length < ready.length;
  const alone = [...free, ...plan.tasks].find(({ id }) => isInRunsCopy(of(id), working.has(id)));
  if (alone !== undefined) {
    const mayGoOn = working.size === 0 && free.includes(alone);
    return { start: mayGoOn ? [{ task: alone, kind: "run" }] : [], held: [], allowed: [], skip, paused };
  }
  const { chosen, held, allowed } = choose(free, situation, Math.max(0, limit - working.size));
  const isAlone = working.size === 0 && chosen.length === 1;
  const start = chosen.map(
    (task) => ({ task, kind: isAlone && of(task.id)?.place === undefined ? "run" : "copy" }) as const,
  );
  return { start, held, allowed, skip, paused };
}

/** In plan order; one that was at work before a restart goes before those that never began. */
function choose(free: readonly PlanTask[], { plan, tasks, working, leases, symbolsIn }: Situation, room: number) {
  const of = byId(tasks);
  const rank = ({ id }: PlanTask) => (of(id)?.status === "working" ? 0 : 1);
  const claimOf = (task: PlanTask) => ({
    ...{ task, leases: leases.get(task.id) ?? [] },
    symbolsIn: symbolsIn === undefined ? undefined : (path: string) => symbolsIn(task.id, path),
  });
  const taken = plan.tasks.filter(({ id }) => working.has(id));
  const chosen: PlanTask[] = [];
  const held: { task: PlanTask; behind: string; conflict: PredictedConflict }[] = [];
  const allowed: PredictedConflict[] = [];
  for (const task of free.toSorted((first, second) => rank(first) - rank(second))) {
    const meetings = taken.flatMap((other) => {
      const conflict = predictConflict(claimOf(other), claimOf(task));
      return conflict === undefined ? [] : [{ task, behind: other.id, conflict }];
    });
    const met = meetings.find(({ conflict }) => conflict.decision === "serialised");
    if (met !== undefined) held.push(met);
    else if (chosen.length < room) {
      chosen.push(task);
      taken.push(task);
      allowed.push(...meetings.map(({ conflict }) => conflict));
    }
  }
  return { chosen, held, allowed };
}

function isReady(task: PlanTask, { working, ended }: Situation, of: (id: string) => TaskState | undefined): boolean {
  const { id, dependsOn } = task;
  const status = of(id)?.status;
  if (status === "done" || status === "skipped" || working.has(id) || ended.has(id)) return false;
  return dependsOn.every((dependency) => of(dependency)?.status === "done");
}

/** A task that began in the run's own copy has it until it is done. */
function isInRunsCopy(task: TaskState | undefined, isWorking: boolean): boolean {
  return task?.place?.kind === "run" && (isWorking || task.status === "working" || task.status === "failed");
}

function whySkipped(
  { id, dependsOn }: PlanTask,
  of: (id: string) => TaskState | undefined,
  working: ReadonlySet<string>,
): string | undefined {
  const task = of(id);
  if (working.has(id) || (task !== undefined && task.status !== "waiting" && task.status !== "failed"))
    return undefined;
  if (task?.control?.action === "cancel") return `${whoInWords(task.control.by)} cancelled it before it began.`;
  const missing = dependsOn.find((dependency) => of(dependency)?.status === "skipped");
  return missing === undefined ? undefined : `It needs ${missing}, which was not done.`;
}

function byId(tasks: readonly TaskState[]): (id: string) => TaskState | undefined {
  const known = new Map(tasks.map((task) => [task.id, task]));
  return (id) => known.get(id);
}
