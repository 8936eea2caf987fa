/**
 * What faiss-node 0.5 documents of IndexFlatIP, for machines where it does not install: inner products, labels by place,
 * those after a removed one moving up, an error for more results than there are vectors.
 */
class ScriptedIndexFlatIP {
  readonly #dimensions: number;
  #vectors: number[][] = [];

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
  }

  ntotal(): number {
    return this.#vectors.length;
  }

  add(vectors: number[]): void {
    if (!Array.isArray(vectors) || vectors.length % this.#dimensions !== 0)
      throw new Error(`Invalid the given array length (${vectors.length}), expected a multiple of ${this.#dimensions}`);
    for (let from = 0; from < vectors.length; from += this.#dimensions)
      this.#vectors.push(vectors.slice(from, from + this.#dimensions).map(Math.fround));
  }

  search(vector: number[], k: number): { distances: number[]; labels: number[] } {
    if (k > this.#vectors.length)
      throw new Error(`Invalid the number of k (cannot be given a value greater than ntotal)`);
    const hits = this.#vectors
      .map((each, label) => ({
        label,
        distance: each.reduce((sum, value, index) => sum + value * (vector[index] ?? 0), 0),
      }))
      .toSorted((first, second) => second.distance - first.distance)
      .slice(0, k);
    return { distances: hits.map(({ distance }) => distance), labels: hits.map(({ label }) => label) };
  }

  removeIds(labels: number[]): number {
    const before = this.#vectors.length;
    this.#vectors = this.#vectors.filter((_, label) => !labels.includes(label));
    return before - this.#vectors.length;
  }
}

export const scriptedFaiss = { IndexFlatIP: ScriptedIndexFlatIP };
