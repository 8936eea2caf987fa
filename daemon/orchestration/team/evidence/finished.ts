/** A task that says it is done. */
import type { ChangedFile, PlanTask } from "../../../../protocol/index.ts";

/** A finished task's files, and what it began with. */
export interface Finished {
  readonly task: PlanTask;
  readonly root: string;
  readonly linked: readonly string[];
  readonly start: string;
  readonly commit: string;
  /** Git's name for all files together. */
  readonly tree: string;
  readonly files: readonly ChangedFile[];
  /** Who did it. */
  readonly agent: string;
  /** Lines that the task wrote, by path. */
  readonly touched: ReadonlyMap<string, readonly number[]>;
  /** Lines that the run wrote until now, in the files that the task names, or everywhere where it names none. */
  readonly claimed: ReadonlyMap<string, readonly number[]>;
}
