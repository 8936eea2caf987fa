/** The real TaskCopyPort: git does the work. */
import { nexusError } from "../../../../protocol/index.ts";
import type { Copy } from "../change-set.ts";
import { treeOfCopy } from "../change-set.ts";
import type { TaskCopyPort } from "../changes.ts";
import { saveCopy } from "../checkpoint.ts";
import { copyOf, isolationOf } from "../copy.ts";
import type { Turns } from "../create-checkpoints.ts";
import { callOnObjects, openRepository, type Repository, refOf } from "../repository.ts";
import { differing } from "../restore.ts";
import { commitTree, setRef, treeOf } from "../snapshot.ts";
import { type CopyPlace, hasCopy, makeCopy, placeOf, readRecord, removeCopy } from "../worktree.ts";
import { unresolvedIn } from "./marked.ts";
import { mergeTask } from "./merge.ts";
import { refPart, taskPlaceOf, taskPlacesOf } from "./task-place.ts";

interface Options {
  readonly home: () => Promise<string>;
  readonly inTurn: Turns;
  /** As with a git that cannot merge trees. */
  readonly byHand?: boolean;
}

export function createTaskCopies({ home, inTurn, byHand = false }: Options): TaskCopyPort & {
  /** Removes the copies of all tasks of a run. */
  releaseAll(runId: string, workspace: string): Promise<void>;
} {
  const release = async (place: CopyPlace, run: { runId: string; workspace: string }, name: string) => {
    const folder = await home();
    const repository = await openRepository(folder, run.workspace);
    await keepWork(
      folder,
      repository,
      place,
      refOf(run.runId, `kept-tasks/${name}`),
      refOf(run.runId, `tasks/${name}`),
    );
    await removeCopy(place, (await readRecord(place))?.commonDir ?? repository.commonDir);
  };

  return {
    async open({ runId, workspace, taskId, startCommit, signal }) {
      const folder = await home();
      const place = taskPlaceOf(folder, runId, taskId);
      const repository = await openRepository(folder, workspace, signal);
      const known = await readRecord(place);
      if (known !== undefined && (await hasCopy(place))) return isolationOf(repository, place.folder, known);
      await setRef(repository, refOf(runId, `starts/${refPart(taskId)}`), startCommit);
      const commits = { baseCommit: startCommit, startCommit, skipped: [] };
      const run = placeOf(folder, runId);
      const from = (await hasCopy(run)) ? { place: run, linked: (await readRecord(run))?.linked ?? [] } : undefined;
      // Git names the entries of worktrees one after the other.
      const record = await inTurn(`worktrees of ${repository.commonDir}`, () =>
        makeCopy(folder, repository, { place, commits, signal, ...(from === undefined ? {} : { from }) }),
      );
      return isolationOf(repository, place.folder, record);
    },

    async head({ runId, workspace, isolation }) {
      const folder = await home();
      return (await saveCopy(folder, await copyOf(folder, workspace, isolation), refOf(runId, "head"))).commit;
    },

    async commit({ runId, workspace, taskId, isolation, signal }) {
      signal.throwIfAborted();
      const folder = await home();
      const copy = await copyOf(folder, workspace, isolation);
      const { commit, leftOut } = await saveCopy(folder, copy, refOf(runId, `tasks/${refPart(taskId)}`));
      const { repository } = copy;
      const files = await differing(repository, { from: isolation.startCommit, to: commit });
      const inside = leftOut.filter((path) => path.startsWith(repository.prefix));
      return { commit, files, leftOut: inside.map((path) => path.slice(repository.prefix.length)) };
    },

    async merge({ runId, workspace, isolation }, { taskId, theirs, base }) {
      const folder = await home();
      const copy = await copyOf(folder, workspace, isolation);
      return inTurn(copy.place.folder, () => mergeTask({ home: folder, runId, copy, taskId, theirs, base, byHand }));
    },

    async tree(workspace, commit) {
      const tree = await treeOf(await openRepository(await home(), workspace), commit);
      if (tree === undefined) throw nexusError("workspace.git_failed", `Commit ${commit} is gone.`);
      return tree;
    },

    unresolved: async (workspace, commits) => unresolvedIn(await openRepository(await home(), workspace), commits),

    release: async (runId, workspace, taskId) =>
      release(taskPlaceOf(await home(), runId, taskId), { runId, workspace }, refPart(taskId)),

    async releaseAll(runId, workspace) {
      for (const place of await taskPlacesOf(await home(), runId))
        await release(
          place,
          { runId, workspace },
          place.folder.slice(place.folder.lastIndexOf(`${runId}.`) + runId.length + 1),
        );
    },
  };
}

/** What is in a copy and in no commit of its task yet is kept. */
async function keepWork(
  home: string,
  repository: Repository,
  place: CopyPlace,
  ref: string,
  known: string,
): Promise<void> {
  const record = await readRecord(place);
  if (record === undefined || !(await hasCopy(place))) return;
  const { baseCommit, startCommit, linked } = record;
  const copy: Copy = { repository, place, baseCommit, linked };
  const tree = await treeOfCopy(home, copy);
  if (tree === (await treeOf(repository, startCommit)) || tree === (await treeOf(repository, known))) return;
  await setRef(repository, ref, await commitTree(callOnObjects(repository), tree, [baseCommit]));
}
