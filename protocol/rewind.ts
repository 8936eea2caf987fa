/** What is recorded of checkpoints and of going back to one. */
import * as z from "zod/mini";
import { ChangeSet } from "./change-set.ts";

export const RewindPlace = z.object({
  /** copy: the run's own · tree: the user's. */
  place: z.enum(["copy", "tree"]),
  /** Commit of what was there when the rewind began, and of what is to be there. */
  saved: z.string(),
  target: z.string(),
  /** The target's files were kept byte for byte. */
  exact: z.boolean(),
  paths: z.array(z.string()),
});
/** One folder that a rewind changes. */
export type RewindPlace = z.infer<typeof RewindPlace>;

export const RewindForm = z.enum(["files", "conversation", "both"]);
export type RewindForm = z.infer<typeof RewindForm>;

export const ChangesBefore = z.object({
  changeSet: ChangeSet,
  decisions: z.record(z.string(), z.enum(["pending", "accepted", "discarded"])),
  /** Which commit Nexus wrote last at a path of the user's tree. */
  written: z.record(z.string(), z.string()),
});
/** A change set and what was decided about it. */
export type ChangesBefore = z.infer<typeof ChangesBefore>;

export const Rewind = z.object({
  /** 1, 2, 3 … in one run. */
  number: z.int(),
  /** The checkpoint gone back to; null: the state before an accept, or before another rewind. */
  checkpoint: z.nullable(z.int()),
  /** The rewind that this one takes back. */
  undoes: z.nullable(z.int()),
  places: z.array(RewindPlace),
  before: z.nullable(ChangesBefore),
  after: z.nullable(ChangesBefore),
  by: z.string(),
});
/** What a rewind is about to do; recorded before the first file is touched. */
export type Rewind = z.infer<typeof Rewind>;

export const CheckpointInfo = z.object({
  number: z.int(),
  taskId: z.string(),
  /** The checkpoint shows the copy before this turn carried out its calls. */
  turn: z.int(),
  commit: z.string(),
  at: z.string(),
  /** Files that are not in it: too large, or not readable. */
  leftOut: z.array(z.string()),
});
export type CheckpointInfo = z.infer<typeof CheckpointInfo>;
