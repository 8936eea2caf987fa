/** Whether two tasks would meet in one place if they were at work side by side; said before the second is dispatched. */
import type { Lease, PlanTask, RunEventOf } from "../../protocol/index.ts";
import { inWords, type Overlap, overlapsOf } from "./leases.ts";

/** What `conflict.predicted` says. */
export type PredictedConflict = Omit<RunEventOf<"conflict.predicted">, "type">;

/** A task, and what it has for itself while it is at work; nothing where its agent only reads. */
export interface Claim {
  readonly task: Pick<PlanTask, "id" | "symbols">;
  readonly leases: readonly Lease[];
  /** The task's own symbols that are in a file, as code memory knows it; left out: nothing is known of any. */
  readonly symbolsIn?: ((path: string) => readonly string[]) | undefined;
}

/**
 * Undefined: they do not meet. Files that both change are allowed where both name symbols of that file and none of them is
 * the same: the merge will tell. All else is serialised: the second waits for the first.
 */
export function predictConflict(first: Claim, second: Claim): PredictedConflict | undefined {
  const overlaps = overlapsOf(second.leases, first.leases);
  if (overlaps.length === 0) return undefined;
  const allowed = overlaps.every((overlap) => isApart(first, second, overlap));
  const on = new Map(
    overlaps.map((overlap): [string, Lease] => [`${overlap.first.on} ${overlap.first.name}`, overlap.first]),
  );
  return {
    tasks: [first.task.id, second.task.id],
    on: [...on.values()],
    decision: allowed ? "allowed" : "serialised",
    reason: allowed
      ? `${first.task.id} and ${second.task.id} work side by side: ${inWords(overlaps)}, but they change different symbols there.`
      : `${second.task.id} waits for ${first.task.id}: ${inWords(overlaps)}.`,
  };
}

function isApart(first: Claim, second: Claim, { first: one, second: other }: Overlap): boolean {
  if (one.on !== "file" || one.name !== other.name) return false;
  const [ours, theirs] = [first, second].map(({ symbolsIn }) =>
    (symbolsIn?.(one.name) ?? []).map((name): Lease => ({ on: "symbol", name })),
  );
  if (ours === undefined || theirs === undefined || ours.length === 0 || theirs.length === 0) return false;
  return overlapsOf(ours, theirs).length === 0;
}
