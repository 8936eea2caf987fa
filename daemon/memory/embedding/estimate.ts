/** What vectors would cost, counted before anything is sent. */
import { type EmbeddingEstimate, type ErrorValue, NexusError, nexusError } from "../../../protocol/index.ts";
import type { Embedder } from "../vector/embedder.ts";
import { estimateEmbedding } from "../vector/embedding-job.ts";
import type { VectorStore } from "../vector/vector-store.ts";
import { type ViewedWorkspace, windowsOf } from "./windows.ts";

export interface EstimateOptions {
  /** By a content's name. */
  isLacking(name: string): boolean;
  /** Windows a second, where it was measured. */
  readonly rate: number | null;
  readonly signal: AbortSignal;
}

/** Rejects with a NexusError, and with the signal's reason when cancelled. */
export async function estimateOf(
  workspaces: readonly ViewedWorkspace[],
  embedder: Embedder,
  { isLacking, rate, signal }: EstimateOptions,
): Promise<EmbeddingEstimate> {
  const lacking = () =>
    windowsOf(workspaces, new Map(), (name) => {
      signal.throwIfAborted();
      return isLacking(name);
    });
  const counted = await estimateEmbedding(lacking, embedder, NOTHING_STORED);
  if (!counted.ok) throw unavailable(counted.error);
  const { missing, tokens, usd } = counted.value;
  return { chunks: missing, tokens, costUsd: usd, seconds: rate === null ? null : missing / rate };
}

const NOTHING_STORED: Pick<VectorStore, "present"> = {
  present: async () => ({ ok: true, value: new Set<string>() }),
};

/** As clients know it: what cannot be used, model or store, and why. */
export function unavailable(error: ErrorValue): NexusError {
  if (error.code === "memory.embedder_unavailable") return new NexusError(error);
  const code = error.code.startsWith("vectors.") ? "memory.store_unavailable" : "memory.embedder_unavailable";
  return nexusError(code, error.message);
}
