import type { TaskState } from "../../../protocol/index.ts";
import type { AgentLimits } from "../../agents/agent.ts";
import type { Clock } from "../../host/clock.ts";

/** How the tasks of one run work side by side. */
export interface TeamLimits {
  /** Tasks at work at once. */
  readonly concurrency: number;
  /** After so long without a sign of life an agent is stopped. */
  readonly silenceMs: number;
  /** Of 100 lines that a task wrote, how many tests must reach at least, where that can be measured; 0: none. */
  readonly leastCoverage: number;
}

/** One in 100 refuses work of which no test runs anything. A tool may be still for ten minutes; whoever is still for longer than any tool may be is lost. */
export const TEAM_LIMITS: TeamLimits = { concurrency: 4, silenceMs: 20 * 60_000, leastCoverage: 1 };

/** The lesser of what a task is given and what its agent's file lets it have. */
export function smaller(given: number | null, limit: number | undefined): number | null {
  if (limit === undefined) return given;
  return given === null ? limit : Math.min(given, limit);
}

/** When a task is stopped that begins now: after the minutes that it has, and never after its parent. Null: not at all. */
export function deadlineOf(
  clock: Clock,
  { deadlineMinutes }: AgentLimits,
  { minutes = null, parent }: { readonly minutes?: number | null; readonly parent?: TaskState | undefined },
): string | null {
  const most = smaller(minutes, deadlineMinutes);
  const own = most === null ? null : new Date(clock.now() + most * 60_000).toISOString();
  const above = parent?.deadlineAt ?? null;
  return own !== null && above !== null && Date.parse(above) < Date.parse(own) ? above : (own ?? above);
}
