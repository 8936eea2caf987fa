/** Files that may hold secrets below a folder that is read as a whole. */
import { join } from "node:path";
import { listFolder } from "../../host/files.ts";
import { isSecretPath } from "../path-classes.ts";
import type { PathUse } from "./facts.ts";
import type { Walk } from "./walk-state.ts";

const MAX_ENTRIES = 20_000;

/**
 * `hidden`: names that begin with a dot are read too; `endings`: only files whose names end so. Git's own folder is left
 * out: it is read by no search of text worth asking about.
 */
export async function secretsBelow(
  path: PathUse,
  names: "hidden" | "shown",
  endings: readonly string[] | undefined,
  walk: Walk,
): Promise<PathUse[]> {
  if (path.inside === null || path.absolute === null) return [];
  const found: PathUse[] = [];
  const folders = [{ absolute: path.absolute, inside: path.inside }];
  let left = MAX_ENTRIES;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await listFolder(folder.absolute).catch(() => []);
    left -= entries.length;
    if (left < 0) {
      walk.unclear.add("too many files to look for secrets among them");
      break;
    }
    for (const entry of entries) {
      if (entry.name === ".git" || (names === "shown" && entry.name.startsWith("."))) continue;
      const inside = folder.inside === "" ? entry.name : `${folder.inside}/${entry.name}`;
      const absolute = join(folder.absolute, entry.name);
      if (entry.isDirectory()) folders.push({ absolute, inside });
      else if (isSecretPath(inside) && (endings?.some((ending) => entry.name.endsWith(ending)) ?? true))
        found.push({ use: "read", written: path.written, inside, absolute });
    }
  }
  return found;
}
