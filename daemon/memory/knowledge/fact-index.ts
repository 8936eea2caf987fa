/** Facts by their words (BM25) and by their meaning (cosine of vectors), in memory; changed fact by fact. */
import { createVectorRows } from "./vector-rows.ts";

/** Of a text's meaning, always of the same length; undefined where it has none. */
export type VectorOf = (text: string) => Float32Array | undefined;
/** The words of a text as they are compared: stems in lower case, identifiers in parts, without words that say nothing. */
export type TermsOf = (text: string) => readonly string[];

export interface FactIndex {
  readonly size: number;
  /** Adds a fact, or replaces what was known of it. */
  set(factId: string, text: string): void;
  delete(factId: string): void;
  /** The best 200 by words, the best 200 by meaning, and those that are named. */
  search(query: IndexQuery): Map<string, Match>;
}

export interface IndexQuery {
  readonly terms: ReadonlySet<string>;
  readonly vector: Float32Array | undefined;
  /** Facts that must be among the answers if they are known. */
  readonly named?: Iterable<string>;
  /** Which facts count; left out: all. */
  readonly keep?: (factId: string) => boolean;
}

export interface Match {
  /** BM25; 0 without a common word. */
  readonly words: number;
  /** Cosine, -1 to 1; 0 without vectors. */
  readonly meaning: number;
  /** The terms of the query that stand in the fact. */
  readonly terms: readonly string[];
}

interface Entry {
  readonly factId: string;
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

interface Posting {
  readonly slots: number[];
  readonly counts: number[];
}

const K1 = 1.2;
const B = 0.75;
const BEST = 200;
/**
 * Below this, two short texts hardly have to do with each other: with the built-in table about 1 of 20 pairs of unrelated
 * commit messages (of three repositories) lies above it, and half of those that belong together.
 */
export const LEAST_MEANING = 0.5;

export function createFactIndex(termsOf: TermsOf, vectorOf?: VectorOf): FactIndex {
  const slots = new Map<string, number>();
  const entries: (Entry | undefined)[] = [];
  const free: number[] = [];
  const postings = new Map<string, Posting>();
  const vectors = createVectorRows();
  let totalLength = 0;

  function remove(factId: string): void {
    const slot = slots.get(factId);
    const entry = slot === undefined ? undefined : entries[slot];
    if (slot === undefined || entry === undefined) return;
    slots.delete(factId);
    entries[slot] = undefined;
    free.push(slot);
    vectors.set(slot, undefined);
    totalLength -= entry.length;
    for (const term of entry.counts.keys()) removePosting(postings, term, slot);
  }

  /** BM25 of every slot that holds one of the terms. */
  function wordScores(terms: ReadonlySet<string>): Float64Array {
    const scores = new Float64Array(entries.length);
    const average = totalLength / Math.max(1, slots.size);
    for (const term of terms) {
      const posting = postings.get(term);
      if (posting === undefined) continue;
      const found = posting.slots.length;
      const weight = Math.log(1 + (slots.size - found + 0.5) / (found + 0.5)) * (K1 + 1);
      for (const [place, slot] of posting.slots.entries()) {
        const count = posting.counts[place] ?? 0;
        const length = entries[slot]?.length ?? 0;
        scores[slot] = (scores[slot] ?? 0) + (weight * count) / (count + K1 * (1 - B + (B * length) / average));
      }
    }
    return scores;
  }

  return {
    get size() {
      return slots.size;
    },

    set(factId, text) {
      remove(factId);
      const slot = free.pop() ?? entries.length;
      const counts = countsOf(termsOf(text));
      const length = [...counts.values()].reduce((sum, count) => sum + count, 0);
      slots.set(factId, slot);
      entries[slot] = { factId, counts, length };
      vectors.set(slot, vectorOf?.(text));
      totalLength += length;
      for (const [term, count] of counts) addPosting(postings, term, slot, count);
    },

    delete: remove,

    search({ terms, vector, named = [], keep }) {
      const words = wordScores(terms);
      const meanings = vectors.cosines(vector, entries.length);
      if (keep !== undefined)
        for (const [slot, entry] of entries.entries())
          if (entry !== undefined && !keep(entry.factId)) words[slot] = meanings[slot] = 0;
      const wanted = new Set([
        ...bestSlots(words, Number.MIN_VALUE),
        ...bestSlots(meanings, LEAST_MEANING),
        ...[...named].filter((factId) => keep?.(factId) !== false).flatMap((factId) => slots.get(factId) ?? []),
      ]);
      const found = new Map<string, Match>();
      for (const slot of wanted) {
        const entry = entries[slot];
        if (entry === undefined) continue;
        const common = [...terms].filter((term) => entry.counts.has(term));
        found.set(entry.factId, { words: words[slot] ?? 0, meaning: meanings[slot] ?? 0, terms: common });
      }
      return found;
    },
  };
}

/** The slots of the largest scores from `least` on; a few more where scores are equal. */
function bestSlots(scores: Float64Array, least: number): number[] {
  const slots: number[] = [];
  for (let slot = 0; slot < scores.length; slot++) if ((scores[slot] ?? 0) >= least) slots.push(slot);
  if (slots.length <= BEST) return slots;
  const sorted = Float64Array.from(slots, (slot) => scores[slot] ?? 0).sort();
  const border = sorted[sorted.length - BEST] ?? least;
  return slots.filter((slot) => (scores[slot] ?? 0) >= border);
}

function countsOf(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

function addPosting(postings: Map<string, Posting>, term: string, slot: number, count: number): void {
  const posting = postings.get(term) ?? { slots: [], counts: [] };
  posting.slots.push(slot);
  posting.counts.push(count);
  postings.set(term, posting);
}

function removePosting(postings: Map<string, Posting>, term: string, slot: number): void {
  const posting = postings.get(term);
  const place = posting?.slots.indexOf(slot) ?? -1;
  if (posting === undefined || place < 0) return;
  posting.slots.splice(place, 1);
  posting.counts.splice(place, 1);
  if (posting.slots.length === 0) postings.delete(term);
}
