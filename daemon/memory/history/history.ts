/** What the commits of a repository tell, as search, graph and people ask for it. All answers are at hand: no call waits. */

export interface CommitFact {
  readonly hash: string;
  readonly subject: string;
  readonly author: string;
  /** Seconds since 1970. */
  readonly at: number;
}

export interface CoChange {
  readonly path: string;
  /** Commits that changed both. */
  readonly commits: number;
  /** Share of the asked file's commits that changed this one too, 0 to 1. */
  readonly share: number;
}

export interface Owner {
  readonly author: string;
  readonly commits: number;
  /** Of the file's commits weighed by age, 0 to 1. */
  readonly share: number;
  readonly lastAt: number;
}

export interface HotSpot {
  readonly path: string;
  readonly commits: number;
  /** Commits weighed by age times lines: where change costs most. */
  readonly score: number;
}

/** Scores of files for a query, by path; unscaled, 0 left out. */
export type PathScores = ReadonlyMap<string, number>;

export interface History {
  readonly commits: number;
  /** The newest commit that is known; "" when there is none. */
  readonly head: string;
  recent(path: string, limit: number): readonly CommitFact[];
  changedWith(path: string, limit: number): readonly CoChange[];
  owners(path: string, limit: number): readonly Owner[];
  hotSpots(limit: number): readonly HotSpot[];
  /** Of the query's best 30 past commits: the files they touched (facts: "commits"). */
  commitScores(terms: readonly string[]): PathScores;
  /** Of each file's own newest 40 messages (facts: "messages"). */
  messageScores(terms: readonly string[]): PathScores;
  /** Subjects that explain a commit score, best first. */
  explain(terms: readonly string[], path: string): readonly CommitFact[];
}
