/** Which tasks of a plan may start now. Pure: the same state gives the same choice. */
import type { Lease, Plan, PlanTask, TaskState, WorkPlace } from "../../../protocol/index.ts";
import { inWords, overlapsOf } from "../../collaboration/leases.ts";

export interface Situation {
  readonly plan: Plan;
  readonly tasks: readonly TaskState[];
  /** Tasks at work in this process. */
  readonly working: ReadonlySet<string>;
  /** Tasks that came to an end in this attempt without being done. */
  readonly ended: ReadonlySet<string>;
  readonly leases: ReadonlyMap<string, readonly Lease[]>;
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
    readonly on: readonly Lease[];
    readonly why: string;
  }[];
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
    return { start: mayGoOn ? [{ task: alone, kind: "run" }] : [], held: [], skip, paused };
  }
  const { chosen, held } = choose(free, situation, Math.max(0, limit - working.size));
  const isAlone = working.size === 0 && chosen.length === 1;
  const start = chosen.map(
    (task) => ({ task, kind: isAlone && of(task.id)?.place === undefined ? "run" : "copy" }) as const,
  );
  return { start, held, skip, paused };
}

/** In plan order; one that was at work before a restart goes before those that never began. */
function choose(free: readonly PlanTask[], { tasks, working, leases }: Situation, room: number) {
  const of = byId(tasks);
  const rank = ({ id }: PlanTask) => (of(id)?.status === "working" ? 0 : 1);
  const taken = [...working];
  const chosen: PlanTask[] = [];
  const held: { task: PlanTask; behind: string; on: Lease[]; why: string }[] = [];
  for (const task of free.toSorted((first, second) => rank(first) - rank(second))) {
    const own = leases.get(task.id) ?? [];
    const meetings = taken.map((id) => ({ id, overlaps: overlapsOf(own, leases.get(id) ?? []) }));
    const met = meetings.find(({ overlaps }) => overlaps.length > 0);
    if (met !== undefined)
      held.push({ task, behind: met.id, on: met.overlaps.map(({ first }) => first), why: inWords(met.overlaps) });
    else if (chosen.length < room) {
      chosen.push(task);
      taken.push(task.id);
    }
  }
  return { chosen, held };
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
  if (task?.control?.action === "cancel") return `${task.control.by} cancelled it before it began.`;
  const missing = dependsOn.find((dependency) => of(dependency)?.status === "skipped");
  return missing === undefined ? undefined : `It needs ${missing}, which was not done.`;
}

function byId(tasks: readonly TaskState[]): (id: string) => TaskState | undefined {
  const known = new Map(tasks.map((task) => [task.id, task]));
  return (id) => known.get(id);
}
