/**
 * Installed dependencies, linked into a copy instead of installed again. They are ignored by git, so they are in no
 * snapshot and in no change set.
 */
import { basename, join, relative, sep } from "node:path";
import {
  copyFile,
  type Dirent,
  linkFile,
  linkFolder,
  listFolder,
  lstat,
  makeFolder,
  readLink,
  realPath,
  stat,
} from "../../host/files.ts";
import { type GitCall, git, splitNul } from "../../host/git.ts";

const DEPENDENCY_FOLDERS = new Set([
  ...["node_modules", "bower_components", "jspm_packages", "web_modules"],
  ...[".venv", "venv", "__pypackages__", "vendor", "Pods", "elm-stuff", "deps"],
]);
const MAX_LINKS = 500;
/** Made by tools as they run: the copy makes its own, so that the user's stay as they are. */
const CACHES = new Set([".cache", ".vite", ".vite-temp", ".vitest", ".tmp"]);

/**
 * Links what a tree has installed; answers with the folders, relative to the tree's root, "/" between parts. `known`:
 * folders that are links there, which a rule that ends with a slash does not ignore.
 */
export async function linkDependencies(
  call: GitCall & { workTree: string },
  copy: string,
  known: readonly string[] = [],
): Promise<string[]> {
  const top = call.workTree;
  const listed = await git(call, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory");
  const linked: string[] = [];
  for (const folder of dependencyFolders([...known, ...splitNul(listed)]).slice(0, MAX_LINKS)) {
    call.signal?.throwIfAborted();
    if (await linkOne({ top, copy, folder })) linked.push(folder);
  }
  return linked;
}

/** A list of ignored files and folders names a folder itself, or what is in it: cut after the folder's name. */
function dependencyFolders(ignored: readonly string[]): string[] {
  const folders = ignored.flatMap((path) => {
    const parts = path.replace(/\/$/, "").split("/");
    const index = parts.findIndex((part) => DEPENDENCY_FOLDERS.has(part));
    return index < 0 || path.includes("\uFFFD") ? [] : [parts.slice(0, index + 1).join("/")];
  });
  return [...new Set(folders)].sort();
}

interface Link {
  readonly top: string;
  readonly copy: string;
  readonly folder: string;
}

async function linkOne(link: Link): Promise<boolean> {
  const from = join(link.top, link.folder);
  const to = join(link.copy, link.folder);
  if (!(await stat(from))?.isDirectory() || (await lstat(to)) !== undefined) return false;
  await makeFolder(join(to, ".."));
  if (basename(link.folder) === "node_modules") await linkPackages(link, from, to);
  else await linkFolder(await realPath(from), to);
  return true;
}

/**
 * A folder of links, one a package, rather than one link: `npm ci` in the copy must not empty the user's folder through
 * it, and a link to a package of the workspace itself must lead to the copy's version of that package.
 */
async function linkPackages(link: Link, from: string, to: string): Promise<void> {
  await makeFolder(to);
  const entries = (await listFolder(from)).filter((entry) => !CACHES.has(entry.name));
  await Promise.all(
    entries.map(async (entry) => {
      const isScope = entry.isDirectory() && (entry.name.startsWith("@") || entry.name === ".bin");
      if (isScope) return linkScope(link, join(from, entry.name), join(to, entry.name));
      return linkEntry(link, entry, from, to);
    }),
  );
}

async function linkScope(link: Link, from: string, to: string): Promise<void> {
  await makeFolder(to);
  const entries = await listFolder(from);
  await Promise.all(entries.map((entry) => linkEntry(link, entry, from, to)));
}

async function linkEntry(link: Link, entry: Dirent, from: string, to: string): Promise<void> {
  const [source, target] = [join(from, entry.name), join(to, entry.name)];
  if (entry.isSymbolicLink()) await relink(link, source, target);
  else if (entry.isDirectory()) await linkFolder(source, target);
  else if (entry.isFile()) await copyFile(source, target);
}

/** Links inside the folder keep their relative target; one to a folder of the workspace leads to the copy's. */
async function relink(link: Link, source: string, target: string): Promise<void> {
  const real = await realPath(source).catch(() => undefined);
  if (real === undefined) return;
  const isFolder = (await stat(real))?.isDirectory() === true;
  if (!isFolder) return linkFile(await readLink(source), target);
  const path = relative(link.top, real);
  const isOwn = path !== "" && !path.startsWith("..") && !path.split(sep).some((part) => DEPENDENCY_FOLDERS.has(part));
  await linkFolder(isOwn ? join(link.copy, path) : real, target);
}
