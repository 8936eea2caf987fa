/** What is on the disk for good when the call returns: growing a file, cutting it, flushing what another library wrote. */
import * as fs from "node:fs/promises";

/** Appends and flushes; makes the file, mode 0600, when there is none. A crash leaves a beginning of `bytes` at most. */
export async function appendFlushed(path: string, bytes: Uint8Array): Promise<void> {
  const file = await fs.open(path, "a", 0o600);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Makes a new file's name as durable as its content; does nothing where the system has no such thing (Windows). */
export async function flushFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await fs.open(path, "r");
  await folder.sync().finally(() => folder.close());
}

export async function cutFile(path: string, length: number): Promise<void> {
  await fs.truncate(path, length);
}

export async function flushFile(path: string): Promise<void> {
  const file = await fs.open(path, "r+");
  await file.sync().finally(() => file.close());
}
