/** Vector search at the size of a large repository: time and recall beside exact search in the same process. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openUsearchStore } from "../daemon/memory/vector/usearch-store.ts";
import type { VectorStore } from "../daemon/memory/vector/vector-store.ts";
import { clusteredVectors } from "../test/memory/vector/conformance.ts";
import { type Figure, median } from "./measure.ts";

const VECTORS = 100_000;
const DIMENSIONS = 384;
const CLUSTERS = 1000;
const QUERIES = 200;
const K = 10;
const BATCH = 2000;

/**
 * 100 000 clustered vectors with 384 numbers, ten nearest. Recall is against exact search in f32 and judged as what is
 * missing. Takes about a minute, most of it to build the graph.
 */
export async function measureVectors(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "nexus-bench-vectors-"));
  const model = "bench";
  const all = clusteredVectors(VECTORS + QUERIES, DIMENSIONS, CLUSTERS);
  const [vectors, queries] = [all.slice(0, VECTORS), all.slice(VECTORS)];
  try {
    const exact = await open(join(folder, "exact"), model, Number.POSITIVE_INFINITY);
    const graph = await open(join(folder, "graph"), model, 50_000);
    await fill(exact, vectors);
    const startedAt = performance.now();
    await fill(graph, vectors);
    await graph.save();
    const buildSeconds = (performance.now() - startedAt) / 1000;
    const truth = await answers(exact, queries);
    const found = await answers(graph, queries);
    await graph.close();
    const reopenedAt = performance.now();
    const reopened = await open(join(folder, "graph"), model, 50_000);
    const openMs = performance.now() - reopenedAt;
    const viewed = await answers(reopened, queries);
    await Promise.all([exact.close(), reopened.close()]);
    return [
      { name: `vectors: ${VECTORS} × ${DIMENSIONS}, p50`, value: found.p50, limit: 2, unit: "ms" },
      { name: "vectors: p50, mapped from the file", value: viewed.p50, limit: 2, unit: "ms" },
      { name: "vectors: p50 beside exact search", value: found.p50 / truth.p50, limit: 0.5, unit: "×" },
      { name: "vectors: exact search, p50", value: truth.p50, unit: "ms" },
      { name: "vectors: missed of the ten nearest", value: 1 - recall(truth.keys, found.keys), limit: 0.01, unit: "" },
      { name: "vectors: missed, mapped", value: 1 - recall(truth.keys, viewed.keys), limit: 0.01, unit: "" },
      { name: "vectors: stored, graph built and saved in", value: buildSeconds, unit: "s" },
      { name: "vectors: opened in", value: openMs, unit: "ms" },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function open(folder: string, model: string, exactUpTo: number): Promise<VectorStore> {
  const store = await openUsearchStore({ folder, model, dimensions: DIMENSIONS, exactUpTo });
  if (!store.ok) throw new Error(store.error.message);
  return store.value;
}

async function fill(store: VectorStore, vectors: readonly Float32Array[]): Promise<void> {
  for (let from = 0; from < vectors.length; from += BATCH) {
    const batch = vectors.slice(from, from + BATCH);
    const keys = batch.map((_, index) => `chunk-${from + index}`);
    const added = await store.add(keys, batch);
    if (!added.ok) throw new Error(added.error.message);
  }
}

interface Answers {
  readonly p50: number;
  readonly keys: readonly string[][];
}

async function answers(store: VectorStore, queries: readonly Float32Array[]): Promise<Answers> {
  const times: number[] = [];
  const keys: string[][] = [];
  for (const query of queries) {
    const startedAt = performance.now();
    const hits = await store.search(query, K);
    times.push(performance.now() - startedAt);
    if (!hits.ok) throw new Error(hits.error.message);
    keys.push(hits.value.map(({ key }) => key));
  }
  return { p50: median(times), keys };
}

function recall(truth: readonly string[][], found: readonly string[][]): number {
  const hits = truth.map((keys, index) => keys.filter((key) => found[index]?.includes(key)).length);
  return hits.reduce((sum, count) => sum + count, 0) / (truth.length * K);
}
