/** A checkpoint: a commit of the run's copy as it is, under a private ref. Only changed files are read. */
import { git } from "../../host/git.ts";
import { type Copy, recordCopy } from "./change-set.ts";
import { callOnObjects, type Repository, refOf } from "./repository.ts";
import { commitAs, commitTree, setRef } from "./snapshot.ts";
import type { TreeLimits } from "./tree.ts";

/** Larger files are left out, and said so; a run that makes them is not held up by them. */
const LIMITS: TreeLimits = { file: 10 * 1024 * 1024, total: 200 * 1024 * 1024 };

export interface Checkpoint {
  readonly commit: string;
  /** Paths that are not as they are in the commit: too large, or not readable; as git names them. */
  readonly leftOut: readonly string[];
}

export interface Checkpointer {
  /** Nothing is written when the copy is as the run's last checkpoint. */
  take(copy: Copy, options: { runId: string; number: number; signal: AbortSignal }): Promise<Checkpoint>;
  forget(runId: string): void;
}

export function createCheckpointer(home: string): Checkpointer {
  const last = new Map<string, { tree: string; commit: string }>();
  return {
    async take(copy, { runId, number, signal }) {
      const { repository, baseCommit } = copy;
      const { tree, leftOut } = await recordCopy(home, copy, { signal, limits: LIMITS });
      const before = last.get(runId);
      if (before?.tree === tree) return { commit: before.commit, leftOut };
      const commit = await commitAs(repository, refOf(runId, `turns/${number}`), { tree, parent: baseCommit });
      last.set(runId, { tree, commit });
      return { commit, leftOut };
    },
    forget: (runId) => last.delete(runId),
  };
}

/** Commits the copy as it is under a ref of the run, with no cap but a snapshot's own. */
export async function saveCopy(home: string, copy: Copy, ref: string): Promise<Checkpoint> {
  const { tree, leftOut } = await recordCopy(home, copy);
  const commit = await commitTree(callOnObjects(copy.repository), tree, [copy.baseCommit]);
  await setRef(copy.repository, ref, commit);
  return { commit, leftOut };
}

/** A copy that is about to be removed: what is in it and in no commit of the run yet is kept under `kept`. */
export async function keepBeforeRemoval(home: string, copy: Copy, runId: string): Promise<readonly string[]> {
  const { repository } = copy;
  const { tree, leftOut } = await recordCopy(home, copy);
  if (await isKnownTree(repository, runId, tree)) return leftOut;
  const commit = await commitTree(callOnObjects(repository), tree, [copy.baseCommit]);
  await setRef(repository, refOf(runId, "kept"), commit);
  return leftOut;
}

async function isKnownTree(repository: Repository, runId: string, tree: string): Promise<boolean> {
  const names = ["result", "base", "kept", "turns"].map((name) => refOf(runId, name));
  const output = await git(callOnObjects(repository), "for-each-ref", "--format=%(tree)", ...names);
  return output.toString().split("\n").includes(tree);
}
