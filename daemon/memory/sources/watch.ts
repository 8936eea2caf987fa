/**
 * Hearing of changes in a workspace: paths while they are few, and "look at everything" after a storm, a branch
 * switch, a commit, or when something may have been missed. The system's watcher is a hint; the truth is a scan, so one
 * follows every burst of changes once things are quiet.
 */
import type { Clock } from "../../host/clock.ts";
import { type FolderWatch, type WatchFolder, watchFolder } from "../../host/watcher.ts";
import { createChangeQueue, type SourceChanges, type Staleness } from "./change-queue.ts";
import { isGitSign } from "./git-signs.ts";
import { dependencyFolderOf } from "./path-rules.ts";

export interface SourceWatch {
  /** "polling" where the system's watcher does not load or has failed: changes are looked for from time to time. */
  readonly mode: "watching" | "polling";
  /** Why it polls; null while it watches. */
  readonly problem: string | null;
  staleness(): Staleness;
  /** Folders that scans leave out whole: what happens there is not told. */
  ignore(folders: readonly string[]): void;
  /** Ends it and waits for a handler that runs. */
  close(): Promise<void>;
}

export interface WatchOptions {
  readonly clock: Clock;
  /**
   * Applies changes; answers whether any file's content changed by it. One call at a time: what comes meanwhile waits.
   * When it rejects, everything is looked at again, later each time.
   */
  readonly apply: (changes: SourceChanges) => Promise<boolean>;
  /** Folders, relative, that are not watched. */
  readonly ignoredFolders?: readonly string[];
  /** Git's folder of this working tree, absolute, where it is not `.git` in the workspace. */
  readonly gitDir?: string;
  readonly watchFolder?: WatchFolder;
}

/** Starts to watch a folder (absolute, links resolved). Where that fails it polls; it never rejects. */
export async function watchSources(root: string, options: WatchOptions): Promise<SourceWatch> {
  const { clock, apply, gitDir, ignoredFolders = [] } = options;
  const queue = createChangeQueue({ clock, apply });
  const watches: FolderWatch[] = [];
  let ignored = new Set(ignoredFolders);
  let problem: string | null = null;
  let isClosed = false;

  const onFailure = (message: string) => {
    problem ??= message;
    queue.poll();
    queue.everything("watcher_failed");
  };
  const onPaths = (paths: readonly string[]) => {
    const changed = new Set<string>();
    for (const path of paths)
      if (path === "") queue.everything("watcher_failed");
      else if (path === ".git" || path.startsWith(".git/")) onGitPath(path.slice(".git/".length));
      else if (dependencyFolderOf(`${path}/`) === undefined && !isBelow(path, ignored)) changed.add(path);
    queue.paths(changed);
  };
  const onGitPath = (path: string) => {
    if (isGitSign(path)) queue.everything("git_moved");
  };

  const targets = [
    { folder: root, ignored: [...UNWATCHED, ...ignoredFolders], onPaths, onFailure },
    ...(gitDir === undefined || gitDir === `${root}/.git`
      ? []
      : [
          {
            folder: gitDir,
            ignored: ["objects", "lfs", "modules"],
            onPaths: (all: readonly string[]) => all.forEach(onGitPath),
            onFailure,
          },
        ]),
  ];
  const watch = options.watchFolder ?? watchFolder;
  for (const target of targets)
    await watch(target).then(
      (each) => watches.push(each),
      (error: unknown) => onFailure(messageOf(error)),
    );

  return {
    get mode() {
      return problem === null ? "watching" : "polling";
    },
    get problem() {
      return problem;
    },
    staleness: queue.staleness,
    ignore(folders) {
      ignored = new Set(folders);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await Promise.allSettled([queue.close(), ...watches.map((each) => each.close())]);
    },
  };
}

const UNWATCHED = ["node_modules", ".venv", ".git/objects", ".git/lfs", ".git/modules", ".git/worktrees"];

function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  if (folders.size === 0) return false;
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1))
    if (folders.has(path.slice(0, end))) return true;
  return false;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
