/** The three sides of a merge, and what came of it. */
import { git } from "../../../host/git.ts";
import type { Blob } from "../change-set.ts";
import { callOnObjects, type Repository } from "../repository.ts";

export interface Sides<Side> {
  readonly base: Side;
  readonly ours: Side;
  readonly theirs: Side;
}

export interface Conflicted {
  /** As git names it, from the repository's root. */
  readonly path: string;
  readonly sides: Partial<Sides<Blob>>;
  readonly reason: string;
}

export interface MergedTree {
  /** Without conflicts the result; with them what could be joined, and something of either side for the rest. */
  readonly tree: string;
  readonly conflicts: readonly Conflicted[];
}

export interface MergeOptions {
  readonly home: string;
  readonly repository: Repository;
  /** Commits. */
  readonly sides: Sides<string>;
  /** As with a git that cannot merge trees. */
  readonly byHand?: boolean;
}

/** Bytes of a blob; undefined for a link's side and where there is none. */
export async function bytesOf(repository: Repository, blob: Blob | undefined): Promise<Buffer | undefined> {
  if (blob === undefined || !blob.mode.startsWith("100")) return undefined;
  return git(callOnObjects(repository), "cat-file", "blob", blob.id);
}
