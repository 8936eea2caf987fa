/** A whole project into a folder that is not there yet: all of it, or nothing. */
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { failure, ok, type Result } from "../../../protocol/index.ts";
import {
  errorCode,
  listFolder,
  lstat,
  makeFolder,
  removeEmptyFolder,
  removeTree,
  rename,
  writeAtomically,
} from "../../host/files.ts";
import { resolveInside } from "../../security/paths/fence.ts";

/**
 * Fails with `metagpt.exists` when there is anything but an empty folder, with `metagpt.not_written` when the disk refuses,
 * and with `path.outside`; then nothing was touched. `files`: path from the project's folder with `/`, and its bytes.
 */
export async function writeProjectFolder(
  folder: string,
  files: ReadonlyMap<string, Uint8Array | string>,
): Promise<Result<{ readonly folder: string }>> {
  if (await isTaken(folder)) return failure("metagpt.exists", folder);
  const temporary = join(dirname(folder), `.${basename(folder)}.${randomBytes(6).toString("hex")}.nexus-tmp`);
  try {
    await makeFolder(temporary);
    for (const [path, content] of files) {
      const place = await resolveInside(temporary, path);
      if (!place.ok) return place;
      await makeFolder(dirname(place.value.absolute));
      await writeAtomically(place.value.absolute, content);
    }
    // Windows renames onto no folder, not even an empty one; a folder that got something meanwhile refuses here.
    await removeEmptyFolder(folder);
    if (await isTaken(folder)) return failure("metagpt.exists", folder);
    await rename(temporary, folder);
    return ok({ folder });
  } catch (error) {
    const isTakenNow = ["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(errorCode(error) ?? "");
    const why = error instanceof Error ? error.message : String(error);
    return isTakenNow ? failure("metagpt.exists", folder) : failure("metagpt.not_written", why);
  } finally {
    await removeTree(temporary).catch(() => undefined);
  }
}

async function isTaken(folder: string): Promise<boolean> {
  const info = await lstat(folder);
  if (info === undefined) return false;
  return !info.isDirectory() || (await listFolder(folder)).length > 0;
}
