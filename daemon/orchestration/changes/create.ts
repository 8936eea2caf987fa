/** The real ChangesPort: git does the work. */
import type { ChangeSet, UnsavedPin } from "../../../protocol/index.ts";
import { makeFolder, realPath } from "../../host/files.ts";
import type { Log } from "../../observability/log.ts";
import { applyChanges } from "./apply.ts";
import { collectChanges, diffOfCopy, fileDiff, fileText } from "./change-set.ts";
import type { ChangesPort } from "./changes.ts";
import { keepBeforeRemoval } from "./checkpoint.ts";
import { commitFiles } from "./commit-files.ts";
import { copyOf, isolationOf } from "./copy.ts";
import { gitOfCopy } from "./copy-git.ts";
import { createCheckpoints, type Turns } from "./create-checkpoints.ts";
import { createKnown } from "./known.ts";
import { createTaskCopies } from "./merging/task-copies.ts";
import { callOn, openRepository, type Repository } from "./repository.ts";
import { takeSnapshot, treeOf } from "./snapshot.ts";
import { takenConflicts } from "./taken.ts";
import { keepUnsaved } from "./unsaved.ts";
import { type CopyRecord, hasCopy, makeCopy, placeOf, readRecord, removeCopy } from "./worktree.ts";

/** Copies live in `<home>/worktrees/<runId>`; `home` is made when it is not there. */
export function createChanges(options: { home: string; log: Log }): ChangesPort {
  const { log } = options;
  const home = once(async () => {
    await makeFolder(options.home, 0o700);
    return realPath(options.home);
  });
  const inTurn = createTurns();
  const collected = createKnown<ChangeSet>();
  const checkpoints = createCheckpoints({ home, inTurn, onDropped: collected.forgetAll });
  const tasks = createTaskCopies({ home, inTurn });

  return {
    checkpoints,
    tasks,

    async keepUnsaved({ runId, workspace, texts }) {
      const folder = await home();
      return keepUnsaved({ home: folder, repository: await openRepository(folder, workspace), runId, texts });
    },

    async isolate({ runId, workspace, continues, unsaved, signal }) {
      const folder = await home();
      const place = placeOf(folder, runId);
      const repository = await openRepository(folder, workspace, signal);
      const known = await readRecord(place);
      if (known !== undefined && (await hasCopy(place))) return isolationOf(repository, place.folder, known);
      const commits = known ?? (await begin(folder, repository, { runId, signal, unsaved }, continues));
      const record = await makeCopy(folder, repository, { place, commits, signal });
      for (const file of record.skipped) log.write("warn", "left out of the run's copy", { runId, file });
      return isolationOf(repository, place.folder, record);
    },

    async collect({ runId, workspace, isolation, signal }) {
      const folder = await home();
      const copy = await copyOf(folder, workspace, isolation);
      return collectChanges(folder, copy, { runId, signal, collected });
    },

    async workingDiff(isolation, workspace) {
      const folder = await home();
      return diffOfCopy(folder, await copyOf(folder, workspace, isolation));
    },

    async diff(workspace, changeSet, path) {
      return fileDiff(await openRepository(await home(), workspace), changeSet, path);
    },

    async file(workspace, changeSet, path, side) {
      const commit = side === "before" ? changeSet.baseCommit : changeSet.resultCommit;
      return fileText(await openRepository(await home(), workspace), commit, path);
    },

    async apply(workspace, changeSet, paths) {
      const folder = await home();
      const repository = await openRepository(folder, workspace);
      return inTurn(repository.top, () => applyChanges({ home: folder, repository, changeSet, paths }));
    },

    async taken(workspace, changeSet, files, unsaved) {
      return takenConflicts(await openRepository(await home(), workspace), { changeSet, files, unsaved });
    },

    async commitFiles(workspace, commit) {
      return commitFiles(await openRepository(await home(), workspace), commit);
    },

    async gitOf({ workspace, isolation, signal }) {
      const folder = await home();
      const repository = await openRepository(folder, workspace, signal);
      if (repository.kind === "private") return undefined;
      if (isolation === null)
        return { look: { ...callOn(repository, repository.indexFile, signal), folder: workspace } };
      return gitOfCopy(folder, await copyOf(folder, workspace, isolation), isolation.worktree, signal);
    },

    async release(runId, workspace) {
      const folder = await home();
      await tasks.releaseAll(runId, workspace);
      const place = placeOf(folder, runId);
      const known = await readRecord(place);
      if (known !== undefined && (await hasCopy(place))) {
        const { baseCommit, linked } = known;
        const repository = await openRepository(folder, workspace);
        const left = await keepBeforeRemoval(folder, { repository, place, baseCommit, linked }, runId);
        for (const file of left) log.write("warn", "goes with the run's copy: it is in no commit", { runId, file });
      }
      const commonDir = known?.commonDir ?? (await openRepository(folder, workspace)).commonDir;
      checkpoints.forget(runId);
      collected.forget(runId);
      await removeCopy(place, commonDir);
    },
  };
}

/** The base is always the tree as it is now; the work starts there, or at an earlier result that was made from it. */
async function begin(
  home: string,
  repository: Repository,
  options: { runId: string; signal: AbortSignal; unsaved: UnsavedPin | undefined },
  continues: ChangeSet | undefined,
): Promise<Pick<CopyRecord, "baseCommit" | "startCommit" | "skipped">> {
  const { commit, tree, skipped } = await takeSnapshot(home, repository, options);
  const commits = { baseCommit: commit, startCommit: commit, skipped: [...skipped] };
  if (continues === undefined || (await treeOf(repository, continues.baseCommit)) !== tree) return commits;
  const isThere = (await treeOf(repository, continues.resultCommit)) !== undefined;
  return isThere ? { ...commits, startCommit: continues.resultCommit } : commits;
}

/** One accept or rewind at a time in a tree. */
function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return async <Value>(key: string, work: () => Promise<Value>) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    last.set(key, settled);
    await settled;
    if (last.get(key) === settled) last.delete(key);
    return mine;
  };
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    made.catch(() => {
      made = undefined;
    });
    return made;
  };
}
