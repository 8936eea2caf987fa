/** Whether an event that a replay made is the recorded one: byte for byte, but for times and for what only the world knows. */
import type { RunEventBody, RunEventType } from "../../../protocol/index.ts";

/** Times and durations, wherever they stand in an event. */
export const TIME_FIELDS = ["at", "durationMs", "waitedMs", "delayMs", "expiresAt", "deadlineAt"] as const;

/**
 * Fields that come from what a replay does not look at: files, what earlier tasks of the folder took, the settings' models.
 * Their event must come, in its place.
 */
const OUTSIDE: Partial<Record<RunEventType, readonly string[]>> = {
  "run.reviewed": ["findings"],
  "plan.proposed": ["estimate", "model", "budgetUsd", "deadlineMinutes", "concurrency"],
  "plan.reconsidered": ["estimate", "model", "budgetUsd", "deadlineMinutes", "concurrency"],
  "conflict.predicted": ["on", "reason"],
  "task.dispatched": ["leases", "budgetUsd", "shareUsd", "reason"],
};

/** What older versions did not record, and what follows from it: figures of instructions and tools that nobody has any more. */
const FRAME_FIELDS = ["frame", "reservedUsd", "inputTokens", "overheadTokens", "context"];

/** Paths of the fields that differ, such as "plan.tasks.0.title"; none: the same event. */
export function differences(recorded: RunEventBody, made: RunEventBody): string[] {
  if (recorded.type !== made.type) return ["type"];
  const ignored = new Set<string>([...TIME_FIELDS, ...(OUTSIDE[recorded.type] ?? [])]);
  if (recorded.type === "model.requested" && recorded.frame === undefined)
    for (const field of FRAME_FIELDS) ignored.add(field);
  // What a call that was never sent would have cost depends on instructions that nobody kept.
  if (recorded.type === "run.finished" && recorded.error?.code === "budget.exceeded")
    for (const field of ["summary", "message"]) ignored.add(field);
  // As it would be read from the log: fields that are undefined are not there.
  return differing(recorded, JSON.parse(JSON.stringify(made)), ignored, "");
}

function differing(recorded: unknown, made: unknown, ignored: ReadonlySet<string>, path: string): string[] {
  if (isFields(recorded) && isFields(made)) {
    const names = new Set([...Object.keys(recorded), ...Object.keys(made)]);
    return [...names].flatMap((name) =>
      ignored.has(name) ? [] : differing(recorded[name], made[name], ignored, path === "" ? name : `${path}.${name}`),
    );
  }
  return recorded === made ? [] : [path];
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
