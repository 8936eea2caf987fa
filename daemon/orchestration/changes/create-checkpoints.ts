/** The real CheckpointPort: git does the work. */
import { changedFiles, patchOf } from "./change-set.ts";
import type { CheckpointPort, SavedCopy } from "./changes.ts";
import { createCheckpointer, saveCopy } from "./checkpoint.ts";
import { copyOf, isolationOf } from "./copy.ts";
import { keepFiles } from "./keep.ts";
import { dropRefs, keptRuns } from "./prune.ts";
import { callOnObjects, openRepository, type Repository, refOf } from "./repository.ts";
import { changedByUser, differing, restoreFiles } from "./restore.ts";
import { commitTree, setRef, treeOf } from "./snapshot.ts";
import { hasCopy, makeCopy, placeOf, readRecord } from "./worktree.ts";

/** Lets work in the same tree through one after the other. */
export type Turns = <Value>(key: string, work: () => Promise<Value>) => Promise<Value>;

export function createCheckpoints({
  home,
  inTurn,
  onDropped,
}: {
  home: () => Promise<string>;
  inTurn: Turns;
  /** Refs of runs are gone. */
  onDropped(): void;
}): CheckpointPort & { forget(runId: string): void } {
  let checkpointer: ReturnType<typeof createCheckpointer> | undefined;
  const open = async (workspace: string) => openRepository(await home(), workspace);

  return {
    forget: (runId) => void checkpointer?.forget(runId),

    async take({ runId, workspace, isolation }, options) {
      const folder = await home();
      checkpointer ??= createCheckpointer(folder);
      const copy = await copyOf(folder, workspace, isolation);
      return inWorkspace(copy.repository, await checkpointer.take(copy, { runId, ...options }));
    },

    hasCopy: async (runId) => {
      const place = placeOf(await home(), runId);
      return (await readRecord(place)) !== undefined && hasCopy(place);
    },

    async saveCopy({ runId, workspace, isolation }, name) {
      const folder = await home();
      const copy = await copyOf(folder, workspace, isolation);
      return inWorkspace(copy.repository, await saveCopy(folder, copy, refOf(runId, name)));
    },

    async keepFiles({ runId, workspace }, files) {
      return keepFiles({ home: await home(), repository: await open(workspace), runId, ...files });
    },

    differing: async (workspace, from, to) => differing(await open(workspace), { from, to }),

    changedByUser: async (workspace, written, target) => changedByUser(await open(workspace), written, target),

    async restore({ runId, workspace }, { place, ...what }) {
      const folder = await home();
      const repository = await open(workspace);
      const top = place === "tree" ? repository.top : placeOf(folder, runId).folder;
      return inTurn(top, () => restoreFiles({ home: folder, repository: { ...repository, top }, ...what }));
    },

    async resultAt({ runId, workspace }, { base, at }, name) {
      const repository = await open(workspace);
      const tree = await treeOf(repository, at);
      const resultCommit = tree === undefined ? at : await commitTree(callOnObjects(repository), tree, [base]);
      await setRef(repository, refOf(runId, name), resultCommit);
      return { baseCommit: base, resultCommit, files: await changedFiles(repository, base, resultCommit) };
    },

    async compare(workspace, from, to) {
      const repository = await open(workspace);
      return { files: await changedFiles(repository, from, to), ...(await patchOf(repository, from, to, [])) };
    },

    async isolateAt({ runId, workspace }, { base, commit, keep }, signal) {
      const folder = await home();
      const repository = await openRepository(folder, workspace, signal);
      const refs = [["base", base], ["start", commit], ...keep] as const;
      for (const [name, kept] of refs) await setRef(repository, refOf(runId, name), kept);
      const place = placeOf(folder, runId);
      const commits = { baseCommit: base, startCommit: commit, skipped: [] };
      return isolationOf(repository, place.folder, await makeCopy(folder, repository, { place, commits, signal }));
    },

    keptOf: async (workspace) => keptRuns(await open(workspace)),

    async drop(workspace, refs) {
      await dropRefs(await open(workspace), refs);
      onDropped();
    },
  };
}

function inWorkspace({ prefix }: Repository, { commit, leftOut }: SavedCopy): SavedCopy {
  const inside = leftOut.filter((path) => path.startsWith(prefix));
  return { commit, leftOut: inside.map((path) => path.slice(prefix.length)) };
}
