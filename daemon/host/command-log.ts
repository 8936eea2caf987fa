/** The whole output of a command in a file that only the user can read. */
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

export interface OpenCommandLog {
  append(chunk: Uint8Array): void;
  /** Resolves when all of it has been handed to the system. */
  close(): Promise<void>;
}

/** A disk that is full or gone ends the log, not the command. */
export async function openCommandLog(path: string): Promise<OpenCommandLog> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const stream = createWriteStream(path, { flags: "a", mode: 0o600 });
  stream.on("error", () => undefined);
  return {
    append: (chunk) => void stream.write(chunk),
    close: () =>
      new Promise((resolve) =>
        stream.closed ? resolve() : stream.end(() => resolve()).once("error", () => resolve()),
      ),
  };
}
