/** Whether the files on disk fit to what an editor says that it has taken into its own texts. */
import { join } from "node:path";
import type { ChangeConflict, ChangeSet, UnsavedPin } from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import { git, tryGit } from "../../host/git.ts";
import { type Blob, blobChanges } from "./change-set.ts";
import { isContent, look, standingOf, type Tree } from "./present.ts";
import { callOnObjects, type Repository } from "./repository.ts";

interface Taken {
  readonly changeSet: ChangeSet;
  readonly files: readonly { readonly path: string; readonly sha256: string | undefined }[];
  readonly unsaved: UnsavedPin | undefined;
}

/** Rejects with `changes.unknown_path`. */
export async function takenConflicts(
  repository: Repository,
  { changeSet, files, unsaved }: Taken,
): Promise<ChangeConflict[]> {
  const changes = await blobChanges(repository, changeSet.baseCommit, changeSet.resultCommit);
  const chosen = new Map(changes.map((change) => [change.path, change]));
  const tree: Tree = { repository, root: join(repository.top, repository.prefix), chosen };
  const conflicts: ChangeConflict[] = [];
  for (const { path, sha256 } of files) {
    const change = chosen.get(path);
    if (change === undefined) throw nexusError("changes.unknown_path", path);
    const standing = await standingOf(tree, change);
    if (standing.state !== "conflict") continue;
    const present = await look(join(tree.root, path));
    if (sha256 !== undefined && present.kind === "file" && hashOf(present.bytes) === sha256) continue;
    if (unsaved?.paths.includes(path) === true && (await isAsSaved(tree, path, changeSet.baseCommit))) continue;
    conflicts.push({ path, reason: standing.reason });
  }
  return conflicts;
}

/** As the file was under the editor's text: the parent of the run's base holds it. */
async function isAsSaved(tree: Tree, path: string, base: string): Promise<boolean> {
  return isContent(tree, path, await blobAt(tree.repository, `${base}^`, path));
}

async function blobAt(repository: Repository, commit: string, path: string): Promise<Blob | undefined> {
  const call = callOnObjects(repository);
  const name = `${commit}:${repository.prefix}${path}`;
  if ((await tryGit(call, "cat-file", "-e", name)).exitCode !== 0) return undefined;
  const listed = await git(call, "ls-tree", "-z", "--full-tree", commit, "--", `${repository.prefix}${path}`);
  const [, mode = "", id = ""] = /^(\d+) blob (\w+)\t/.exec(listed.toString()) ?? [];
  return { mode, id };
}
