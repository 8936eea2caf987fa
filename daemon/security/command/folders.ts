/** The working directory as it changes within a line. */
import { dirname, join, normalize, sep } from "node:path";
import { realPathNow, statNow } from "../../host/sync-files.ts";
import { resolveAnywhere } from "../paths/fence.ts";
import type { ShellWord } from "./shell-word.ts";

/** `logical`: as `cd` counts `..`; `physical`: as the system does. */
export interface Folder {
  readonly logical: string;
  readonly physical: string;
}

/** Null: it cannot be told. */
export type FolderState = Folder | null;

/** What holds after a command that went well, and after one that failed. */
export interface Outcome {
  readonly success: FolderState;
  readonly failure: FolderState;
}

export function stays(state: FolderState): Outcome {
  return { success: state, failure: state };
}

export function either(first: FolderState, second: FolderState): FolderState {
  return first !== null && second !== null && first.logical === second.logical && first.physical === second.physical
    ? first
    : null;
}

/**
 * After `cd`. It is sure to go well only into a folder that is there, when nothing before it in the line changed files.
 */
export async function changeFolder(
  args: readonly ShellWord[],
  state: FolderState,
  home: string | null,
  root: string,
  isSettled: boolean,
): Promise<Outcome> {
  const [word, ...rest] = args[0]?.value === "--" ? args.slice(1) : args;
  const target = word === undefined ? home : word.value;
  const failure = { success: null, failure: either(state, null) };
  if (target === null || target === "" || target.startsWith("-") || rest.length > 0 || word?.spreads) return failure;
  const isAbsolutePath = target.startsWith("/");
  if (!isAbsolutePath && state === null) return failure;
  const logical = trimmed(normalize(isAbsolutePath ? target : join(state?.logical ?? sep, target)));
  const { absolute } = await resolveAnywhere(root, logical);
  if (absolute === null) return failure;
  const info = statNow(logical);
  if (info !== undefined && !info.isDirectory()) return failure;
  const physical = info === undefined ? absolute : realPathNow(logical);
  const success = { logical, physical };
  return { success, failure: info !== undefined && isSettled ? success : state };
}

function trimmed(path: string): string {
  return path.length > 1 && path.endsWith(sep) && dirname(path) !== path ? path.slice(0, -1) : path;
}
