/** Files that may hold secrets, or lie elsewhere, below a folder that is read as a whole. */
import { join } from "node:path";
import { type Dirent, listFolder, stat } from "../../host/files.ts";
import { resolveAnywhere } from "../paths/fence.ts";
import { globMatcher } from "../paths/glob.ts";
import { isSecretPath } from "../paths/path-classes.ts";
import type { PathUse } from "./facts.ts";
import type { Below } from "./finding.ts";
import { trackedFiles } from "./git-index.ts";
import type { Walk } from "./walk-state.ts";

const MAX_ENTRIES = 20_000;

/** What makes two words of a name, or an option, where names become words of a command. */
const NO_WORD = /[\s'"\\*?[]|(^|\/)-/;

interface Search {
  readonly path: PathUse;
  readonly below: Below;
  readonly walk: Walk;
  readonly found: PathUse[];
  /** Whether a file of this name is read at all. */
  readonly isMeant: (name: string) => boolean;
  readonly visited: Set<string>;
}

interface Folder {
  readonly absolute: string;
  readonly inside: string;
}

export async function secretsBelow(path: PathUse, below: Below, walk: Walk): Promise<PathUse[]> {
  if (path.inside === null || path.absolute === null) return [];
  const matchers = below.only?.map(globMatcher);
  const isMeant = (name: string) => matchers === undefined || matchers.some((matches) => matches(name));
  const search: Search = { path, below, walk, found: [], isMeant, visited: new Set() };
  if (!(below.tracked && (await addTracked(search)))) await addFound(search);
  return search.found;
}

/** False where what git knows cannot be told; then all that is there counts. */
async function addTracked({ path, below, walk, found, isMeant }: Search): Promise<boolean> {
  const files = await trackedFiles(walk.place.root);
  if (files === undefined) return false;
  const folder = path.inside === "" ? "" : `${path.inside}/`;
  const meant = files.filter((file) => file.path.startsWith(folder) && isMeant(file.path.split("/").at(-1) ?? ""));
  for (const file of meant) {
    const absolute = join(walk.place.root, file.path);
    if (below.asWords && NO_WORD.test(file.path)) walk.unclear.add("names of files in it can be taken for more words");
    if (isSecretPath(file.path)) found.push({ use: "read", written: path.written, inside: file.path, absolute });
    else if (below.follows && file.isLink) await addLinked({ path, walk, found }, absolute);
  }
  return true;
}

async function addFound(search: Search): Promise<void> {
  const { path, walk } = search;
  const folders: Folder[] = [{ absolute: path.absolute ?? "", inside: path.inside ?? "" }];
  let left = MAX_ENTRIES;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (search.visited.has(folder.absolute)) continue;
    search.visited.add(folder.absolute);
    const entries = await listFolder(folder.absolute).catch(() => []);
    left -= entries.length;
    if (left < 0) {
      walk.unclear.add("too many files to look for secrets among them");
      return;
    }
    for (const entry of entries) folders.push(...(await lookAt(entry, folder, search)));
  }
}

/** The folders that are to be looked into because of this entry. */
async function lookAt(entry: Dirent, folder: Folder, search: Search): Promise<Folder[]> {
  const { path, below, walk, found, isMeant } = search;
  if (!below.hidden && entry.name.startsWith(".")) return [];
  const inside = folder.inside === "" ? entry.name : `${folder.inside}/${entry.name}`;
  const absolute = join(folder.absolute, entry.name);
  if (entry.isDirectory()) return isLeftOut(entry.name, below) ? [] : [{ absolute, inside }];
  if (below.asWords && NO_WORD.test(inside)) walk.unclear.add("names of files in it can be taken for more words");
  if (!entry.isSymbolicLink()) {
    if (isMeant(entry.name) && isSecretPath(inside))
      found.push({ use: "read", written: path.written, inside, absolute });
    return [];
  }
  if (!below.follows || walk.place.linked.includes(inside)) return [];
  const isFolder = (await stat(absolute).catch(() => undefined))?.isDirectory() === true;
  // What only lists names does not go into the folders that links lead to.
  return (isFolder && !below.asWords) || isMeant(entry.name) ? addLinked(search, absolute) : [];
}

/** Git's own folder is no text that a search is for, and installed packages are everybody's. */
function isLeftOut(name: string, below: Below): boolean {
  return name === ".git" || name === "node_modules" || (below.skips?.includes(name) ?? false);
}

/** Where a link leads is read as well: it may be elsewhere, or a secret. */
async function addLinked({ path, walk, found }: Pick<Search, "path" | "walk" | "found">, absolute: string) {
  const place = await resolveAnywhere(walk.place.root, absolute);
  const info = place.absolute === null ? undefined : await stat(place.absolute).catch(() => undefined);
  if (info === undefined) return [];
  if (place.inside === null || isSecretPath(place.inside)) found.push({ use: "read", written: path.written, ...place });
  const { absolute: at, inside } = place;
  return info.isDirectory() && at !== null && inside !== null ? [{ absolute: at, inside }] : [];
}
