/** A run's copy, found again from what is recorded of it. */
import { relative, resolve, sep } from "node:path";
import type { Copy } from "./change-set.ts";
import type { Isolation } from "./changes.ts";
import { openRepository, type Repository } from "./repository.ts";
import { type CopyRecord, placeOf } from "./worktree.ts";

export function isolationOf(repository: Repository, folder: string, record: CopyRecord): Isolation {
  const { baseCommit, startCommit, skipped } = record;
  const { prefix } = repository;
  const linked = record.linked.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  return { baseCommit, startCommit, worktree: resolve(folder, prefix), linked, skipped };
}

export async function copyOf(home: string, workspace: string, isolation: Isolation): Promise<Copy> {
  const repository = await openRepository(home, workspace);
  const top = resolve(isolation.worktree, relative(`${sep}${repository.prefix}`, sep));
  const linked = isolation.linked.map((path) => repository.prefix + path);
  return {
    repository,
    place: placeOf(home, relative(resolve(home, "worktrees"), top)),
    baseCommit: isolation.baseCommit,
    linked,
  };
}
