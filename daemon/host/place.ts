/** Putting files in place step by step: what an undo needs beyond writing one file atomically. */
import { lstatSync, renameSync } from "node:fs";
import * as fs from "node:fs/promises";
import { errorCode, type Stats } from "./files.ts";

const isWindows = process.platform === "win32";

/** Writes a new file, flushed to the disk; fails when anything is there. Owner as given, where the system lets us. */
export async function writeFlushed(
  path: string,
  content: Uint8Array,
  like: { readonly mode: number; readonly exact: boolean; readonly owner?: Pick<Stats, "uid" | "gid"> },
): Promise<void> {
  const file = await fs.open(path, "wx", like.mode);
  try {
    await file.writeFile(content);
    if (like.owner !== undefined && !isWindows) await file.chown(like.owner.uid, like.owner.gid).catch(() => undefined);
    if (like.exact) await file.chmod(like.mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What systems say that have no second names for a file, or none for this one. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL", "EISDIR"]);

/** A second name for the same file, or a copy where the file system has no second names. */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await fs.link(from, to);
  } catch (error) {
    if (!NO_LINKS.has(errorCode(error) ?? "")) throw error;
    const isLink = (await fs.lstat(from)).isSymbolicLink();
    if (isLink) await fs.symlink(await fs.readlink(from), to);
    else await fs.copyFile(from, to, fs.constants.COPYFILE_EXCL);
  }
}

/** Makes renames in the folder durable; Windows has no such call and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (isWindows) return;
  const folder = await fs.open(path, "r").catch(() => undefined);
  if (folder === undefined) return;
  await folder.sync().catch(() => undefined);
  await folder.close();
}

/** Makes one folder; false when it was there already. Its parent must exist. */
export async function makeOneFolder(path: string): Promise<boolean> {
  try {
    await fs.mkdir(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Copies a file with its time of change, never younger than the original's; false when there is none. */
export async function copyWithTime(from: string, to: string): Promise<boolean> {
  try {
    const { mtimeNs } = await fs.stat(from, { bigint: true });
    await fs.copyFile(from, to);
    // Times are set in whole microseconds, from a number that is too coarse for nanoseconds.
    const seconds = Number(mtimeNs / 1000n - 2n) / 1e6;
    await fs.utimes(to, seconds, seconds);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** Which file a name stands for, and in which state; undefined for none. Does not follow a link. */
export type FileIdentity = string | undefined;

export function identityOf(path: string): FileIdentity {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.dev}/${stats.ino}/${stats.size}/${stats.mtimeNs}`;
}

/** Renames at once after a look at what `watched` stands for; false, and nothing done, when that has changed. */
export function renameIfSame(from: string, to: string, watched: string, identity: FileIdentity): boolean {
  if (identityOf(watched) !== identity) return false;
  renameSync(from, to);
  return true;
}

/**
 * Gives a file its final name unless something has that name already (then false). Where second names work the first
 * one may stay behind.
 */
export async function renameIfFree(from: string, to: string): Promise<boolean> {
  try {
    await fs.link(from, to);
  } catch (error) {
    const code = errorCode(error) ?? "";
    if (code === "EEXIST") return false;
    if (!NO_LINKS.has(code)) throw error;
    return renameIfSame(from, to, to, undefined);
  }
  await fs.unlink(from).catch(() => undefined);
  return true;
}

export async function isReadable(path: string): Promise<boolean> {
  return fs.access(path, fs.constants.R_OK).then(
    () => true,
    () => false,
  );
}
