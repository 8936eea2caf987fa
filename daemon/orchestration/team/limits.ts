/** How the tasks of one run work side by side. */
export interface TeamLimits {
  /** Tasks at work at once. */
  readonly concurrency: number;
  /** After so long without a sign of life an agent is stopped. */
  readonly silenceMs: number;
}

/** A tool may be still for ten minutes; whoever is still for longer than any tool may be is lost. */
export const TEAM_LIMITS: TeamLimits = { concurrency: 4, silenceMs: 20 * 60_000 };
