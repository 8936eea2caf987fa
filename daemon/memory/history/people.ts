/** What commits tell of a file without any query: who, with what, how often. */
import type { CoChange, CommitFact, HotSpot, Owner } from "./history.ts";
import { commitFact } from "./relevance.ts";
import type { Change, Timeline } from "./timeline.ts";

export function recentCommits(timeline: Timeline, path: string, limit: number): CommitFact[] {
  return changesOf(timeline, path)
    .slice(0, limit)
    .map(({ commit }) => commitFact(commit));
}

export function changedTogether(timeline: Timeline, path: string, limit: number): CoChange[] {
  const changes = changesOf(timeline, path);
  const counts = new Map<string, number>();
  for (const { paths } of changes)
    for (const other of paths) if (other !== path) counts.set(other, (counts.get(other) ?? 0) + 1);
  return [...counts]
    .map(([other, commits]) => ({ path: other, commits, share: commits / changes.length }))
    .sort((first, second) => second.commits - first.commits || compareTexts(first.path, second.path))
    .slice(0, limit);
}

export function ownersOf(timeline: Timeline, path: string, limit: number): Owner[] {
  const owners = new Map<string, { commits: number; weight: number; lastAt: number }>();
  let total = 0;
  for (const { commit, decay } of changesOf(timeline, path)) {
    const before = owners.get(commit.author) ?? { commits: 0, weight: 0, lastAt: commit.at };
    owners.set(commit.author, { ...before, commits: before.commits + 1, weight: before.weight + decay });
    total += decay;
  }
  return [...owners]
    .map(([author, { commits, weight, lastAt }]) => ({
      author,
      commits,
      share: total > 0 ? weight / total : 0,
      lastAt,
    }))
    .sort((first, second) => second.share - first.share || compareTexts(first.author, second.author))
    .slice(0, limit);
}

/** `linesOf` answers undefined for a file that is no more. */
export function hottestFiles(
  timeline: Timeline,
  linesOf: (path: string) => number | undefined,
  limit: number,
): HotSpot[] {
  const spots = [...timeline.byPath].flatMap(([path, places]) => {
    const lines = linesOf(path);
    if (lines === undefined) return [];
    const weight = places.reduce((sum, place) => sum + (timeline.changes[place]?.decay ?? 0), 0);
    return [{ path, commits: places.length, score: weight * lines }];
  });
  return spots
    .sort((first, second) => second.score - first.score || compareTexts(first.path, second.path))
    .slice(0, limit);
}

function changesOf({ changes, byPath }: Timeline, path: string): Change[] {
  return (byPath.get(path) ?? []).flatMap((place) => changes[place] ?? []);
}

function compareTexts(first: string, second: string): number {
  return first < second ? -1 : first > second ? 1 : 0;
}
