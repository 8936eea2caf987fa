/** What past messages say of a query: the files that its most alike commits touched, and each file's own messages. */
import { textStems } from "../search/words.ts";
import type { Commit } from "./commit.ts";
import type { CommitFact, PathScores } from "./history.ts";
import type { Change, Timeline } from "./timeline.ts";
import { bestPlaces, createWordIndex } from "./word-index.ts";

const BM25 = { k1: 1.2, b: 0.75 };
const BEST_COMMITS = 30;
const OWN_MESSAGES = 40;
const SUBJECT_COUNTS = 2;

export interface Relevance {
  commitScores(terms: readonly string[]): PathScores;
  messageScores(terms: readonly string[]): PathScores;
  explain(terms: readonly string[], path: string): CommitFact[];
  messageVectors(vectorOf: (text: string) => Float32Array | undefined): Map<string, Float32Array>;
}

/** Its indices are made when they are first asked for. */
export function createRelevance({ changes, byPath }: Timeline): Relevance {
  const words = once(() => changes.map(({ commit }) => messageWords(commit)));
  const commits = once(() => createWordIndex(BM25, words()));
  const paths = once(() => [...byPath.keys()]);
  const messages = once(() => createWordIndex(BM25, ownMessages()));

  function* ownMessages(): Generator<ReadonlyMap<string, number>> {
    for (const places of byPath.values()) {
      const own = new Map<string, number>();
      for (const place of places.slice(0, OWN_MESSAGES))
        for (const [word, count] of words()[place] ?? [])
          own.set(word, (own.get(word) ?? 0) + count * (changes[place]?.decay ?? 0));
      yield own;
    }
  }

  /** Newer commits first where two are as good. */
  function bestCommits(terms: readonly string[]): { change: Change; share: number }[] {
    const scores = commits().scores(terms);
    const best = bestPlaces(scores, BEST_COMMITS);
    const most = scores[best[0] ?? -1] ?? 1;
    return best.flatMap((place) => {
      const change = changes[place];
      return change === undefined ? [] : [{ change, share: ((scores[place] ?? 0) / most) * weightOf(change) }];
    });
  }

  return {
    commitScores(terms) {
      const scores = new Map<string, number>();
      for (const { change, share } of bestCommits(terms))
        for (const path of change.paths) scores.set(path, (scores.get(path) ?? 0) + share);
      return scores;
    },
    messageScores(terms) {
      const found = new Map<string, number>();
      const scores = messages().scores(terms);
      for (const [place, path] of paths().entries()) {
        const score = scores[place] ?? 0;
        if (score > 0) found.set(path, score);
      }
      return found;
    },
    explain(terms, path) {
      return bestCommits(terms)
        .filter(({ change }) => change.paths.includes(path))
        .sort((first, second) => second.share - first.share)
        .map(({ change: { commit } }) => commitFact(commit));
    },
    messageVectors(vectorOf) {
      const vectors = new Map<string, Float32Array>();
      for (const change of changes) {
        const vector = vectorOf(`${change.commit.subject}\n${change.commit.body}`);
        if (vector !== undefined) addVector(vectors, change, vector);
      }
      return vectors;
    },
  };
}

export function commitFact({ hash, subject, author, at }: Commit): CommitFact {
  return { hash, subject, author, at };
}

/** A message's stems with their counts, the subject's twice. */
function messageWords({ subject, body }: Commit): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (text: string, weight: number) => {
    for (const word of textStems(text)) counts.set(word, (counts.get(word) ?? 0) + weight);
  };
  count(subject, SUBJECT_COUNTS);
  count(body, 1);
  return counts;
}

function weightOf({ decay, paths }: Change): number {
  return decay / Math.sqrt(paths.length);
}

/** Adds the unit vector, weighed, to each of the commit's files. A vector that is no vector is left out. */
function addVector(vectors: Map<string, Float32Array>, change: Change, vector: Float32Array): void {
  const length = Math.hypot(...vector);
  if (!(length > 0 && Number.isFinite(length))) return;
  const weight = weightOf(change) / length;
  for (const path of change.paths) {
    const sum = vectors.get(path) ?? new Float32Array(vector.length);
    if (sum.length !== vector.length) continue;
    vector.forEach((value, place) => {
      sum[place] = (sum[place] ?? 0) + value * weight;
    });
    vectors.set(path, sum);
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
