/** The files of a commit of a run, without a copy of them on the disk. */
import { git, splitNul, tryGit } from "../../host/git.ts";
import { callOnObjects, type Repository } from "./repository.ts";

export interface CommitFiles {
  /** From the workspace's root, with `/`. */
  readonly paths: readonly string[];
  /** Undefined: there is no such file, or it is larger. */
  read(path: string, mostBytes: number): Promise<Uint8Array | undefined>;
}

/** Undefined: the commit is no longer there. */
export async function commitFiles(repository: Repository, commit: string): Promise<CommitFiles | undefined> {
  const call = callOnObjects(repository);
  const listed = await tryGit(call, "ls-tree", "-r", "-z", "--name-only", "--full-tree", commit);
  if (listed.exitCode !== 0) return undefined;
  const { prefix } = repository;
  const names = splitNul(listed.stdout).filter((name) => name.startsWith(prefix));
  const paths = names.map((name) => name.slice(prefix.length));
  const known = new Set(paths);
  return {
    paths,
    async read(path, mostBytes) {
      if (!known.has(path)) return undefined;
      const name = `${commit}:${prefix}${path}`;
      const size = await tryGit(call, "cat-file", "-s", name);
      if (size.exitCode !== 0 || Number(size.stdout.toString()) > mostBytes) return undefined;
      return git(call, "cat-file", "blob", name);
    },
  };
}
