/** What every vector store must do, whatever is behind it. Each case gets a place of its own. */
import assert from "node:assert/strict";
import { dot, normalise } from "../../../daemon/memory/vector/unit-vector.ts";
import type { VectorHit, VectorStore } from "../../../daemon/memory/vector/vector-store.ts";
import type { Result } from "../../../protocol/index.ts";

export interface StorePlace {
  /** Opens the store of this model and size; opened again it holds what it held. */
  open(model?: string, dimensions?: number): Promise<VectorStore>;
}

const DIMENSIONS = 16;
const axis = (index: number, ...more: number[]): Float32Array => {
  const vector = new Float32Array(DIMENSIONS);
  for (const [place, at] of [index, ...more].entries()) vector[at] = place === 0 ? 1 : 0.5;
  return normalise(vector);
};

export function must<Value>(result: Result<Value>): Value {
  if (!result.ok) assert.fail(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

function codeOf(result: Result<unknown>): string {
  return result.ok ? "ok" : result.error.code;
}

/** Normal vectors around `clusters` centres; the same for the same seed. */
export function clusteredVectors(count: number, dimensions: number, clusters: number, seed = 1): Float32Array[] {
  const random = createRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  const centres = Array.from({ length: clusters }, () => Float32Array.from({ length: dimensions }, normal));
  return Array.from({ length: count }, () => {
    const centre = centres[Math.floor(random() * clusters)] ?? new Float32Array(dimensions);
    return normalise(centre.map((value) => value + 0.7 * normal()));
  });
}

/** Mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function exactHits(vectors: ReadonlyMap<string, Float32Array>, query: Float32Array, k: number): VectorHit[] {
  return [...vectors]
    .map(([key, vector]) => ({ key, score: dot(vector, query) }))
    .toSorted((first, second) => second.score - first.score)
    .slice(0, k);
}

const keysOf = (hits: readonly VectorHit[]) => hits.map(({ key }) => key);

type Case = (place: StorePlace) => Promise<void>;

export const CONFORMANCE: readonly (readonly [name: string, check: Case])[] = [
  ["is empty at first", isEmptyAtFirst],
  ["finds the nearest first, with their cosines", findsTheNearest],
  ["gives what there is when more is asked for", givesWhatThereIs],
  ["replaces the vector of a key that comes again", replaces],
  ["removes, and minds no key that it does not know", removes],
  ["prunes what is not wanted any more", prunes],
  ["knows which keys are present", knowsWhatIsPresent],
  ["lets a filter choose, however few it lets through", filters],
  ["refuses what is no vector, and stores nothing of the call", refusesBadVectors],
  ["finds nothing near to zeros", mindsZeros],
  ["keeps any key", keepsAnyKey],
  ["holds after it was closed and opened again", persists],
  ["keeps models and sizes apart", keepsModelsApart],
  ["answers with a value once it is closed", endsQuietly],
  ["takes calls that overlap", takesOverlappingCalls],
  ["finds at least .99 of the ten nearest", recallsNearlyAll],
  ["equals a plain map after any sequence of changes", equalsAMap],
];

async function isEmptyAtFirst({ open }: StorePlace): Promise<void> {
  const store = await open();
  assert.equal(must(await store.count()), 0);
  assert.deepEqual(must(await store.search(axis(0), 5)), []);
  assert.deepEqual(must(await store.stats()).problems, []);
}

async function findsTheNearest({ open }: StorePlace): Promise<void> {
  const store = await open();
  must(await store.add(["a", "b", "c"], [axis(0), axis(0, 1), axis(2)]));
  const hits = must(await store.search(axis(0), 2));
  assert.deepEqual(keysOf(hits), ["a", "b"]);
  assert.ok(Math.abs((hits[0]?.score ?? 0) - 1) < 1e-3);
  assert.ok(Math.abs((hits[1]?.score ?? 0) - dot(axis(0), axis(0, 1))) < 1e-3);
}

async function givesWhatThereIs({ open }: StorePlace): Promise<void> {
  const store = await open();
  must(await store.add(["a", "b"], [axis(0), axis(1)]));
  assert.deepEqual(keysOf(must(await store.search(axis(0, 1), 50))), ["a", "b"]);
  for (const k of [0, -1, 1.5, Number.NaN])
    assert.equal(codeOf(await store.search(axis(0), k)), "vectors.invalid", `k = ${k}`);
}

async function replaces({ open }: StorePlace): Promise<void> {
  const store = await open();
  must(await store.add(["a", "b"], [axis(0), axis(1)]));
  must(await store.add(["a"], [axis(3)]));
  assert.equal(must(await store.count()), 2);
  assert.deepEqual(keysOf(must(await store.search(axis(3), 1))), ["a"]);
  const [, far] = must(await store.search(axis(1), 2));
  assert.ok(Math.abs(far?.score ?? 1) < 1e-3, "the old vector is gone");
}

async function removes({ open }: StorePlace): Promise<void> {
  const store = await open();
  must(await store.add(["a", "b"], [axis(0), axis(1)]));
  must(await store.remove(["a", "unknown"]));
  must(await store.remove([]));
  assert.equal(must(await store.count()), 1);
  assert.deepEqual(keysOf(must(await store.search(axis(0), 5))), ["b"]);
}

async function prunes({ open }: StorePlace): Promise<void> {
  const store = await open();
  const vectors = clusteredVectors(600, DIMENSIONS, 10);
  const keys = vectors.map((_, index) => `k${index}`);
  must(await store.add(keys, vectors));
  const isWanted = (key: string) => key === "k3" || key === "k599";
  assert.equal(must(await store.prune(isWanted)), 598);
  assert.equal(must(await store.prune(isWanted)), 0);
  assert.equal(must(await store.count()), 2);
  const hits = must(await store.search(axis(0), 10));
  assert.deepEqual(new Set(keysOf(hits)), new Set(["k3", "k599"]));
}

async function knowsWhatIsPresent({ open }: StorePlace): Promise<void> {
  const store = await open();
  must(await store.add(["a", "b"], [axis(0), axis(1)]));
  assert.deepEqual(must(await store.present(["a", "x", "b"])), new Set(["a", "b"]));
  assert.deepEqual(must(await store.present([])), new Set());
}

async function filters({ open }: StorePlace): Promise<void> {
  const store = await open();
  const vectors = clusteredVectors(300, DIMENSIONS, 5);
  const keys = vectors.map((_, index) => `k${index}`);
  must(await store.add(keys, vectors));
  const rare = exactHits(new Map(keys.map((key, index) => [key, vectors[index] ?? axis(0)])), axis(0), 300).slice(-2);
  const wanted = new Set(keysOf(rare));
  const hits = must(await store.search(axis(0), 5, (key) => wanted.has(key)));
  assert.deepEqual(keysOf(hits), keysOf(rare));
  assert.deepEqual(must(await store.search(axis(0), 5, () => false)), []);
}

async function refusesBadVectors({ open }: StorePlace): Promise<void> {
  const store = await open();
  const bad: [string[], Float32Array[]][] = [
    [
      ["good", "short"],
      [axis(0), new Float32Array(3)],
    ],
    [
      ["good", "long"],
      [axis(0), new Float32Array(DIMENSIONS + 1)],
    ],
    [
      ["good", "nan"],
      [axis(0), axis(1).fill(Number.NaN)],
    ],
    [
      ["good", "infinite"],
      [axis(0), axis(1).fill(Number.POSITIVE_INFINITY)],
    ],
    [["good"], [axis(0), axis(1)]],
    [
      ["good", "good"],
      [axis(0), axis(1)],
    ],
    [
      ["good", ""],
      [axis(0), axis(1)],
    ],
    [
      ["good", "x".repeat(513)],
      [axis(0), axis(1)],
    ],
    [
      ["good", "\ud800"],
      [axis(0), axis(1)],
    ],
  ];
  for (const [keys, vectors] of bad) assert.equal(codeOf(await store.add(keys, vectors)), "vectors.invalid", keys[1]);
  assert.equal(codeOf(await store.search(new Float32Array(3), 1)), "vectors.invalid");
  assert.equal(codeOf(await store.search(axis(0).fill(Number.NaN), 1)), "vectors.invalid");
  assert.equal(must(await store.count()), 0);
}

async function mindsZeros({ open }: StorePlace): Promise<void> {
  const store = await open();
  must(await store.add(["zero", "a"], [new Float32Array(DIMENSIONS), axis(0)]));
  assert.equal(must(await store.count()), 2);
  assert.deepEqual(must(await store.present(["zero"])), new Set(["zero"]));
  assert.deepEqual(must(await store.search(new Float32Array(DIMENSIONS), 3)), []);
  assert.equal(keysOf(must(await store.search(axis(0), 3)))[0], "a");
  must(await store.add(["zero"], [axis(5)]));
  assert.equal(keysOf(must(await store.search(axis(5), 1)))[0], "zero");
}

async function keepsAnyKey({ open }: StorePlace): Promise<void> {
  const store = await open();
  const keys = ["a b", "Größe/日本語.ts#3", 'quote"\\', "line\nbreak", "x".repeat(512), "👩‍💻"];
  must(
    await store.add(
      keys,
      keys.map((_, index) => axis(index)),
    ),
  );
  for (const [index, key] of keys.entries()) {
    assert.equal(must(await store.search(axis(index), 1))[0]?.key, key);
    assert.ok(must(await store.present([key])).has(key));
  }
  must(await store.remove(keys));
  assert.equal(must(await store.count()), 0);
}

async function persists({ open }: StorePlace): Promise<void> {
  const store = await open();
  must(await store.add(["a", "b", "c"], [axis(0), axis(1), axis(2)]));
  must(await store.save());
  must(await store.remove(["b"]));
  must(await store.add(["c"], [axis(4)]));
  await store.close();
  const again = await open();
  assert.equal(must(await again.count()), 2);
  assert.deepEqual(keysOf(must(await again.search(axis(4), 1))), ["c"]);
  assert.deepEqual(must(await again.present(["a", "b", "c"])), new Set(["a", "c"]));
}

async function keepsModelsApart({ open }: StorePlace): Promise<void> {
  const [first, second, third] = [await open("m", 16), await open("other/model:1", 16), await open("m", 8)];
  must(await first.add(["a"], [axis(0)]));
  must(await third.add(["c"], [new Float32Array(8).fill(1)]));
  assert.equal(must(await second.count()), 0);
  assert.equal(must(await third.count()), 1);
  assert.deepEqual(keysOf(must(await first.search(axis(0), 5))), ["a"]);
  assert.deepEqual([first.dimensions, third.dimensions], [16, 8]);
}

async function endsQuietly({ open }: StorePlace): Promise<void> {
  const store = await open();
  await store.close();
  await store.close();
  assert.equal(codeOf(await store.add(["a"], [axis(0)])), "vectors.unavailable");
}

async function takesOverlappingCalls({ open }: StorePlace): Promise<void> {
  const store = await open();
  const rounds = Array.from({ length: 12 }, async (_, index) => {
    must(await store.add([`k${index}`], [axis(index)]));
    return must(await store.search(axis(index), 1))[0]?.key;
  });
  assert.deepEqual(
    await Promise.all(rounds),
    rounds.map((_, index) => `k${index}`),
  );
  assert.equal(must(await store.count()), 12);
}

async function recallsNearlyAll({ open }: StorePlace): Promise<void> {
  const store = await open("recall", 64);
  const vectors = clusteredVectors(2020, 64, 40);
  const known = new Map(vectors.slice(0, 2000).map((vector, index) => [`k${index}`, vector]));
  must(await store.add([...known.keys()], [...known.values()]));
  let found = 0;
  for (const query of vectors.slice(2000)) {
    const truth = new Set(keysOf(exactHits(known, query, 10)));
    found += keysOf(must(await store.search(query, 10))).filter((key) => truth.has(key)).length;
  }
  assert.ok(found / 200 >= 0.99, `recall ${found / 200}`);
}

async function equalsAMap({ open }: StorePlace): Promise<void> {
  const random = createRandom(7);
  const pool = clusteredVectors(60, DIMENSIONS, 60, 7);
  let store = await open();
  const model = new Map<string, Float32Array>();
  for (let step = 0; step < 120; step++) {
    const key = `k${Math.floor(random() * 20)}`;
    const vector = pool[Math.floor(random() * pool.length)] ?? axis(0);
    const choice = random();
    if (choice < 0.6) {
      must(await store.add([key], [vector]));
      model.set(key, vector);
    } else if (choice < 0.9) {
      must(await store.remove([key]));
      model.delete(key);
    } else {
      await store.close();
      store = await open();
    }
  }
  const query = pool[0] ?? axis(0);
  const expected = exactHits(model, query, 60);
  const hits = must(await store.search(query, 60));
  assert.deepEqual(new Set(keysOf(hits)), new Set(model.keys()));
  for (const [index, { score }] of expected.entries()) assert.ok(Math.abs((hits[index]?.score ?? 0) - score) < 1e-2);
}
