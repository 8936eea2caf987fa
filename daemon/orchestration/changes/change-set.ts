/** What a run made of its copy: a commit, the list of files that differ, and their contents. */
import { isUtf8 } from "node:buffer";
import { resolve } from "node:path";
import type { ChangedFile, ChangeSet, FileDiff } from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import { rename } from "../../host/files.ts";
import { git, splitNul, tryGit } from "../../host/git.ts";
import { identityOf } from "../../host/place.ts";
import { createKnown, type Known } from "./known.ts";
import { callOnObjects, type Repository, refOf } from "./repository.ts";
import { commitTree, setRef, withIndexCopy } from "./snapshot.ts";
import { type RecordedTree, recordTree, type TreeLimits } from "./tree.ts";
import { type CopyPlace, hasCopy, isSparse } from "./worktree.ts";

const MAX_PATCH_CHARACTERS = 200_000;
const MAX_TEXT_BYTES = 5 * 1024 * 1024;
/** A character takes at most four bytes. */
const MAX_PATCH_BYTES = 4 * MAX_PATCH_CHARACTERS;
const EXACT = ["--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=none"];

/** Where the copy's present state is compared with what the run began with. */
export interface Copy {
  readonly repository: Repository;
  readonly place: CopyPlace;
  readonly baseCommit: string;
  /** Linked dependencies, relative to the copy's root. */
  readonly linked: readonly string[];
}

/** One side of a change: a file's mode ("100644", "100755", "120000") and the id of its content. */
export interface Blob {
  readonly mode: string;
  readonly id: string;
}

export interface BlobChange {
  /** Relative to the workspace. */
  readonly path: string;
  readonly before: Blob | undefined;
  readonly after: Blob | undefined;
}

/**
 * Commits the copy as it is under refs/nexus/<run>/result. The same content gives the same commit, so nothing is done
 * again for a content that is in `collected` under the run's id.
 */
export async function collectChanges(
  home: string,
  copy: Copy,
  { runId, signal, collected }: { runId: string; signal: AbortSignal; collected: Known<ChangeSet> },
): Promise<ChangeSet> {
  const { repository, baseCommit } = copy;
  const tree = await treeOfCopy(home, copy, signal);
  const stamp = `${baseCommit} ${tree} ${repository.commonDir} ${repository.prefix}`;
  const before = collected.get(runId, () => stamp);
  if (before !== undefined) return before;
  const resultCommit = await commitTree(callOnObjects(repository), tree, [baseCommit]);
  await setRef(repository, refOf(runId, "result"), resultCommit);
  const changeSet = { baseCommit, resultCommit, files: await changedFiles(repository, baseCommit, resultCommit) };
  collected.keep(runId, stamp, changeSet);
  return changeSet;
}

/** Unified diff of the copy as it is now, cut at 200 000 characters. */
export async function diffOfCopy(home: string, copy: Copy, signal?: AbortSignal): Promise<string> {
  const tree = await treeOfCopy(home, copy, signal);
  return (await patchOf(copy.repository, copy.baseCommit, tree, [])).patch;
}

/** Unified diff of one file. Rejects with `changes.unknown_path` when it is not part of the change. */
export async function fileDiff(repository: Repository, changeSet: ChangeSet, path: string): Promise<FileDiff> {
  const file = changeSet.files.find((candidate) => candidate.path === path);
  if (file === undefined) throw nexusError("changes.unknown_path", path);
  const { baseCommit, resultCommit } = changeSet;
  const patch = await patchOf(repository, baseCommit, resultCommit, ["--", repository.prefix + path]);
  return { path, status: file.status, binary: file.binary, ...patch };
}

/** A file's text in a commit; null where it does not exist, is no UTF-8 text, or is larger than 5 MiB. */
export async function fileText(repository: Repository, commit: string, path: string): Promise<string | null> {
  const call = callOnObjects(repository);
  const name = `${commit}:${repository.prefix}${path}`;
  const size = await tryGit(call, "cat-file", "-s", name);
  if (size.exitCode !== 0 || Number(size.stdout.toString()) > MAX_TEXT_BYTES) return null;
  const { exitCode, stdout } = await tryGit(call, "cat-file", "blob", name);
  return exitCode !== 0 || stdout.includes(0) || !isUtf8(stdout) ? null : stdout.toString();
}

/** Everything in the workspace that differs between two commits; submodules never do. */
export async function blobChanges(repository: Repository, from: string, to: string): Promise<BlobChange[]> {
  return changesIn(await diffEntries(repository, ["--raw", "--no-abbrev"], from, to));
}

