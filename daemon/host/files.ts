/** Files. The only place, with its neighbours in host/, that touches the file system. */
import { createHash, randomBytes } from "node:crypto";
import { constants, type Dirent, type Stats } from "node:fs";
import * as fs from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export type { Dirent, Stats };

/** The error's code ("ENOENT", "EACCES" …), or undefined when it is no file-system error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Undefined where nothing is; every other failure throws. */
export async function readBytes(path: string): Promise<Buffer | undefined> {
  return unlessMissing(fs.readFile(path));
}

export async function readText(path: string): Promise<string | undefined> {
  return unlessMissing(fs.readFile(path, "utf8"));
}

/** Reads at most `length` bytes from `offset`. */
export async function readSlice(path: string, offset: number, length: number): Promise<Buffer> {
  const file = await fs.open(path, "r");
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await file.read(buffer, 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Does not follow a link. */
export async function lstat(path: string): Promise<Stats | undefined> {
  return unlessMissing(fs.lstat(path));
}

export async function stat(path: string): Promise<Stats | undefined> {
  return unlessMissing(fs.stat(path));
}

/** All links resolved; throws where a component is missing or cannot be read. */
export function realPath(path: string): Promise<string> {
  return fs.realpath(path);
}

export async function listFolder(path: string): Promise<Dirent[]> {
  return (await unlessMissing(fs.readdir(path, { withFileTypes: true }))) ?? [];
}

export async function makeFolder(path: string, mode?: number): Promise<void> {
  await fs.mkdir(path, { recursive: true, ...(mode === undefined ? {} : { mode }) });
}

/** Removes a folder only when it is empty; true when it was. */
export async function removeEmptyFolder(path: string): Promise<boolean> {
  return fs.rmdir(path).then(
    () => true,
    () => false,
  );
}

export async function removeTree(path: string): Promise<void> {
  await fs.rm(path, { recursive: true, force: true, maxRetries: 3 });
}

export async function removeFile(path: string): Promise<void> {
  await unlessMissing(fs.unlink(path));
}

export async function appendText(path: string, text: string, mode = 0o600): Promise<void> {
  await fs.appendFile(path, text, { mode });
}

export async function rename(from: string, to: string): Promise<void> {
  await fs.rename(from, to);
}

export async function copyFile(from: string, to: string): Promise<void> {
  await fs.copyFile(from, to);
}

export async function changeMode(path: string, mode: number): Promise<void> {
  await fs.chmod(path, mode);
}

export async function readLink(path: string): Promise<string> {
  return fs.readlink(path);
}

/** A link to a folder needs no special right on Windows when it is a junction. */
export async function linkFolder(target: string, path: string): Promise<void> {
  await fs.symlink(target, path, process.platform === "win32" ? "junction" : "dir");
}

export async function linkFile(target: string, path: string): Promise<void> {
  await fs.symlink(target, path);
}

export type OpenFile = (path: string, flags: number, mode: number | undefined) => Promise<fs.FileHandle>;

/** A new file and no other. */
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

/**
 * Replaces a file so that a reader, or a crash at any point, sees the old content or the new, never a mixture: a new
 * file next to it, flushed, renamed over it. The mode of an existing file is kept unless `mode` is given.
 * `beforeRename` is the last chance to refuse, by throwing.
 */
export async function writeAtomically(
  path: string,
  content: Uint8Array | string,
  mode?: number,
  beforeRename?: () => Promise<void>,
  open: OpenFile = (temporary, flags, mode) => fs.open(temporary, flags, mode),
): Promise<void> {
  const temporary = join(dirname(path), `${temporaryPrefix(path)}${randomBytes(6).toString("hex")}${TEMPORARY_ENDING}`);
  const present = mode ?? (await stat(path))?.mode;
  try {
    const file = await open(temporary, CREATE, present === undefined ? 0o666 : present & 0o7777);
    try {
      await file.writeFile(content);
      if (present !== undefined) await file.chmod(present & 0o7777);
      await file.sync();
    } finally {
      await file.close();
    }
    await beforeRename?.();
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}

const TEMPORARY_ENDING = ".nexus-tmp";

function temporaryPrefix(path: string): string {
  return `.${basename(path).slice(0, 60)}.`;
}

/** Removes what a writeAtomically of this path left behind when its process was killed. */
export async function removeTemporaries(path: string): Promise<void> {
  for (const { name } of await listFolder(dirname(path)))
    if (name.startsWith(temporaryPrefix(path)) && name.endsWith(TEMPORARY_ENDING))
      await fs.rm(join(dirname(path), name), { force: true });
}

/** Creates the file, failing when anything is there already, a dangling link included. False when it was. */
export async function createExclusively(path: string, content: Uint8Array | string, mode: number): Promise<boolean> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  try {
    const file = await fs.open(path, flags, mode);
    await file.writeFile(content).finally(() => file.close());
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

export async function isWritable(path: string): Promise<boolean> {
  return fs.access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

export async function isExecutable(path: string): Promise<boolean> {
  return fs.access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** SHA-256 in hexadecimal digits. */
export function hashOf(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}

async function unlessMissing<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
