/**
 * Joining a task's commit with the run's copy. What is to be written is a commit under a ref before the first file is
 * touched, so that a merge that was cut off is carried to its end, and one that is done is never done again.
 */
import { git, tryGit } from "../../../host/git.ts";
import type { Copy } from "../change-set.ts";
import { fileText } from "../change-set.ts";
import type { MergeConflict, MergeOutcome } from "../changes.ts";
import { saveCopy } from "../checkpoint.ts";
import { callOnObjects, type Repository, refOf } from "../repository.ts";
import { differing, restoreFiles } from "../restore.ts";
import { commitTree, setRef, treeOf } from "../snapshot.ts";
import { markedTree } from "./marked.ts";
import { mergeTrees } from "./merge-trees.ts";
import type { Conflicted, MergedTree, Sides } from "./sides.ts";
import { refPart } from "./task-place.ts";

export interface Merging {
  readonly home: string;
  readonly runId: string;
  /** The run's own copy. */
  readonly copy: Copy;
  readonly taskId: string;
  readonly theirs: string;
  readonly base: string;
  /** As with a git that cannot merge trees. */
  readonly byHand?: boolean;
}

const MOST_CONFLICTS = 50;
const MOST_CHARACTERS = 20_000;
/** Once more when the copy changed between looking and writing. */
const ATTEMPTS = 2;

export async function mergeTask(merging: Merging): Promise<MergeOutcome> {
  const { copy, runId, taskId } = merging;
  const intended = refOf(runId, `merges/${refPart(taskId)}`);
  const done = refOf(runId, `merged/${refPart(taskId)}`);
  const before = await recorded(copy.repository, done, merging.theirs);
  if (before !== undefined) return { ok: true, commit: before.merged, files: await filesOf(copy.repository, before) };
  for (let attempt = 1; ; attempt += 1) {
    const plan = (await recorded(copy.repository, intended, merging.theirs)) ?? (await join(merging, intended));
    if ("ok" in plan) return plan;
    const blocked = await write(merging, plan);
    if (blocked.length === 0) {
      await setRef(copy.repository, done, plan.merged);
      return { ok: true, commit: plan.merged, files: await filesOf(copy.repository, plan) };
    }
    await dropRef(copy.repository, intended);
    if (attempt === ATTEMPTS) return blockedBy(merging, plan, blocked);
  }
}

/** From what was in the copy to what is to be in it. */
interface Plan {
  readonly ours: string;
  readonly merged: string;
}

/** What a ref's merge commit says: its parents are the copy as it was, and the task's commit. */
async function recorded(repository: Repository, ref: string, theirs: string): Promise<Plan | undefined> {
  const { exitCode, stdout } = await tryGit(
    callOnObjects(repository),
    ...["rev-list", "--parents", "--max-count=1", ref, "--"],
  );
  const [merged, ours, other] = exitCode === 0 ? stdout.toString().trim().split(" ") : [];
  return merged === undefined || ours === undefined || other !== theirs ? undefined : { ours, merged };
}

async function join(merging: Merging, intended: string): Promise<Plan | MergeOutcome> {
  const { home, copy, runId, theirs, base } = merging;
  const { repository } = copy;
  const ours = (await saveCopy(home, copy, refOf(runId, "head"))).commit;
  const result = await mergeTrees({ ...merging, repository, sides: { base, ours, theirs } });
  if (result.conflicts.length > 0) return conflicted(merging, ours, result);
  const merged = await commitTree(callOnObjects(repository), result.tree, [ours, theirs]);
  await setRef(repository, intended, merged);
  return { ours, merged };
}

/** Paths that something stands in the way of: in that case nothing was written. */
async function write({ home, copy }: Merging, { ours, merged }: Plan): Promise<string[]> {
  const repository = { ...copy.repository, top: copy.place.folder };
  const paths = await differing(repository, { from: ours, to: merged });
  const found = await restoreFiles({ home, repository, saved: ours, target: merged, exact: false, paths });
  return found.map(({ path }) => path);
}

/** Files that git ignores, and so are in no commit, stand where the task put some. */
async function blockedBy(merging: Merging, plan: Plan, paths: readonly string[]): Promise<MergeOutcome> {
  const { repository } = merging.copy;
  const conflicts = await Promise.all(
    paths.slice(0, MOST_CONFLICTS).map(async (path) => ({
      path,
      base: await textAt(repository, merging.base, path),
      ours: await textAt(repository, plan.ours, path),
      theirs: await textAt(repository, merging.theirs, path),
      reason: "CONFLICT (a file that git ignores is in its place)",
    })),
  );
  return { ok: false, conflicts, ours: plan.ours, marked: plan.merged };
}

async function conflicted(merging: Merging, ours: string, result: MergedTree): Promise<MergeOutcome> {
  const { home, copy, runId, taskId, theirs } = merging;
  const { repository } = copy;
  const labels = { ours: "what the run has so far", base: "before both", theirs: `task ${taskId}` };
  const tree = await markedTree({ home, repository }, result, labels);
  const marked = await commitTree(callOnObjects(repository), tree, [ours, theirs]);
  await setRef(repository, refOf(runId, `conflicts/${refPart(taskId)}`), marked);
  const shown = result.conflicts.slice(0, MOST_CONFLICTS);
  return { ok: false, ours, marked, conflicts: await Promise.all(shown.map((one) => told(repository, one))) };
}

async function told(repository: Repository, { path, sides, reason }: Conflicted): Promise<MergeConflict> {
  const { prefix } = repository;
  const text = async (side: keyof Sides<string>) => {
    const blob = sides[side];
    if (blob === undefined || blob.mode === "160000") return null;
    const bytes = await git(callOnObjects(repository), "cat-file", "blob", blob.id);
    return bytes.includes(0) ? null : bytes.toString().slice(0, MOST_CHARACTERS);
  };
  return {
    path: path.startsWith(prefix) ? path.slice(prefix.length) : path,
    base: await text("base"),
    ours: await text("ours"),
    theirs: await text("theirs"),
    reason,
  };
}

async function textAt(repository: Repository, commit: string, path: string): Promise<string | null> {
  return (await fileText(repository, commit, path))?.slice(0, MOST_CHARACTERS) ?? null;
}

async function filesOf(repository: Repository, { ours, merged }: Plan): Promise<string[]> {
  if ((await treeOf(repository, ours)) === undefined) return [];
  return differing(repository, { from: ours, to: merged });
}

async function dropRef(repository: Repository, ref: string): Promise<void> {
  await tryGit(callOnObjects(repository), "update-ref", "-d", ref);
}
