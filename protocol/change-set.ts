import * as z from "zod/mini";

export const ChangedFile = z.object({
  /** Relative to the workspace, with forward slashes. */
  path: z.string(),
  status: z.enum(["added", "modified", "deleted"]),
  additions: z.int(),
  deletions: z.int(),
  binary: z.boolean(),
});
export type ChangedFile = z.infer<typeof ChangedFile>;

export const ChangeSet = z.object({
  /** Git commits in the private history of the run: the user's tree as it was, and what the run made of it. */
  baseCommit: z.string(),
  resultCommit: z.string(),
  files: z.array(ChangedFile),
});
/** What a run wants to change in the user's tree. */
export type ChangeSet = z.infer<typeof ChangeSet>;

export const ChangeConflict = z.object({ path: z.string(), reason: z.string() });
export type ChangeConflict = z.infer<typeof ChangeConflict>;

export const FileDiff = z.object({
  path: z.string(),
  status: z.enum(["added", "modified", "deleted"]),
  binary: z.boolean(),
  /** Unified diff, cut at 200 000 characters. */
  patch: z.string(),
  truncated: z.boolean(),
});
export type FileDiff = z.infer<typeof FileDiff>;
