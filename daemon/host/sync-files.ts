/** Files read at once, for worker threads and a program's start, where nothing else waits. */
import { readdirSync, readFileSync } from "node:fs";
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

/** The names in a folder, sorted. */
export function listNow(folder: string): string[] {
  return readdirSync(folder).sort();
}
