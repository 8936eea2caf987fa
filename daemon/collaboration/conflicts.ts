/** Which tasks of a plan would meet in one place if they were at work side by side; said before anything is dispatched. */
import type { Lease, PlanTask, RunEventOf } from "../../protocol/index.ts";
import { inWords, leasesOf, type Overlap, overlapsOf } from "./leases.ts";

/** What `conflict.predicted` says. */
export type PredictedConflict = Omit<RunEventOf<"conflict.predicted">, "type">;

export interface Prediction {
  /** The symbols that code memory knows in a file; left out: nothing is known of any. */
  readonly symbolsIn?: (path: string) => readonly string[];
  /** Tasks whose agents change nothing. */
  readonly isReadOnly?: (task: PlanTask) => boolean;
}

/**
 * Each pair that would meet, in the plan's order. Tasks that wait for each other anyway never meet. Files that both change
 * are allowed where both name symbols of that file and none of them is the same: the merge will tell.
 */
export function predictConflicts(tasks: readonly PlanTask[], prediction: Prediction = {}): PredictedConflict[] {
  const before = allBefore(tasks);
  const isReadOnly = prediction.isReadOnly ?? (() => false);
  const leases = new Map(tasks.map((task) => [task.id, leasesOf(task, { readOnly: isReadOnly(task) })]));
  const conflicts: PredictedConflict[] = [];
  tasks.forEach((first, index) => {
    for (const second of tasks.slice(index + 1)) {
      if (before.get(first.id)?.has(second.id) || before.get(second.id)?.has(first.id)) continue;
      const overlaps = overlapsOf(leases.get(first.id) ?? [], leases.get(second.id) ?? []);
      if (overlaps.length > 0) conflicts.push(conflictOf(first, second, overlaps, prediction));
    }
  });
  return conflicts;
}

function conflictOf(first: PlanTask, second: PlanTask, overlaps: readonly Overlap[], prediction: Prediction) {
  const allowed = overlaps.every((overlap) => isApart(first, second, overlap, prediction));
  const on = new Map(
    overlaps.map((overlap): [string, Lease] => [`${overlap.first.on} ${overlap.first.name}`, overlap.first]),
  );
  return {
    tasks: [first.id, second.id],
    on: [...on.values()],
    decision: allowed ? ("allowed" as const) : ("serialised" as const),
    reason: allowed
      ? `${inWords(overlaps)}, but they change different symbols there`
      : `${inWords(overlaps)}, so ${second.id} waits until ${first.id} is done`,
  };
}

function isApart(
  first: PlanTask,
  second: PlanTask,
  { first: one, second: other }: Overlap,
  { symbolsIn }: Prediction,
): boolean {
  if (one.on !== "file" || one.name !== other.name || symbolsIn === undefined) return false;
  const known = symbolsIn(one.name).map((name): Lease => ({ on: "symbol", name }));
  const [ours, theirs] = [first, second].map((task) =>
    (task.symbols ?? [])
      .map((name): Lease => ({ on: "symbol", name }))
      .filter((lease) => overlapsOf([lease], known).length > 0),
  );
  if (ours === undefined || theirs === undefined || ours.length === 0 || theirs.length === 0) return false;
  return overlapsOf(ours, theirs).length === 0;
}

/** For each task all that must be done before it, however far back. Cycles end by themselves. */
function allBefore(tasks: readonly PlanTask[]): Map<string, ReadonlySet<string>> {
  const direct = new Map(tasks.map(({ id, dependsOn }) => [id, dependsOn]));
  return new Map(
    tasks.map(({ id }) => {
      const found = new Set<string>();
      const open = [...(direct.get(id) ?? [])];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (found.has(next)) continue;
        found.add(next);
        open.push(...(direct.get(next) ?? []));
      }
      return [id, found];
    }),
  );
}
