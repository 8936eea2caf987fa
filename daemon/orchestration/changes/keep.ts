/** Keeping the user's own files before Nexus writes over them: byte for byte, without git's conversions. */
import { join } from "node:path";
import { lstat, readBytes, readLink } from "../../host/files.ts";
import { type GitCall, git } from "../../host/git.ts";
import { callOnObjects, type Repository, refOf } from "./repository.ts";
import { commitTree, setRef, withIndexCopy } from "./snapshot.ts";

export interface KeepOptions {
  readonly home: string;
  readonly repository: Repository;
  readonly runId: string;
  /** The ref's last part. */
  readonly name: string;
  /** Relative to the workspace. */
  readonly paths: readonly string[];
  /** An earlier commit of this kind; what it holds of other paths is taken over. */
  readonly earlier?: string;
}

/**
 * A commit that holds these paths as they are now, and nothing else but what `earlier` holds; a path where no file is,
 * is absent. Rejects when one cannot be read: nothing may be written over it then.
 */
export async function keepFiles(options: KeepOptions): Promise<string> {
  const { home, repository, runId, name, paths, earlier } = options;
  return withIndexCopy(home, join(home, "tmp", "none"), async (indexFile) => {
    const { top } = repository;
    const call = { ...callOnObjects(repository), folder: top, workTree: top, indexFile };
    await git(call, "read-tree", ...(earlier === undefined ? ["--empty"] : [earlier]));
    // First all go, so that a file that took a folder's place, or the reverse, does not meet the earlier one.
    await updateIndex(
      call,
      ["--force-remove", "-z", "--stdin"],
      paths.map((path) => `${repository.prefix}${path}\0`),
    );
    await updateIndex(call, ["-z", "--replace", "--index-info"], await entriesOf(call, repository, paths));
    const tree = (await git(call, "write-tree")).toString().trim();
    const commit = await commitTree(call, tree, []);
    await setRef(repository, refOf(runId, name), commit);
    return commit;
  });
}

/** None for a path where no file or link is: what else stands there is never written over. */
async function entriesOf(call: GitCall, repository: Repository, paths: readonly string[]): Promise<string[]> {
  const plain: { full: string; mode: string }[] = [];
  const entries: string[] = [];
  for (const path of paths) {
    const full = repository.prefix + path;
    const target = join(repository.top, full);
    const stats = await lstat(target);
    const mode = stats?.isFile() && (stats.mode & 0o100) !== 0 ? "100755" : "100644";
    if (stats?.isFile() && !full.includes("\n")) plain.push({ full, mode });
    else if (stats?.isFile()) entries.push(entry(mode, await hash(call, await readBytes(target)), full));
    else if (stats?.isSymbolicLink())
      entries.push(entry("120000", await hash(call, Buffer.from(await readLink(target))), full));
  }
  if (plain.length === 0) return entries;
  // A line that begins with a dot is never taken for a quoted name.
  const input = plain.map(({ full }) => `./${full}\n`).join("");
  const output = await git({ ...call, input }, ...HASH, "--stdin-paths");
  const ids = output.toString().split("\n");
  return [...entries, ...plain.map(({ full, mode }, index) => entry(mode, ids[index] ?? "", full))];
}

const HASH = ["hash-object", "-w", "--no-filters"] as const;

async function hash(call: GitCall, bytes: Uint8Array = Buffer.alloc(0)): Promise<string> {
  return (await git({ ...call, input: bytes }, ...HASH, "--stdin")).toString().trim();
}

function entry(mode: string, id: string, path: string): string {
  return `${mode} ${id}\t${path}\0`;
}

async function updateIndex(call: GitCall, flags: readonly string[], entries: readonly string[]): Promise<void> {
  if (entries.length > 0) await git({ ...call, input: entries.join("") }, "update-index", ...flags);
}
