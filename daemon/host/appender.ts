/** A file that only grows, and rotates: name.log, name.1.log … the oldest removed. For logs. */
import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

export interface Appender {
  /** Appends at once, so that the last line before a crash is there. Throws what the file system throws. */
  append(text: string): void;
  close(): void;
}

/** Opens at the first append. Files are 0600; `files` counts the present one too. */
export function openAppender(path: string, limits: { maxBytes: number; files: number }): Appender {
  let file: number | undefined;
  let size = 0;

  function open(): number {
    const opened = openSync(path, "a", 0o600);
    size = fstatSync(opened).size;
    return opened;
  }

  function rotate(): void {
    close();
    const rotated = (index: number) => (index === 0 ? path : path.replace(/(\.\w+)?$/, `.${index}$1`));
    rmSync(rotated(limits.files - 1), { force: true });
    for (let index = limits.files - 2; index >= 0; index -= 1) renameIfThere(rotated(index), rotated(index + 1));
  }

  function close(): void {
    if (file !== undefined) closeSync(file);
    file = undefined;
  }

  return {
    append(text) {
      file ??= open();
      if (size > 0 && size + text.length > limits.maxBytes) {
        rotate();
        file = open();
      }
      size += writeSync(file, text);
    },
    close,
  };
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
