/** Repositories inside the workspace: git obeys the settings of the nearest one, and settings can name programs. */
import { dirname, join, resolve, sep } from "node:path";
import { lstatNow } from "../../host/sync-files.ts";
import { isWithin } from "../paths/path-names.ts";
import type { ShellWord } from "./shell-word.ts";
import type { Walk } from "./walk-state.ts";

/**
 * True unless git, started in `cwd` (moved by `-C folder`), surely works on the workspace's own repository. A bare
 * repository needs no .git: a folder with HEAD, objects and refs is enough, and anybody who writes files can make one.
 */
export async function mayBeOwnRepository(
  folder: ShellWord | undefined,
  cwd: string | null,
  walk: Walk,
): Promise<boolean> {
  const { root } = walk.place;
  if (cwd === null || (folder !== undefined && folder.value === null)) return true;
  const start = resolve(cwd, folder?.value ?? "");
  if (!isWithin(root, start, sep)) return true;
  // A part before this one may make such a folder.
  if (start !== root && walk.parts.some(({ effect }) => effect !== "reads")) return true;
  for (let at = start; at !== root; at = dirname(at))
    if (isThere(join(at, "HEAD")) || isThere(join(at, ".git"))) return true;
  return isThere(join(root, "HEAD")) && !isThere(join(root, ".git"));
}

/** What cannot be looked at counts as there. */
function isThere(path: string): boolean {
  try {
    return lstatNow(path) !== undefined;
  } catch {
    return true;
  }
}
