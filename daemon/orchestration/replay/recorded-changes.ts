/** The copies of a replay: none are made; what was found in them is in the log. */
import type { ChangeSet } from "../../../protocol/index.ts";
import type { ChangesPort } from "../changes/changes.ts";
import type { Follower } from "./follower.ts";
import type { RecordedLog } from "./recorded-log.ts";

export function recordedChanges(
  { log, follower }: { readonly log: RecordedLog; readonly follower: Follower },
  generation: number,
): ChangesPort {
  const hang = () => follower.hang(generation);
  const ahead = () => ({ from: follower.cursor, to: log.segmentEnd(follower.cursor - 1) });

  const everywhere = { from: 0, to: log.entries.length };

  async function collect(): Promise<ChangeSet> {
    const ready = log.first("changes.ready", ahead());
    if (ready !== undefined) return ready.changeSet;
    const isLookedOver =
      log.first("verification.finished", ahead(), ({ taskId }) => taskId === null) ??
      log.first("run.reviewed", ahead());
    return isLookedOver === undefined ? NO_CHANGES : SOME_CHANGES;
  }

  return {
    keepUnsaved: hang,
    taken: hang,
    async isolate() {
      const made = log.first("run.isolated", ahead());
      if (made === undefined) return hang();
      const { baseCommit, startCommit, worktree, linked } = made;
      return { baseCommit, startCommit, worktree, linked };
    },
    collect,
    workingDiff: async () => "",
    diff: async (_workspace, _changeSet, path) => ({
      path,
      status: "modified",
      binary: true,
      patch: "",
      truncated: false,
    }),
    file: async () => null,
    apply: hang,
    commitFiles: async () => undefined,
    gitOf: async () => undefined,
    release: async () => undefined,
    tasks: {
      async open({ taskId }) {
        const given = log.first("task.dispatched", everywhere, (one) => one.taskId === taskId);
        if (given === undefined) return hang();
        const { folder, startCommit } = given.place;
        return { baseCommit: startCommit, startCommit, worktree: folder, linked: [] };
      },
      async head() {
        const next = log.first("task.dispatched", ahead());
        return next === undefined ? hang() : next.place.startCommit;
      },
      async commit({ taskId }) {
        const merged = log.first("task.merged", everywhere, (one) => one.taskId === taskId);
        return { commit: merged?.commit ?? "", files: merged?.files ?? [], leftOut: [] };
      },
      async merge(_place, { taskId }) {
        const merged = log.first("task.merged", everywhere, (one) => one.taskId === taskId);
        if (merged !== undefined) return { ok: true, commit: merged.commit, files: merged.files };
        const met = log.first("merge.conflicted", everywhere, (one) => one.taskId === taskId);
        if (met === undefined) return hang();
        const sides = { base: null, ours: null, theirs: null, reason: "" };
        return { ok: false, conflicts: met.paths.map((path) => ({ path, ...sides })), ours: "", marked: "" };
      },
      unresolved: async () => [],
      tree: hang,
      release: async () => undefined,
    },
    checkpoints: {
      take: hang,
      hasCopy: async () => false,
      saveCopy: hang,
      keepFiles: hang,
      differing: hang,
      changedByUser: hang,
      restore: hang,
      resultAt: hang,
      compare: hang,
      isolateAt: hang,
      keptOf: async () => [],
      drop: async () => undefined,
    },
  };
}

const NO_CHANGES: ChangeSet = { baseCommit: "", resultCommit: "", files: [] };
/** What was looked over before the run was stopped is not in the log; that there was something is. */
const SOME_CHANGES: ChangeSet = {
  ...NO_CHANGES,
  files: [{ path: "?", status: "modified", additions: 0, deletions: 0, binary: true }],
};
