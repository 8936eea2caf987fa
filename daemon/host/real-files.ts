/**
 * Files by their real path, every link already resolved. Between a look at a path and its use somebody may swap a folder
 * for a link: here nothing is followed when it is opened, and what was opened is looked at again before it is used.
 */
import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode, type OpenFile, writeAtomically } from "./files.ts";

/** Windows knows no such flag; there the look after opening has to do. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const READ = constants.O_RDONLY | NO_FOLLOW;

const openFile: OpenFile = (path, flags, mode) => fs.open(path, flags, mode);

/** Undefined where nothing is. Throws ELOOP when the path is, or has become, the way through a link. */
export async function readReal(path: string, open = openFile): Promise<Buffer | undefined> {
  try {
    const file = await openReal(path, READ, undefined, open);
    return await file.readFile().finally(() => file.close());
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/** Like `writeAtomically`, below a folder whose path is real; throws ELOOP before a byte is written when it is not. */
export async function writeReal(
  path: string,
  content: Uint8Array | string,
  beforeRename?: () => Promise<void>,
  open = openFile,
): Promise<void> {
  const folder = dirname(path);
  const check = async () => {
    await beforeRename?.();
    if ((await fs.realpath(folder)) !== folder) throw swapped(path);
  };
  await writeAtomically(path, content, undefined, check, (temporary, flags, mode) =>
    openReal(temporary, flags | NO_FOLLOW, mode, open),
  );
}

async function openReal(path: string, flags: number, mode: number | undefined, open: OpenFile): Promise<fs.FileHandle> {
  const file = await open(path, flags, mode);
  try {
    if (await isAt(file, path)) return file;
    throw swapped(path);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Whether what was opened lies where the path says. Linux tells; elsewhere the path is looked at once more. */
async function isAt(file: fs.FileHandle, path: string): Promise<boolean> {
  if (process.platform === "linux") {
    const place = await fs.readlink(`/proc/self/fd/${file.fd}`).catch(() => undefined);
    if (place !== undefined) return place === path;
  }
  const folder = dirname(path);
  const [opened, named, real] = await Promise.all([file.stat(), fs.lstat(path), fs.realpath(folder)]);
  return real === folder && opened.ino === named.ino && opened.dev === named.dev;
}

function swapped(path: string): Error {
  const message = `${path} is not where it was looked at: a folder on its way has become a link`;
  return Object.assign(new Error(message), { code: "ELOOP" });
}
