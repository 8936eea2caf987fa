/** Files read at once, for worker threads and a program's start, where nothing else waits, and quick looks at paths. */
import { lstatSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { errorCode } from "./files.ts";

/** Undefined where nothing is, or no file; every other failure throws. */
export function readTextNow(path: string): string | undefined {
  return readNow(path)?.toString("utf8");
}

/** Undefined where nothing is, or no file; every other failure throws. */
export function readNow(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes(errorCode(error) ?? "")) return undefined;
    throw error;
  }
}

/**
 * Does not follow a link; undefined where nothing is. For judging paths, component by component: each look is some
 * microseconds, and a way through the thread pool for each would be most of the time that a judgement takes.
 */
export function lstatNow(path: string): Stats | undefined {
  return unlessMissing(() => lstatSync(path));
}

/** What a path leads to; undefined where nothing is. */
export function statNow(path: string): Stats | undefined {
  return unlessMissing(() => statSync(path));
}

/** All links resolved; throws where a component is missing or cannot be read. */
export function realPathNow(path: string): string {
  return realpathSync.native(path);
}

function unlessMissing(look: () => Stats): Stats | undefined {
  try {
    return look();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "")) return undefined;
    throw error;
  }
}

/** The names in a folder, sorted. */
export function listNow(folder: string): string[] {
  return readdirSync(folder).sort();
}
