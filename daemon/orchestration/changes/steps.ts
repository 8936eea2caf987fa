/** One file of an accept: put in place, or taken back, so that at every moment it is the old file or the new one. */
import { dirname, join } from "node:path";
import {
  linkFile,
  listFolder,
  lstat,
  makeFolder,
  removeEmptyFolder,
  removeFile,
  rename,
  type Stats,
} from "../../host/files.ts";
import {
  type FileIdentity,
  identityOf,
  linkOrCopy,
  makeOneFolder,
  renameIfFree,
  renameIfSame,
  writeFlushed,
} from "../../host/place.ts";
import type { BlobChange } from "./change-set.ts";
import { fingerprintOf, judgeParents, look, type Present, type Tree } from "./present.ts";

export interface Step {
  readonly change: BlobChange;
  readonly target: string;
  /** Next to the target, so on the same file system: the new content, and the old one until all is done. */
  readonly staged: string;
  readonly backup: string;
  /** What stood there when it was checked. */
  readonly before: string;
  /** What stands there when it is done. */
  readonly after: string;
}

/** Ends an accept: the user changed the file while it was being accepted. */
export class ChangedMeanwhile extends Error {
  readonly path: string;

  constructor(path: string) {
    super(`${path} changed meanwhile`);
    this.path = path;
  }
}

/** Writes the new content beside its place; nothing of the tree changes yet. */
export async function stage(step: Step, content: Present, present: Present): Promise<void> {
  if (content.kind === "link") return linkFile(content.bytes.toString(), step.staged);
  if (content.kind !== "file") throw new Error(`no content for ${step.change.path}`);
  const stats = present.kind === "file" ? present.stats : undefined;
  await writeFlushed(step.staged, content.bytes, modeFor(step.change, stats));
}

/** An existing file keeps its owner and mode, but for the executable bit when that is part of the change. */
function modeFor(change: BlobChange, stats: Stats | undefined): { mode: number; exact: boolean; owner?: Stats } {
  const isExecutable = change.after?.mode === "100755";
  if (stats === undefined) return { mode: isExecutable ? 0o777 : 0o666, exact: false };
  const mode = stats.mode & 0o7777;
  if (change.before?.mode === change.after?.mode) return { mode, exact: true, owner: stats };
  return { mode: isExecutable ? mode | ((mode & 0o444) >> 2) : mode & ~0o111, exact: true, owner: stats };
}

/** Carries the step out. Throws ChangedMeanwhile, with the user's file in its place, when it is not as it was checked. */
export async function perform(tree: Tree, step: Step): Promise<void> {
  const identity = await checkAgain(tree, step);
  if (step.change.after === undefined) return take(step, identity);
  await makeParents(tree, step.change.path);
  if (step.before === "missing" || step.before === "folder") {
    if (!(await renameIfFree(step.staged, step.target))) throw new ChangedMeanwhile(step.change.path);
    return;
  }
  await linkOrCopy(step.target, step.backup);
  const isSame = fingerprintOf(await look(step.backup)) === step.before;
  if (isSame && renameIfSame(step.staged, step.target, step.target, identity)) return checkBackup(step);
  await removeFile(step.backup);
  throw new ChangedMeanwhile(step.change.path);
}

/** Somebody who had the old file open may have written to it until now. */
export async function checkBackup(step: Step): Promise<void> {
  if (step.before === "missing" || step.before === "folder") return;
  if (fingerprintOf(await look(step.backup)) === step.before) return;
  await takeBack(step);
  throw new ChangedMeanwhile(step.change.path);
}

/** Puts the old state back, unless the user has changed the file since: then theirs stays. */
export async function takeBack(step: Step): Promise<void> {
  // Folders made for files that were to come in its place.
  if (step.after === "missing") await removeEmptyFolders(step.target);
  const present = fingerprintOf(await look(step.target));
  const hasBackup = (await look(step.backup)).kind !== "missing";
  if (present !== step.after) {
    await removeFile(step.backup);
    return;
  }
  if (hasBackup) {
    await makeFolder(dirname(step.target));
    await rename(step.backup, step.target);
    // Two names of one file: then the rename did nothing.
    await removeFile(step.backup);
  } else if (step.before === "missing" || step.before === "folder") await removeFile(step.target);
}

async function take(step: Step, identity: FileIdentity): Promise<void> {
  if (!renameIfSame(step.target, step.backup, step.target, identity)) throw new ChangedMeanwhile(step.change.path);
  await checkBackup(step);
}

async function checkAgain(tree: Tree, step: Step): Promise<FileIdentity> {
  const identity = identityOf(step.target);
  const parents = await judgeParents(tree, step.change.path);
  if (step.before === "folder") await removeEmptyFolders(step.target);
  const present = parents.kind === "fine" ? fingerprintOf(await look(step.target)) : "refused";
  if (present !== (step.before === "folder" ? "missing" : step.before)) throw new ChangedMeanwhile(step.change.path);
  return identity;
}

async function makeParents(tree: Tree, path: string): Promise<void> {
  const parts = path.split("/");
  for (let count = 1; count < parts.length; count += 1) await makeOneFolder(join(tree.root, ...parts.slice(0, count)));
}

/** Removes a folder that holds nothing but folders; anything else in it keeps it. */
async function removeEmptyFolders(folder: string): Promise<void> {
  if (!(await lstat(folder))?.isDirectory()) return;
  for (const entry of await listFolder(folder))
    if (entry.isDirectory()) await removeEmptyFolders(join(folder, entry.name));
  await removeEmptyFolder(folder);
}
