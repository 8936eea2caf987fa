/** Keeping the user's own files before Nexus writes over them: byte for byte, without git's conversions. */
import { join } from "node:path";
import { type GitCall, git } from "../../host/git.ts";
import { look } from "./present.ts";
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
    await updateIndex(call, ["--force-remove", "-z", "--stdin"], paths.map((path) => `${repository.prefix}${path}\0`));
    const entries: string[] = [];
    for (const path of paths) entries.push(...(await entryOf(call, repository, path)));
    await updateIndex(call, ["-z", "--replace", "--index-info"], entries);
    const tree = (await git(call, "write-tree")).toString().trim();
    const commit = await commitTree(call, tree, []);
    await setRef(repository, refOf(runId, name), commit);
    return commit;
  });
}

/** None where no file or link is: what else stands there is never written over. */
async function entryOf(call: GitCall, repository: Repository, path: string): Promise<string[]> {
  const full = repository.prefix + path;
  const present = await look(join(repository.top, full));
  if (!("bytes" in present)) return [];
  const command = ["hash-object", "-w", "--no-filters", "--stdin"];
  const id = (await git({ ...call, input: present.bytes }, ...command)).toString().trim();
  const isExecutable = present.kind === "file" && (present.stats.mode & 0o100) !== 0;
  const mode = present.kind === "link" ? "120000" : isExecutable ? "100755" : "100644";
  return [`${mode} ${id}\t${full}\0`];
}

async function updateIndex(call: GitCall, flags: readonly string[], entries: readonly string[]): Promise<void> {
  if (entries.length > 0) await git({ ...call, input: entries.join("") }, "update-index", ...flags);
}
