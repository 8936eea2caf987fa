/** Work in isolation: what the engine needs of it. Git does the work (snapshot.ts, worktree.ts, apply.ts). */
import type {
  ChangeConflict,
  ChangeSet,
  FileDiff,
  RewindPlace,
  UnsavedPin,
  UnsavedText,
} from "../../../protocol/index.ts";
import type { GitPort } from "../../tools/git-port.ts";
import type { CommitFiles } from "./commit-files.ts";

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

/** A run, and where it works. */
export interface RunPlace {
  readonly runId: string;
  readonly workspace: string;
  readonly isolation: Isolation;
}

export interface CheckpointPort {
  /** Commits the copy as it is, under refs/nexus/<run>/turns/<number>; an unchanged copy has the last one's commit. */
  take(place: RunPlace, options: { number: number; signal: AbortSignal }): Promise<SavedCopy>;
  hasCopy(runId: string): Promise<boolean>;
  /** Commits the copy as it is now under the ref that ends with `name`. */
  saveCopy(place: RunPlace, name: string): Promise<SavedCopy>;
  /** Keeps files of the user's tree byte for byte under the ref that ends with `name`; on top of `earlier`. */
  keepFiles(
    run: { readonly runId: string; readonly workspace: string },
    files: { readonly name: string; readonly paths: readonly string[]; readonly earlier?: string },
  ): Promise<string>;
  /** Paths that differ between two commits. */
  differing(workspace: string, from: string, to: string): Promise<string[]>;
  /** Of paths with the commit that Nexus wrote last, those that somebody else changed since, but for those as in `target`. */
  changedByUser(workspace: string, written: ReadonlyMap<string, string>, target: string): Promise<ChangeConflict[]>;
  /** All or nothing, never over what is not as it was saved; can be repeated after a crash. */
  restore(run: { readonly runId: string; readonly workspace: string }, place: RewindPlace): Promise<ChangeConflict[]>;
  /** The change set from one commit to another, held under the ref that ends with `name`. */
  resultAt(
    run: { readonly runId: string; readonly workspace: string },
    commits: { readonly base: string; readonly at: string },
    name: string,
  ): Promise<ChangeSet>;
  /** What turns one commit into another; the patch is cut at 200 000 characters. */
  compare(
    workspace: string,
    from: string,
    to: string,
  ): Promise<{ files: ChangeSet["files"]; patch: string; truncated: boolean }>;
  /** A copy for a new run that begins at a commit of another one; `keep`: commits to hold under the new run's refs. */
  isolateAt(
    run: { readonly runId: string; readonly workspace: string },
    start: { readonly base: string; readonly commit: string; readonly keep: ReadonlyMap<string, string> },
    signal: AbortSignal,
  ): Promise<Isolation>;
  /** Size and names of what is kept of runs in the repository of a workspace. */
  keptOf(workspace: string): Promise<KeptRun[]>;
  /** Forgets kept commits; git removes their content when it next cleans up. */
  drop(workspace: string, refs: readonly string[]): Promise<void>;
}

export interface SavedCopy {
  readonly commit: string;
  /** Paths whose content is not in the commit: too large or not readable; relative to the workspace. */
  readonly leftOut: readonly string[];
}

export interface KeptRun {
  readonly runId: string;
  /** Full names of refs, oldest checkpoint first. */
  readonly refs: readonly string[];
  /** On the disk, as far as no branch or tag has it. */
  readonly bytes: number;
}

export interface TaskPlace {
  readonly runId: string;
  readonly workspace: string;
  readonly taskId: string;
}

export interface TaskCommit {
  readonly commit: string;
  /** Paths that differ from where the copy began. */
  readonly files: readonly string[];
  /** Paths whose content is not in the commit: too large or not readable. */
  readonly leftOut: readonly string[];
}