export async function changedFiles(repository: Repository, from: string, to: string): Promise<ChangedFile[]> {
  const entries = await diffEntries(repository, ["--raw", "--no-abbrev", "--numstat"], from, to);
  // The raw entries come first: each is followed by its path, and begins with a colon as no count does.
  const firstCount = entries.findIndex((entry, index) => index % 2 === 0 && !entry.startsWith(":"));
  const split = firstCount === -1 ? entries.length : firstCount;
  const counts = new Map(entries.slice(split).map((line) => countsOf(line)));
  return changesIn(entries.slice(0, split)).map(({ path, before, after }) => {
    const status = before === undefined ? "added" : after === undefined ? "deleted" : "modified";
    const count = counts.get(path) ?? { additions: 0, deletions: 0, binary: false };
    return { path, status, ...count };
  });
}

async function diffEntries(repository: Repository, what: string[], from: string, to: string): Promise<string[]> {
  const scope = scopeOf(repository);
  return splitNul(await git(callOnObjects(repository), "diff-tree", "-r", "-z", ...what, ...EXACT, ...scope, from, to));
}

/** Raw entries come in pairs: `:modes ids status`, then the path. */
function changesIn(entries: readonly string[]): BlobChange[] {
  const changes: BlobChange[] = [];
  for (let index = 0; index + 1 < entries.length; index += 2) {
    const [before = "", after = "", idBefore = "", idAfter = ""] = (entries[index] ?? "").slice(1).split(" ");
    if (before === "160000" || after === "160000") continue;
    changes.push({ path: entries[index + 1] ?? "", before: blob(before, idBefore), after: blob(after, idAfter) });
  }
  return changes;
}

/** `additions TAB deletions TAB path`, with dashes for binary files. */
function countsOf(line: string): [string, { additions: number; deletions: number; binary: boolean }] {
  const [additions = "", deletions = "", ...path] = line.split("\t");
  const binary = additions === "-";
  return [path.join("\t"), { additions: Number(additions) || 0, deletions: Number(deletions) || 0, binary }];
}

function blob(mode: string, id: string): Blob | undefined {
  return mode === "000000" ? undefined : { mode, id };
}

export async function patchOf(
  repository: Repository,
  from: string,
  to: string,
  paths: readonly string[],
): Promise<{ patch: string; truncated: boolean }> {
  const call = { ...callOnObjects(repository), firstBytes: MAX_PATCH_BYTES };
  const output = await git(call, "diff-tree", "-r", "-p", ...EXACT, ...scopeOf(repository), from, to, ...paths);
  const text = output.toString();
  const truncated = text.length > MAX_PATCH_CHARACTERS || output.length === MAX_PATCH_BYTES;
  return { patch: text.slice(0, MAX_PATCH_CHARACTERS), truncated };
}

/** Only the workspace, and names relative to it. */
function scopeOf(repository: Repository): string[] {
  return repository.prefix === "" ? [] : [`--relative=${repository.prefix}`];
}

/** By index: the tree that its entries make. */
const trees = createKnown<string>();

/** The tree of the copy as it is now; linked dependencies and ignored files are no part of it. */
export async function treeOfCopy(home: string, copy: Copy, signal?: AbortSignal): Promise<string> {
  return (await recordCopy(home, copy, signal === undefined ? {} : { signal })).tree;
}

/** The same, with what was left out of it. */
export async function recordCopy(
  home: string,
  copy: Copy,
  { signal, limits }: { readonly signal?: AbortSignal; readonly limits?: TreeLimits } = {},
): Promise<RecordedTree> {
  const { repository, place, linked } = copy;
  if (!(await hasCopy(place)))
    throw nexusError("workspace.git_failed", `The run's copy is gone: ${resolve(place.folder)}.`);
  return withIndexCopy(home, place.indexFile, async (indexFile, isCopy) => {
    // The repository itself, not what a .git in the copy says: the agent can change that.
    const objects = callOnObjects(repository);
    // The index is ours alone: nobody needs its checksum.
    const config = [...repository.config, ["index.skipHash", "true"] as const];
    const call = { ...objects, config, folder: place.folder, workTree: place.folder, indexFile };
    const cancellable = signal === undefined ? call : { ...call, signal };
    if (!isCopy) await git(cancellable, "read-tree", copy.baseCommit);
    const knownTree = isCopy ? trees.get(place.indexFile, () => identityOf(place.indexFile) ?? "") : undefined;
    const recorded = await recordTree({
      call: cancellable,
      within: repository.prefix,
      leaveOut: (path) => isLinked(path, linked),
      hasNoFlags: !(await isSparse(place, repository.commonDir)),
      ...(limits === undefined ? {} : { limits }),
      ...(knownTree === undefined ? {} : { knownTree }),
    });
    await rename(indexFile, place.indexFile);
    trees.keep(place.indexFile, identityOf(place.indexFile) ?? "", recorded.tree);
    return recorded;
  });
}

function isLinked(path: string, linked: readonly string[]): boolean {
  return linked.some((folder) => path === folder || path.startsWith(`${folder}/`));
}
