/** Facts by their words (BM25) and by their meaning (cosine of vectors), in memory; changed fact by fact. */

/** Of a text's meaning, always of the same length; undefined where it has none. */
export type VectorOf = (text: string) => Float32Array | undefined;
/** The words of a text as they are compared: stems in lower case, identifiers in parts, without words that say nothing. */
export type TermsOf = (text: string) => readonly string[];

export interface FactIndex {
  readonly size: number;
  /** Adds a fact, or replaces what was known of it. */
  set(factId: string, text: string): void;
  delete(factId: string): void;
  /** Scores by fact: words as BM25 (above 0), meaning as cosine (-1 to 1); facts that match in neither are left out. */
  search(query: { terms: ReadonlySet<string>; vector: Float32Array | undefined }): Map<string, Match>;
}

export interface Match {
  readonly words: number;
  readonly meaning: number;
  /** The terms of the query that stand in the fact. */
  readonly terms: readonly string[];
}

interface Entry {
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
  readonly vector: Float32Array | undefined;
}

const K1 = 1.2;
const B = 0.75;
/** Below this, two short texts have nothing to do with each other. */
const LEAST_MEANING = 0.4;

export function createFactIndex(termsOf: TermsOf, vectorOf?: VectorOf): FactIndex {
  const entries = new Map<string, Entry>();
  const postings = new Map<string, Set<string>>();
  let totalLength = 0;

  function remove(factId: string): void {
    const entry = entries.get(factId);
    if (entry === undefined) return;
    entries.delete(factId);
    totalLength -= entry.length;
    for (const term of entry.counts.keys()) {
      const facts = postings.get(term);
      facts?.delete(factId);
      if (facts?.size === 0) postings.delete(term);
    }
  }

  return {
    get size() {
      return entries.size;
    },

    set(factId, text) {
      remove(factId);
      const counts = countsOf(termsOf(text));
      const length = [...counts.values()].reduce((sum, count) => sum + count, 0);
      entries.set(factId, { counts, length, vector: unitVector(vectorOf?.(text)) });
      totalLength += length;
      for (const term of counts.keys()) {
        const facts = postings.get(term) ?? new Set();
        postings.set(term, facts.add(factId));
      }
    },

    delete: remove,

    search({ terms, vector }) {
      const found = new Map<string, { words: number; meaning: number; terms: string[] }>();
      const average = totalLength / Math.max(1, entries.size);
      for (const term of terms) {
        const facts = postings.get(term);
        if (facts === undefined) continue;
        const weight = Math.log(1 + (entries.size - facts.size + 0.5) / (facts.size + 0.5));
        for (const factId of facts) {
          const entry = entries.get(factId);
          if (entry === undefined) continue;
          const match = found.get(factId) ?? { words: 0, meaning: 0, terms: [] };
          const count = entry.counts.get(term) ?? 0;
          match.words += (weight * count * (K1 + 1)) / (count + K1 * (1 - B + (B * entry.length) / average));
          match.terms.push(term);
          found.set(factId, match);
        }
      }
      const asked = unitVector(vector);
      if (asked === undefined) return found;
      for (const [factId, entry] of entries) {
        const meaning = entry.vector === undefined ? 0 : cosine(asked, entry.vector);
        const match = found.get(factId);
        if (match !== undefined) match.meaning = meaning;
        else if (meaning >= LEAST_MEANING) found.set(factId, { words: 0, meaning, terms: [] });
      }
      return found;
    },
  };
}

function countsOf(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** Undefined for a vector without a direction, or with a component that is no number. */
function unitVector(vector: Float32Array | undefined): Float32Array | undefined {
  if (vector === undefined) return undefined;
  const length = Math.sqrt(vector.reduce((sum, component) => sum + component * component, 0));
  return Number.isFinite(length) && length > 0 ? vector.map((component) => component / length) : undefined;
}

function cosine(first: Float32Array, second: Float32Array): number {
  if (first.length !== second.length) return 0;
  let sum = 0;
  for (let index = 0; index < first.length; index++) sum += (first[index] ?? 0) * (second[index] ?? 0);
  return sum;
}
