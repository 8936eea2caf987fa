/** Vectors in process: exact up to 50 000, then an HNSW graph that is mapped from its file. */
import { failure, type Result } from "../../../protocol/index.ts";
import { type LocalStoreOptions, openLocalStore } from "./local-store.ts";
import type { SearchEngine } from "./search-engine.ts";
import { loadUsearch } from "./usearch-engine.ts";
import type { VectorStore } from "./vector-store.ts";

export async function openUsearchStore(options: Omit<LocalStoreOptions, "engine">): Promise<Result<VectorStore>> {
  let engine: SearchEngine;
  try {
    engine = loadUsearch();
  } catch (error) {
    return failure("vectors.unavailable", `usearch does not load on this machine: ${firstLine(error)}`);
  }
  return openLocalStore({ ...options, engine });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
