/** Commits in one order, with every path as it is called now. */

import type { Commit } from "./commit.ts";
import type { RawCommit } from "./log.ts";

/** Commits that change more files say nothing of any of them. */
const MOST_FILES = 40;
const DECAY_SECONDS = 3 * 365.25 * 24 * 3600;

export interface Change {
  readonly commit: Commit;
  /** What the commit's files are called now, each once. */
  readonly paths: readonly string[];
  /** e^(−age / 3 years), counted back from the newest commit. */
  readonly decay: number;
}

export interface Timeline {
  /** Newest first, merges and commits over 40 files left out. */
  readonly changes: readonly Change[];
  /** Places in `changes`, newest first, by path. */
  readonly byPath: ReadonlyMap<string, readonly number[]>;
}

/** Adds what is new to what is known; each commit once, the newest first. */
export function joinCommits(known: readonly Commit[], read: readonly RawCommit[]): Commit[] {
  const byHash = new Map<string, Commit>(known.map((commit) => [commit.hash, commit]));
  // Git names a child before its parents, so from the end each commit's parents are there already.
  for (const { parents, ...raw } of read.toReversed()) {
    const before = parents.map((hash) => byHash.get(hash)?.generation ?? 0);
    byHash.set(raw.hash, { ...raw, generation: 1 + Math.max(0, ...before) });
  }
  return [...byHash.values()].sort(compareCommits);
}

export function timelineOf(commits: readonly Commit[]): Timeline {
  const newest = commits.reduce((latest, { at }) => Math.max(latest, at), 0);
  const nowCalled = new Map<string, string>();
  const byPath = new Map<string, number[]>();
  const changes: Change[] = [];
  for (const commit of commits) {
    const paths = [...new Set(commit.paths.map((path) => nowCalled.get(path) ?? path))];
    follow(commit, nowCalled);
    if (commit.isMerge || paths.length === 0 || paths.length > MOST_FILES) continue;
    for (const path of paths) {
      const places = byPath.get(path);
      if (places === undefined) byPath.set(path, [changes.length]);
      else places.push(changes.length);
    }
    changes.push({ commit, paths, decay: Math.exp(-Math.max(0, newest - commit.at) / DECAY_SECONDS) });
  }
  return { changes, byPath };
}

/** What was called `from` before this commit has the present name of `to`; `to` itself was nothing then. */
function follow({ renames }: Commit, nowCalled: Map<string, string>): void {
  const present = renames.map(([from, to]) => [from, nowCalled.get(to) ?? to] as const);
  for (const [, to] of renames) nowCalled.delete(to);
  for (const [from, name] of present) nowCalled.set(from, name);
}

function compareCommits(first: Commit, second: Commit): number {
  if (first.at !== second.at) return second.at - first.at;
  if (first.generation !== second.generation) return second.generation - first.generation;
  return first.hash < second.hash ? -1 : 1;
}
