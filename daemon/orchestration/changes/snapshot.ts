/** The user's tree as it is, as a commit under refs/nexus/: index, HEAD, stash and branches are only read. */
import { randomBytes } from "node:crypto";
import { join, relative, sep } from "node:path";
import type { UnsavedPin } from "../../../protocol/index.ts";
import { makeFolder, realPath, removeFile, rename } from "../../host/files.ts";
import { type GitCall, git, tryGit } from "../../host/git.ts";
import { copyWithTime } from "../../host/place.ts";
import { callOn, callOnObjects, type Repository, refOf } from "./repository.ts";
import { recordTree } from "./tree.ts";

export interface Snapshot {
  readonly commit: string;
  readonly tree: string;
  readonly skipped: readonly string[];
}

/** Works in every state of a repository: unborn or detached HEAD, a merge or rebase in progress, a held index.lock. */
export async function takeSnapshot(
  home: string,
  repository: Repository,
  options: { runId: string; signal: AbortSignal; unsaved?: UnsavedPin | undefined },
): Promise<Snapshot> {
  const ownFolder = await ownFolderIn(repository.top, home);
  return withIndexCopy(home, repository.indexFile, async (indexFile) => {
    const call = { ...callOn(repository, indexFile, options.signal), workTree: repository.top };
    const { tree: saved, skipped } = await recordTree({
      call,
      within: "",
      leaveOut: (path) => ownFolder !== undefined && path.startsWith(ownFolder),
    });
    const parent = await presentCommit(call);
    const below = await commitTree(call, saved, parent === undefined ? [] : [parent]);
    const tree = options.unsaved === undefined ? saved : await overlaid(call, options.unsaved);
    const commit = options.unsaved === undefined ? below : await commitTree(call, tree, [below]);
    await setRef(repository, refOf(options.runId, "base"), commit);
    // Nobody else keeps an index for a private repository; this one makes the next snapshot quick.
    if (repository.kind === "private") await rename(indexFile, repository.indexFile);
    return { commit, tree, skipped };
  });
}

/** The tree of the call's index with the files of an editor over its own. */
async function overlaid(call: GitCall, { commit }: UnsavedPin): Promise<string> {
  const entries = await git(call, "ls-tree", "-r", "-z", "--full-tree", commit);
  await git({ ...call, input: entries }, "update-index", "-z", "--replace", "--index-info");
  return (await git(call, "write-tree", "--missing-ok")).toString().trim();
}

/**
 * Hands out a throw-away copy of an index. The copy must not look younger than the original: git trusts what an index
 * says of a file only when the file is older than the index. Where there is no original, nor is there a copy.
 */
export async function withIndexCopy<Value>(
  home: string,
  original: string,
  use: (indexFile: string, isCopy: boolean) => Promise<Value>,
): Promise<Value> {
  const folder = join(home, "tmp");
  await makeFolder(folder, 0o700);
  const indexFile = join(folder, `index-${randomBytes(8).toString("hex")}`);
  try {
    return await use(indexFile, await copyWithTime(original, indexFile));
  } finally {
    await removeFile(indexFile);
    await removeFile(`${indexFile}.lock`);
  }
}

/** The same tree and parents give the same commit: name and time are fixed. */
export async function commitTree(call: GitCall, tree: string, parents: readonly string[]): Promise<string> {
  const flags = parents.flatMap((parent) => ["-p", parent]);
  return (await git(call, "commit-tree", tree, ...flags, "-m", "Nexus")).toString().trim();
}

/** A commit of a tree, and the ref that holds it, in one call of git. Never cancelled half way. */
export async function commitAs(
  repository: Repository,
  ref: string,
  { tree, parent }: { readonly tree: string; readonly parent: string },
): Promise<string> {
  const input = [
    `commit ${ref}`,
    "mark :1",
    "committer Nexus <nexus@localhost> 946684800 +0000",
    "data 5",
    "Nexus",
    `from ${parent}`,
    `M 040000 ${tree} `,
    "",
    "get-mark :1",
    "",
  ].join("\n");
  const command = ["fast-import", "--quiet", "--force", "--date-format=raw"];
  return (await git({ ...callOnObjects(repository), input }, ...command)).toString().trim();
}

/** Never cancelled half way: that would leave the ref locked. */
export async function setRef(repository: Repository, ref: string, commit: string): Promise<void> {
  await git(callOnObjects(repository), "update-ref", ref, commit);
}

/** The tree of a commit; undefined when the repository does not have it. */
export async function treeOf(repository: Repository, commit: string): Promise<string | undefined> {
  const name = `${commit}^{tree}`;
  const { exitCode, stdout } = await tryGit(callOnObjects(repository), "rev-parse", "--verify", "--quiet", name);
  return exitCode === 0 ? stdout.toString().trim() : undefined;
}

async function presentCommit(call: GitCall): Promise<string | undefined> {
  const { exitCode, stdout } = await tryGit(call, "rev-parse", "--verify", "--quiet", "HEAD^{commit}");
  return exitCode === 0 ? stdout.toString().trim() : undefined;
}

/** The data folder as git names it when it lies in the tree, with a final slash. */
export async function ownFolderIn(top: string, home: string): Promise<string | undefined> {
  const path = relative(top, await realPath(home)).replaceAll(sep, "/");
  return path === "" || path.startsWith("../") || path === ".." ? undefined : `${path}/`;
}
