/** Work in isolation: what the engine needs of it. Git does the work (snapshot.ts, worktree.ts, apply.ts). */
import type { ChangeConflict, ChangeSet, FileDiff } from "../../../protocol/index.ts";
import type { GitPort } from "../../tools/git-port.ts";

export interface Isolation {
  /** Commit of the user's tree as it was: tracked, uncommitted and untracked files, ignored ones not. */
  readonly baseCommit: string;
  /** Where the work starts: the base, or the result of the run that this one continues. */
  readonly startCommit: string;
  /** Absolute real path of the agent's copy of the workspace (a folder inside the worktree when the workspace is). */
  readonly worktree: string;
  /** Ignored dependency folders linked into the copy, such as node_modules, relative to the workspace. */
  readonly linked: readonly string[];
  /** Files that are not in the copy, each with the reason in brackets: too large, not readable. */
  readonly skipped?: readonly string[];
}

export interface ChangesPort {
  /** Makes the copy; called again with the same run after a crash it answers with the same copy. */
  isolate(options: {
    runId: string;
    workspace: string;
    /** The change set to go on from; used when the user's tree is still what it was based on. */
    continues?: ChangeSet;
    signal: AbortSignal;
  }): Promise<Isolation>;
  /** Commits the copy as it is now and lists what differs from the base. Same content gives the same commit. */
  collect(options: { runId: string; workspace: string; isolation: Isolation; signal: AbortSignal }): Promise<ChangeSet>;
  /** Unified diff of the copy's present state against the base. */
  workingDiff(isolation: Isolation, workspace: string): Promise<string>;
  diff(workspace: string, changeSet: ChangeSet, path: string): Promise<FileDiff>;
  file(workspace: string, changeSet: ChangeSet, path: string, side: "before" | "after"): Promise<string | null>;
  /**
   * Writes the paths into the user's tree: all or none, never over a file that is no longer as it was. Files already in
   * their final state count as written, so that it can be repeated after a crash.
   */
  apply(workspace: string, changeSet: ChangeSet, paths: readonly string[]): Promise<{ conflicts: ChangeConflict[] }>;
  /** Git for the run's tools: on the copy, or to look only on the workspace. Undefined: it is in no repository. */
  gitOf(options: { workspace: string; isolation: Isolation | null; signal: AbortSignal }): Promise<GitPort | undefined>;
  /** Removes the copy. The commits stay reachable under refs/nexus/ until the run is pruned. */
  release(runId: string, workspace: string): Promise<void>;
}
