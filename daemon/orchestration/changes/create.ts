/** The real ChangesPort: git does the work. */
import { relative, resolve, sep } from "node:path";
import type { ChangeSet } from "../../../protocol/index.ts";
import { makeFolder, realPath } from "../../host/files.ts";
import type { Log } from "../../observability/log.ts";
import { applyChanges } from "./apply.ts";
import { type Copy, collectChanges, diffOfCopy, fileDiff, fileText } from "./change-set.ts";
import type { ChangesPort, Isolation } from "./changes.ts";
import { gitOfCopy } from "./copy-git.ts";
import { callOn, openRepository, type Repository } from "./repository.ts";
import { takeSnapshot, treeOf } from "./snapshot.ts";
import { type CopyRecord, hasCopy, makeCopy, placeOf, readRecord, removeCopy } from "./worktree.ts";

/** Copies live in `<home>/worktrees/<runId>`; `home` is made when it is not there. */
export function createChanges(options: { home: string; log: Log }): ChangesPort {
  const { log } = options;
  const home = once(async () => {
    await makeFolder(options.home, 0o700);
    return realPath(options.home);
  });
  const inTurn = createTurns();

  return {
    async isolate({ runId, workspace, continues, signal }) {
      const folder = await home();
      const place = placeOf(folder, runId);
      const repository = await openRepository(folder, workspace, signal);
      const known = await readRecord(place);
      if (known !== undefined && (await hasCopy(place))) return isolationOf(repository, place.folder, known);
      const commits = known ?? (await begin(folder, repository, { runId, signal }, continues));
      const record = await makeCopy(folder, repository, { place, commits, signal });
      for (const file of record.skipped) log.write("warn", "left out of the run's copy", { runId, file });
      return isolationOf(repository, place.folder, record);
    },

    async collect({ runId, workspace, isolation, signal }) {
      const folder = await home();
      const copy = await copyOf(folder, workspace, isolation);
      return collectChanges(folder, copy, runId, signal);
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
      const place = placeOf(folder, runId);
      const known = await readRecord(place);
      const commonDir = known?.commonDir ?? (await openRepository(folder, workspace)).commonDir;
      await removeCopy(place, commonDir);
    },
  };
}

/** The base is always the tree as it is now; the work starts there, or at an earlier result that was made from it. */
async function begin(
  home: string,
  repository: Repository,
  options: { runId: string; signal: AbortSignal },
  continues: ChangeSet | undefined,
): Promise<Pick<CopyRecord, "baseCommit" | "startCommit" | "skipped">> {
  const { commit, tree, skipped } = await takeSnapshot(home, repository, options);
  const commits = { baseCommit: commit, startCommit: commit, skipped: [...skipped] };
  if (continues === undefined || (await treeOf(repository, continues.baseCommit)) !== tree) return commits;
  const isThere = (await treeOf(repository, continues.resultCommit)) !== undefined;
  return isThere ? { ...commits, startCommit: continues.resultCommit } : commits;
}

function isolationOf(repository: Repository, folder: string, record: CopyRecord): Isolation {
  const { baseCommit, startCommit, skipped } = record;
  const { prefix } = repository;
  const linked = record.linked.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  return { baseCommit, startCommit, worktree: resolve(folder, prefix), linked, skipped };
}

async function copyOf(home: string, workspace: string, isolation: Isolation): Promise<Copy> {
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

/** One accept at a time in a tree. */
function createTurns(): <Value>(key: string, work: () => Promise<Value>) => Promise<Value> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
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