export interface MergeConflict {
  /** Relative to the workspace. */
  readonly path: string;
  /** Texts of the three sides, each cut at 20 000 characters; null: not there on this side, or no text. */
  readonly base: string | null;
  readonly ours: string | null;
  readonly theirs: string | null;
  /** In git's words, such as “CONFLICT (content)”. */
  readonly reason: string;
}

export type MergeOutcome =
  | { readonly ok: true; readonly commit: string; readonly files: readonly string[] }
  | {
      readonly ok: false;
      readonly conflicts: readonly MergeConflict[];
      /** The run's copy as it is: nothing was written to it. */
      readonly ours: string;
      /** What could be joined, joined; the rest with both sides in it, marked (merging/marked.ts). */
      readonly marked: string;
    };

export interface TaskCopyPort {
  /**
   * A worktree for one task that begins at a commit. Opened again, after a crash too, it is the same copy with all that
   * was done in it; what was half made is made anew.
   */
  open(options: TaskPlace & { readonly startCommit: string; readonly signal: AbortSignal }): Promise<Isolation>;
  /** A commit of the run's copy as it is now. The same content gives the same commit. */
  head(place: RunPlace): Promise<string>;
  /** The task's copy as it is, kept under refs/nexus/<run>/tasks/<task>. */
  commit(options: TaskPlace & { readonly isolation: Isolation; readonly signal: AbortSignal }): Promise<TaskCommit>;
  /**
   * Joins what a task changed (from `base` to `theirs`) with the run's copy as it is, and writes it there: all or
   * nothing. Repeated, after a crash at any point too, it has the same outcome and writes nothing twice.
   */
  merge(
    place: RunPlace,
    task: { readonly taskId: string; readonly theirs: string; readonly base: string },
  ): Promise<MergeOutcome>;
  /** Git's name for all files of a commit together. */
  tree(workspace: string, commit: string): Promise<string>;
  /** Files of a commit, changed since `since`, in which marks of a conflict are left. */
  unresolved(workspace: string, commits: { readonly since: string; readonly commit: string }): Promise<string[]>;
  /** Removes the task's copy; what was in it stays in a commit under the run's refs. */
  release(runId: string, workspace: string, taskId: string): Promise<void>;
}

export interface ChangesPort {
  /**
   * Keeps an editor's texts for `isolate`. Rejects with `unsaved.refused` for what can be no file of the run's copy: outside of
   * the workspace, behind a link, ignored, git's own, or one that may hold secrets.
   */
  keepUnsaved(run: {
    readonly runId: string;
    readonly workspace: string;
    readonly texts: readonly UnsavedText[];
  }): Promise<UnsavedPin>;
  /** Makes the copy; called again with the same run after a crash it answers with the same copy. */
  isolate(options: {
    runId: string;
    workspace: string;
    /** The change set to go on from; used when the user's tree is still what it was based on. */
    continues?: ChangeSet;
    /** Laid over the files; the base commit holds it, and its parent the files. */
    unsaved?: UnsavedPin;
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
  /** Files that on disk are neither as the run found them, nor as it made them, nor what the editor says that it has. */
  taken(
    workspace: string,
    changeSet: ChangeSet,
    files: readonly { readonly path: string; readonly sha256: string | undefined }[],
    unsaved: UnsavedPin | undefined,
  ): Promise<ChangeConflict[]>;
  /** The files of a run's commit; undefined: it is no longer there. */
  commitFiles(workspace: string, commit: string): Promise<CommitFiles | undefined>;
  /** Git for the run's tools: on the copy, or to look only on the workspace. Undefined: it is in no repository. */
  gitOf(options: { workspace: string; isolation: Isolation | null; signal: AbortSignal }): Promise<GitPort | undefined>;
  /** Removes the copy, and those of its tasks. The commits stay reachable under refs/nexus/ until the run is pruned. */
  release(runId: string, workspace: string): Promise<void>;
  readonly checkpoints: CheckpointPort;
  readonly tasks: TaskCopyPort;
}
