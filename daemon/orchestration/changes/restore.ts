/** Putting files back to an earlier commit: with the care of an accept, after what is there now was saved. */
import { join } from "node:path";
import type { ChangeConflict } from "../../../protocol/index.ts";
import { git, splitNul } from "../../host/git.ts";
import { applyChanges } from "./apply.ts";
import { type Blob, blobChanges } from "./change-set.ts";
import { isContent } from "./present.ts";
import { callOnObjects, type Repository } from "./repository.ts";

export interface Restoring {
  readonly home: string;
  /** Its working tree is the one to restore: the user's, or a run's copy. */
  readonly repository: Repository;
  /** What was there when the rewind began. A file that is no longer so is a conflict, and nothing is written. */
  readonly saved: string;
  readonly target: string;
  /** The target's files were kept byte for byte. */
  readonly exact: boolean;
  /** Only these, relative to the workspace. */
  readonly paths: readonly string[];
}

/** Repeated after a crash it goes on where it was, or takes back what it wrote. Rejects as an accept does. */
export async function restoreFiles(restoring: Restoring): Promise<ChangeConflict[]> {
  const { home, repository, saved, target, exact } = restoring;
  const changeSet = { baseCommit: saved, resultCommit: target };
  const paths = await differing(repository, { from: saved, to: target, within: new Set(restoring.paths) });
  if (paths.length === 0) return [];
  return (await applyChanges({ home, repository, changeSet, paths, exact })).conflicts;
}

/** Paths that differ between two commits; with `within` only of those. */
export async function differing(
  repository: Repository,
  { from, to, within }: { from: string; to: string; within?: ReadonlySet<string> },
): Promise<string[]> {
  const changes = await blobChanges(repository, from, to);
  return changes.map((change) => change.path).filter((path) => within?.has(path) ?? true);
}

/** Of these paths of the user's tree, those that are neither as Nexus wrote them nor as they are to become. */
export async function changedByUser(
  repository: Repository,
  written: ReadonlyMap<string, string>,
  target: string,
): Promise<ChangeConflict[]> {
  const tree = { repository, root: join(repository.top, repository.prefix), chosen: new Map() };
  const blobs = new Map<string, ReadonlyMap<string, Blob>>();
  for (const commit of new Set([target, ...written.values()])) blobs.set(commit, await blobsOf(repository, commit));
  const conflicts: ChangeConflict[] = [];
  for (const [path, commit] of written) {
    const isOurs =
      (await isContent(tree, path, blobs.get(commit)?.get(path))) ||
      (await isContent(tree, path, blobs.get(target)?.get(path)));
    if (!isOurs) conflicts.push({ path, reason: "you changed it since Nexus wrote it" });
  }
  return conflicts;
}

/** All files of the workspace in a commit. */
async function blobsOf(repository: Repository, commit: string): Promise<Map<string, Blob>> {
  const { prefix } = repository;
  const output = await git(callOnObjects(repository), "ls-tree", "-r", "-z", "--full-tree", commit);
  const blobs = new Map<string, Blob>();
  for (const line of splitNul(output)) {
    const [, mode = "", kind, id = "", path = ""] = /^(\d+) (\w+) (\w+)\t(.*)$/s.exec(line) ?? [];
    if (kind === "blob" && path.startsWith(prefix)) blobs.set(path.slice(prefix.length), { mode, id });
  }
  return blobs;
}
