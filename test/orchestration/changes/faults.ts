/** Faults of the file system at the Nth change, by wrapping Node's own functions. */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

export interface Faults {
  /** How many changing operations there were so far. */
  readonly count: () => number;
  readonly restore: () => void;
}

const CHANGING = ["rename", "link", "unlink", "mkdir", "rmdir", "symlink", "rm", "open"] as const;

/**
 * Calls `fault` before the Nth operation that changes files (from 1), or with `forGood` from the Nth on; what it throws
 * is that operation's failure.
 */
export function faultAt(operation: number, fault: () => void, { forGood = false } = {}): Faults {
  let count = 0;
  const step = () => {
    count += 1;
    if (count === operation || (forGood && count > operation)) fault();
  };
  const { renameSync } = fs;
  const asynchronous = Object.fromEntries(CHANGING.map((name) => [name, fs.promises[name]]));
  const wrapped = CHANGING.map((name) => {
    const original: (...args: never[]) => Promise<unknown> = fs.promises[name];
    const replacement = async (...args: never[]) => {
      step();
      return original.apply(fs.promises, args);
    };
    return [name, replacement];
  });
  Object.assign(fs.promises, Object.fromEntries(wrapped));
  fs.renameSync = (from, to) => {
    step();
    renameSync(from, to);
  };
  syncBuiltinESMExports();
  return {
    count: () => count,
    restore() {
      Object.assign(fs.promises, asynchronous);
      fs.renameSync = renameSync;
      syncBuiltinESMExports();
    },
  };
}
