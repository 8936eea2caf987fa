/** A copy of finished work for checks that must change files: what they break there is nobody's work. */
import { dirname, join } from "node:path";
import {
  copyFile,
  linkFile,
  linkFolder,
  listFolder,
  lstat,
  makeFolder,
  readLink,
  realPath,
  removeFile,
  removeTree,
  stat,
  writeAtomically,
} from "../../host/files.ts";
import { makeScratch } from "../../host/scratch.ts";
import { listWorkspace } from "../../memory/listing.ts";
import type { FieldContext } from "./field-check.ts";

export interface ScratchCopy {
  /** Absolute real path. */
  readonly root: string;
  /** Null removes the file. */
  write(path: string, text: string | null): Promise<void>;
  dispose(): Promise<void>;
}

const MOST_FILES = 20_000;
const MOST_BYTES = 300 * 1024 * 1024;

/** Undefined: there is too much of it to copy. Files that git ignores are left out, linked folders are linked again. */
export async function makeScratchCopy({
  root,
  linked,
  signal,
}: Pick<FieldContext, "root" | "linked" | "signal">): Promise<ScratchCopy | undefined> {
  const { paths, truncated } = await listWorkspace(root, { signal, limit: MOST_FILES });
  if (truncated) return undefined;
  const folder = await realPath(await makeScratch());
  const dispose = () => removeTree(folder);
  try {
    let bytes = 0;
    for (const path of paths) {
      signal.throwIfAborted();
      const stats = await lstat(join(root, path));
      if (stats === undefined || !stats.isFile()) continue;
      bytes += stats.size;
      if (bytes > MOST_BYTES) {
        await dispose();
        return undefined;
      }
      await makeFolder(dirname(join(folder, path)));
      await copyFile(join(root, path), join(folder, path));
    }
    for (const path of linked) await linkAgain(join(root, path), join(folder, path));
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    root: folder,
    async write(path, text) {
      const target = join(folder, path);
      if (text === null) return removeFile(target);
      await makeFolder(dirname(target));
      await writeAtomically(target, text);
    },
    dispose,
  };
}

/** A folder of links, as dependencies are in a copy, or one link. */
async function linkAgain(from: string, to: string): Promise<void> {
  const stats = await lstat(from);
  if (stats === undefined || (await lstat(to)) !== undefined) return;
  await makeFolder(dirname(to));
  if (stats.isSymbolicLink()) return linkFolder(await realPath(from), to);
  await makeFolder(to);
  for (const entry of await listFolder(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isSymbolicLink()) await linkEntry(source, target);
    else if (entry.isDirectory() && (entry.name.startsWith("@") || entry.name === ".bin"))
      await linkAgain(source, target);
    else if (entry.isDirectory()) await linkFolder(source, target);
    else if (entry.isFile()) await copyFile(source, target);
  }
}

async function linkEntry(source: string, target: string): Promise<void> {
  const real = await realPath(source).catch(() => undefined);
  if (real === undefined) return;
  if ((await stat(real))?.isDirectory() === true) await linkFolder(real, target);
  else await linkFile(await readLink(source), target);
}
