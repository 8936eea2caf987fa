/** A run's own copy of the workspace: a git worktree in the data folder. */
import { dirname, join } from "node:path";
import * as z from "zod/mini";
import { listFolder, lstat, makeFolder, readText, removeFile, removeTree, writeAtomically } from "../../host/files.ts";
import { git } from "../../host/git.ts";
import { copyWithTime } from "../../host/place.ts";
import { linkDependencies } from "./links.ts";
import { callOn, callOnObjects, checkedRunId, type Repository } from "./repository.ts";
import { withIndexCopy } from "./snapshot.ts";

const CopyRecord = z.object({
  baseCommit: z.string(),
  startCommit: z.string(),
  commonDir: z.string(),
  /** Folders with links in them, relative to the copy's root. */
  linked: z.array(z.string()),
  skipped: z.array(z.string()),
});
/** What is written down when a copy is whole; without it a copy is half made, and nobody has worked in it. */
export type CopyRecord = z.infer<typeof CopyRecord>;

export interface CopyPlace {
  /** Root of the worktree. */
  readonly folder: string;
  readonly record: string;
  /** What is known of the copy's files, so that they need not be read again; out of the agent's reach. */
  readonly indexFile: string;
}

/** `name`: a run's id, or for the copy of one task the run's, a dot, and the task's (merging/task-place.ts). */
export function placeOf(home: string, name: string): CopyPlace {
  const [run = "", task] = name.split(/\.(.*)/s);
  checkedRunId(run);
  if (task !== undefined) checkedRunId(task);
  const notes = join(home, "isolation");
  return {
    folder: join(home, "worktrees", name),
    record: join(notes, `${name}.json`),
    indexFile: join(notes, `${name}.index`),
  };
}

export async function readRecord(place: CopyPlace): Promise<CopyRecord | undefined> {
  const text = await readText(place.record);
  if (text === undefined) return undefined;
  const parsed = CopyRecord.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}

/** Makes the copy at the start commit; whatever half of it is there goes first. */
export async function makeCopy(
  home: string,
  repository: Repository,
  options: {
    place: CopyPlace;
    commits: Pick<CopyRecord, "baseCommit" | "startCommit" | "skipped">;
    signal: AbortSignal;
    /** The copy whose installed dependencies are linked; left out: the user's tree. */
    from?: { readonly place: CopyPlace; readonly linked: readonly string[] };
  },
): Promise<CopyRecord> {
  const { place, commits, signal, from } = options;
  await removeCopy(place, repository.commonDir);
  await makeFolder(dirname(place.folder), 0o700);
  await makeFolder(dirname(place.record), 0o700);
  const call = { ...callOnObjects(repository), signal };
  await git(call, "worktree", "add", "--quiet", "--detach", "--force", place.folder, commits.startCommit);
  await makeFolder(join(place.folder, repository.prefix));
  const admin = await adminFolder(repository.commonDir, place.folder);
  if (admin !== undefined) await copyWithTime(join(admin, "index"), place.indexFile);
  const top = from?.place.folder ?? repository.top;
  const linked = await withIndexCopy(home, from?.place.indexFile ?? repository.indexFile, (indexFile) =>
    linkDependencies(
      { ...callOn({ ...repository, top }, indexFile, signal), workTree: top },
      place.folder,
      from?.linked,
    ),
  );
  const record = { ...commits, commonDir: repository.commonDir, linked };
  await writeAtomically(place.record, JSON.stringify(record), 0o600);
  return record;
}

/** Removes a copy, whole or half, and its entry in the repository; other worktrees and their entries stay. */
export async function removeCopy(place: CopyPlace, commonDir: string): Promise<void> {
  // First, so that a removal that is cut off counts as half made.
  await removeFile(place.record);
  await removeFile(place.indexFile);
  const admin = await adminFolder(commonDir, place.folder);
  await removeTree(place.folder);
  if (admin !== undefined) await removeTree(admin);
}

export async function hasCopy(place: CopyPlace): Promise<boolean> {
  return (await lstat(place.folder))?.isDirectory() === true;
}

/** True when git may have marked files of the copy as not checked out. */
export async function isSparse(place: CopyPlace, commonDir: string): Promise<boolean> {
  const admin = await adminFolder(commonDir, place.folder);
  return admin !== undefined && (await lstat(join(admin, "info", "sparse-checkout"))) !== undefined;
}

/** The copy's entry in the repository. `git worktree prune` would also drop the entries of worktrees on a disk that is not mounted now, so: by hand. */
export async function adminFolder(commonDir: string, folder: string): Promise<string | undefined> {
  const entries = join(commonDir, "worktrees");
  for (const entry of await listFolder(entries)) {
    const gitdir = await readText(join(entries, entry.name, "gitdir"));
    if (gitdir?.trim() === join(folder, ".git")) return join(entries, entry.name);
  }
  return undefined;
}
