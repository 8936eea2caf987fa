/** The files of a workspace, as git sees them: tracked and untracked ones, ignored ones not. */
import { listFolder, lstat } from "../host/files.ts";
import { tryGit } from "../host/git.ts";
import { filtersOff } from "./sources/git-place.ts";

export interface Listing {
  /** Relative to the root, with forward slashes, sorted. */
  readonly paths: readonly string[];
  /** True when the limit cut the list off. */
  readonly truncated: boolean;
}

const MAX_WALK_DEPTH = 12;
const SKIPPED_FOLDERS = new Set([".git", "node_modules", ".venv", "__pycache__"]);

/**
 * Lists the files below `folder` (default: all). Where git does not know the folder, or ignores it, it is walked
 * instead. Links are never followed.
 */
export async function listWorkspace(
  root: string,
  options: { signal: AbortSignal; folder?: string; limit?: number },
): Promise<Listing> {
  const { signal, folder = "", limit = 50_000 } = options;
  const known = await listWithGit(root, folder, signal);
  const paths = known.length > 0 ? known : await walk(root, folder, limit, signal);
  return { paths: paths.slice(0, limit), truncated: paths.length > limit };
}

/**
 * What a git command that only looks prints; undefined when it fails. It runs nothing that a repository names: no hook, no
 * monitor, and no filter, which git starts for files that it compares.
 */
export async function gitOutput(
  root: string,
  args: readonly string[],
  signal: AbortSignal,
  timeoutMs = 20_000,
): Promise<string | undefined> {
  const call = { folder: root, signal, timeoutMs };
  try {
    const { exitCode, stdout } = await tryGit({ ...call, config: await filtersOff(call) }, ...args);
    return exitCode === 0 ? stdout.toString("utf8") : undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

async function listWithGit(root: string, folder: string, signal: AbortSignal): Promise<string[]> {
  const where = folder === "" ? [] : ["--", folder];
  const wanted = ["--cached", "--others", "--deleted", "--exclude-standard"];
  const output = await gitOutput(root, ["ls-files", "-z", "-t", ...wanted, ...where], signal);
  if (output === undefined) return [];
  // Each path stands behind a letter and a space; R: it is gone, and once more with the others.
  const entries = split(output);
  const listed = entries.map((entry) => entry.slice(2));
  const gone = new Set(entries.filter((entry) => entry.startsWith("R ")).map((entry) => entry.slice(2)));
  // The folder itself is in git's list when it is a link, such as node_modules.
  const isFile = (path: string) => !gone.has(path) && !path.endsWith("/") && path !== folder;
  return [...new Set(listed)].filter(isFile).sort();
}

function split(output: string): string[] {
  return output.split("\0").filter((path) => path !== "");
}

async function walk(root: string, folder: string, limit: number, signal: AbortSignal): Promise<string[]> {
  const paths: string[] = [];
  const visit = async (path: string, depth: number): Promise<void> => {
    signal.throwIfAborted();
    const entries = await listFolder(path === "" ? root : `${root}/${path}`).catch(() => []);
    for (const entry of entries.sort((first, second) => (first.name < second.name ? -1 : 1))) {
      if (paths.length > limit) return;
      const inner = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isFile()) paths.push(inner);
      else if (entry.isDirectory() && depth < MAX_WALK_DEPTH && !SKIPPED_FOLDERS.has(entry.name))
        await visit(inner, depth + 1);
    }
  };
  const start = await lstat(folder === "" ? root : `${root}/${folder}`);
  if (start?.isFile()) return [folder];
  await visit(folder, 0);
  return paths;
}
