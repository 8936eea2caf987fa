/**
 * Vectors searched by FAISS, for those who have its binding: `npm install faiss-node` brings it where its build can be
 * downloaded or made. Exact (IndexFlatIP on unit vectors): its graphs cannot forget a vector.
 */
import { failure, type Result } from "../../../protocol/index.ts";
import { requirePackage } from "../../host/packages.ts";
import { type LocalStoreOptions, openLocalStore } from "./local-store.ts";
import type { FlatIndex, SearchEngine } from "./search-engine.ts";
import { normalise } from "./unit-vector.ts";
import type { VectorStore } from "./vector-store.ts";

/** What is used of faiss-node 0.5, as its documentation says. */
interface Faiss {
  readonly IndexFlatIP: new (dimensions: number) => FaissIndex;
}

interface FaissIndex {
  ntotal(): number;
  /** One vector, or several after each other. */
  add(vectors: number[]): void;
  /** Throws when `k` is more than there are. */
  search(vector: number[], k: number): { readonly distances: number[]; readonly labels: number[] };
  /** Those after a removed one move up. */
  removeIds(labels: number[]): number;
}

export async function openFaissStore(
  options: Omit<LocalStoreOptions, "engine" | "exactUpTo">,
  load: () => Faiss = () => requirePackage<Faiss>("faiss-node"),
): Promise<Result<VectorStore>> {
  let faiss: Faiss;
  try {
    faiss = load();
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return failure("vectors.unavailable", `faiss-node is not installed or does not load (${reason}).`);
  }
  const engine: SearchEngine = { name: "faiss", createFlat: (dimensions) => createFlat(faiss, dimensions) };
  return openLocalStore({ ...options, engine });
}

function createFlat({ IndexFlatIP }: Faiss, dimensions: number): FlatIndex {
  const index = new IndexFlatIP(dimensions);
  /** By label. */
  const keys: string[] = [];
  const vectors = new Map<string, Float32Array>();

  function remove(key: string): void {
    if (!vectors.delete(key)) return;
    const label = keys.indexOf(key);
    index.removeIds([label]);
    keys.splice(label, 1);
  }

  return {
    get size() {
      return keys.length;
    },
    set(key, vector) {
      remove(key);
      const unit = normalise(vector.slice());
      index.add([...unit]);
      keys.push(key);
      vectors.set(key, unit);
    },
    delete: remove,
    search(vector, k) {
      if (keys.length === 0) return [];
      const { distances, labels } = index.search([...normalise(vector.slice())], Math.min(k, keys.length));
      return labels.flatMap((label, place) => {
        const key = keys[label];
        return key === undefined ? [] : [{ key, score: distances[place] ?? 0 }];
      });
    },
    entries: () => vectors.entries(),
  };
}
