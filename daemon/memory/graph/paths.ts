/** Workspace paths: forward slashes, "" is the root folder. */
import { posix } from "node:path";

export interface PathIndex {
  /** Sorted. */
  readonly all: readonly string[];
  has(path: string): boolean;
  /** Files directly in a folder, sorted. */
  within(folder: string): readonly string[];
  /** Files whose path is this suffix or ends in "/" and it, nearest to `from` first. */
  endingIn(suffix: string, from: string): readonly string[];
  /** Folders whose path is this suffix or ends in "/" and it. */
  foldersEndingIn(suffix: string): readonly string[];
}

export function indexPaths(paths: readonly string[]): PathIndex {
  const known = new Set(paths);
  const byFolder = Map.groupBy(paths, folderOf);
  const byName = Map.groupBy(paths, nameOf);
  const foldersByName = Map.groupBy(byFolder.keys(), nameOf);
  return {
    all: paths,
    has: (path) => known.has(path),
    within: (folder) => byFolder.get(folder) ?? [],
    endingIn: (suffix, from) => nearest(from, (byName.get(nameOf(suffix)) ?? []).filter(endsIn(suffix))),
    foldersEndingIn: (suffix) => (foldersByName.get(nameOf(suffix)) ?? []).filter(endsIn(suffix)),
  };
}

function endsIn(suffix: string): (path: string) => boolean {
  return (path) => path === suffix || path.endsWith(`/${suffix}`);
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** With its dot, lower case: ".ts"; "" when there is none. */
export function endingOf(path: string): string {
  const dot = path.lastIndexOf(".");
  return dot > path.lastIndexOf("/") + 1 ? path.slice(dot).toLowerCase() : "";
}

/** The name without its last ending. */
export function stemOf(path: string): string {
  const name = nameOf(path);
  return name.slice(0, name.length - posix.extname(name).length);
}

/** Undefined when it leads out of the workspace. */
export function joinPath(...parts: readonly string[]): string | undefined {
  const joined = posix.join(...parts.filter((part) => part !== ""));
  if (joined === ".." || joined.startsWith("../") || joined.startsWith("/")) return undefined;
  const plain = joined.replace(/\/$/, "");
  return plain === "." ? "" : plain;
}

/** The folder itself and every folder around it, innermost first, the root last. */
export function foldersUp(folder: string): string[] {
  const folders = [folder];
  for (let at = folder; at !== ""; ) {
    at = folderOf(at);
    folders.push(at);
  }
  return folders;
}

/** Those that share most folders with `from` first, then the shallowest, then by name. */
export function nearest(from: string, paths: readonly string[]): string[] {
  if (paths.length < 2) return [...paths];
  const keyed = paths.map((path) => ({ path, together: sharedFolders(from, path), depth: path.split("/").length }));
  keyed.sort((a, b) => b.together - a.together || a.depth - b.depth || compareText(a.path, b.path));
  return keyed.map(({ path }) => path);
}

export function sharedFolders(first: string, second: string): number {
  const [a, b] = [folderOf(first).split("/"), folderOf(second).split("/")];
  let count = 0;
  while (count < a.length && count < b.length && a[count] === b[count]) count += 1;
  return count;
}

/** The order of UTF-16 units: the same on every machine. */
export function compareText(first: string, second: string): number {
  return first < second ? -1 : first > second ? 1 : 0;
}
