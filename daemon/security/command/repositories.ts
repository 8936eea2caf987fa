/** Repositories inside the workspace: git obeys the settings of the nearest one, and settings can name programs. */
import { dirname, join, resolve, sep } from "node:path";
import { lstat } from "../../host/files.ts";
import { isWithin } from "../path-names.ts";
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
    if ((await isThere(join(at, "HEAD"))) || (await isThere(join(at, ".git")))) return true;
  return (await isThere(join(root, "HEAD"))) && !(await isThere(join(root, ".git")));
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== undefined;
}
