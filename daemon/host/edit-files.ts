/** What a change of several files needs of the file system, and the real one. */
import * as fs from "node:fs/promises";
import { dirname } from "node:path";
import { listFolder, makeFolder, readBytes, removeFile, stat } from "./files.ts";

export interface EditFiles {
  /** Undefined where no file is. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Permission bits; undefined where no file is. */
  mode(path: string): Promise<number | undefined>;
  /** Writes a file and the folders to it, flushed when it resolves; replaces what a killed process left there. */
  write(path: string, content: Uint8Array, mode: number | undefined): Promise<void>;
  /** In one folder; on the disk for good when it resolves. */
  rename(from: string, to: string): Promise<void>;
  /** No failure where no file is; on the disk for good when it resolves. */
  remove(path: string): Promise<void>;
  /** Names of the files in a folder; none where no folder is. */
  list(folder: string): Promise<readonly string[]>;
}

export const editFiles: EditFiles = {
  read: readBytes,
  mode: async (path) => (await stat(path))?.mode,
  async write(path, content, mode) {
    await makeFolder(dirname(path));
    await removeFile(path);
    const permissions = mode === undefined ? undefined : mode & 0o7777;
    const file = await fs.open(path, "wx", permissions ?? 0o666);
    try {
      await file.writeFile(content);
      // The mask of the process does not apply to a mode that a file has already.
      if (permissions !== undefined) await file.chmod(permissions);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  async rename(from, to) {
    await fs.rename(from, to);
    await flushFolder(dirname(to));
  },
  async remove(path) {
    await removeFile(path);
    await flushFolder(dirname(path));
  },
  list: async (folder) => (await listFolder(folder)).map(({ name }) => name),
};

/** Windows opens no folder, and flushes names with the files. */
async function flushFolder(path: string): Promise<void> {
  const folder = await fs.open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
