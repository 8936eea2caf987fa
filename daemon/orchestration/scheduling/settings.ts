/** How much a daemon does at a time. */
import * as z from "zod/mini";

/** As the settings file has it. */
export const SchedulingFile = z.strictObject({
  runs: z.optional(z.int().check(z.gte(1), z.lte(1000))),
  tasks: z.optional(z.int().check(z.gte(1), z.lte(1000))),
  queue: z.optional(z.int().check(z.gte(0), z.lte(100_000))),
  providers: z.optional(z.record(z.string(), z.int().check(z.gte(1), z.lte(1000)))),
  ageMs: z.optional(z.int().check(z.gte(100))),
});

export interface SchedulingSettings {
  /** Runs at work; those that wait for a person do not count. */
  readonly runs: number;
  /** Tasks of all runs at work. */
  readonly tasks: number;
  /** Runs that may wait; one more is refused. */
  readonly queue: number;
  /** Calls to a provider at a time, by its name; `default` for those that are not named. */
  readonly providers: Readonly<Record<string, number>>;
  /** What has waited so long counts as one priority higher. */
  readonly ageMs: number;
}

export const DEFAULT_SCHEDULING: SchedulingSettings = {
  runs: 16,
  tasks: 16,
  queue: 1000,
  providers: { default: 16, ollama: 2 },
  ageMs: 60_000,
};
