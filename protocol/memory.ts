/** Requests about the index of a workspace: what is known, building it, its vectors, and the editor's unsaved text. */
import * as z from "zod/mini";
import { notification, request } from "./message.ts";

/** An absolute path of a folder; the daemon resolves links and refuses what is no folder. */
export const workspace = z.string().check(z.minLength(1), z.maxLength(4096));
/** Relative to the workspace, or absolute inside it. */
export const workspacePath = z.string().check(z.minLength(1), z.maxLength(4096));
export const cursor = z.string().check(z.minLength(1), z.maxLength(500));

/** What an answer from the index says about itself: nothing is silently left out. */
export const answerMeta = {
  tookMs: z.number(),
  /** What could not be used this time, one sentence each; empty when everything was at hand. */
  degraded: z.array(z.string()),
  /** Files that changed and are not read again yet, and for how long; null when the index is up to date. */
  stale: z.nullable(z.object({ files: z.int(), sinceMs: z.number() })),
};

export const SkippedFiles = z.object({
  /** Such as "ignored", "binary", "generated", "too large", "unreadable". */
  reason: z.string(),
  count: z.int(),
  /** A few of the paths. */
  examples: z.array(z.string()),
});
export type SkippedFiles = z.infer<typeof SkippedFiles>;

export const LanguageCount = z.object({
  name: z.string(),
  files: z.int(),
  /** What reads it: native tree-sitter, web-tree-sitter, or no grammar at all. */
  engine: z.enum(["native", "wasm", "plain"]),
});
export type LanguageCount = z.infer<typeof LanguageCount>;

export const IndexProgress = z.object({
  phase: z.enum(["scanning", "reading", "history", "linking", "embedding", "learning"]),
  done: z.int(),
  /** Null until it is known. */
  total: z.nullable(z.int()),
  filesPerSecond: z.nullable(z.number()),
  bytesPerSecond: z.nullable(z.number()),
  etaMs: z.nullable(z.number()),
});
export type IndexProgress = z.infer<typeof IndexProgress>;

export const VectorStatus = z.object({
  store: z.enum(["usearch", "chroma", "faiss"]),
  /** The embedding model's name. */
  model: z.string(),
  dimensions: z.int(),
  /** Chunks. */
  done: z.int(),
  total: z.int(),
  state: z.enum(["idle", "running", "paused", "failed"]),
  costUsd: z.number(),
  /** The most that it may cost; null without a limit. */
  capUsd: z.nullable(z.number()),
  /** Why it failed. */
  problem: z.nullable(z.string()),
});
export type VectorStatus = z.infer<typeof VectorStatus>;

export const MemoryStatus = z.object({
  /** The folder's real path. */
  workspace: z.string(),
  state: z.enum(["none", "indexing", "ready", "stale", "failed"]),
  /** Why it failed; null otherwise. */
  problem: z.nullable(z.string()),
  engine: z.enum(["native", "wasm", "mixed", "plain"]),
  /** The branch that is checked out; null without one. */
  branch: z.nullable(z.string()),
  files: z.int(),
  bytes: z.int(),
  symbols: z.int(),
  chunks: z.int(),
  languages: z.array(LanguageCount),
  skipped: z.array(SkippedFiles),
  progress: z.nullable(IndexProgress),
  vectors: z.nullable(VectorStatus),
  history: z.nullable(
    z.object({
      commits: z.int(),
      /** True when older commits were left out. */
      limited: z.boolean(),
    }),
  ),
  facts: z.int(),
  /** What the index takes on disk. */
  sizeBytes: z.int(),
  /** What the indexed files take. */
  sourceBytes: z.int(),
  /** Changes are noticed by themselves. */
  watching: z.boolean(),
  indexedAt: z.nullable(z.string()),
  degraded: answerMeta.degraded,
  stale: answerMeta.stale,
});
export type MemoryStatus = z.infer<typeof MemoryStatus>;

export const memoryStatus = request(
  "memory/status",
  "What is known of a workspace. Starts nothing.",
  z.object({ workspace }),
  MemoryStatus,
);

export const IndexTotals = z.object({
  files: z.int(),
  bytes: z.int(),
  symbols: z.int(),
  chunks: z.int(),
  wallMs: z.number(),
  peakRssBytes: z.int(),
  /** Files whose content was known already. */
  reused: z.int(),
  languages: z.array(LanguageCount),
  skipped: z.array(SkippedFiles),
  degraded: answerMeta.degraded,
});
export type IndexTotals = z.infer<typeof IndexTotals>;

export const memoryIndex = request(
  "memory/index",
  "Brings the index of a workspace up to date and answers when it is; memory/progress tells how far it is. Cancelled, it keeps what it has.",
  z.object({
    workspace,
    /** Forgets what is known of the workspace's files and reads all of them again. */
    rebuild: z.optional(z.boolean()),
  }),
  IndexTotals,
);

export const memoryForget = request(
  "memory/forget",
  "Removes the index of a workspace. Facts that people wrote stay.",
  z.object({ workspace }),
  z.object({ freedBytes: z.int() }),
);

export const memoryUnsaved = request(
  "memory/unsaved",
  "The text of a file as the editor has it; null when it was saved or closed. Ends with the connection too.",
  z.object({
    workspace,
    path: workspacePath,
    /** Longer ones are indexed when they are saved. */
    text: z.nullable(z.string().check(z.maxLength(250_000))),
  }),
  z.object({}),
);

export const EmbeddingEstimate = z.object({
  chunks: z.int(),
  tokens: z.int(),
  /** Null when the model's price is unknown. */
  costUsd: z.nullable(z.number()),
  seconds: z.nullable(z.number()),
});
export type EmbeddingEstimate = z.infer<typeof EmbeddingEstimate>;

export const memoryEmbedding = request(
  "memory/embedding",
  "Vectors for search: what they would cost, and building them in the background.",
  z.object({
    workspace,
    action: z.enum(["status", "estimate", "start", "pause", "resume", "cancel"]),
    /** For `estimate` and `start`; left out: as the settings say. */
    embedder: z.optional(
      z.object({
        provider: z.enum(["table", "openai", "openai-compatible", "ollama", "local"]),
        model: z.optional(z.string().check(z.maxLength(300))),
        baseUrl: z.optional(z.string().check(z.maxLength(2000))),
      }),
    ),
    store: z.optional(z.enum(["usearch", "chroma", "faiss"])),
    /** Embedding pauses before it would cost more. */
    capUsd: z.optional(z.nullable(z.number().check(z.gte(0)))),
  }),
  z.object({ vectors: z.nullable(VectorStatus), estimate: z.nullable(EmbeddingEstimate) }),
);

const RankingScore = z.object({ recallAt10: z.number(), mrr: z.number() });

export const memoryLearn = request(
  "memory/learn",
  "Adapts the built-in word table to the workspace's own history and keeps it only when it measures better.",
  z.object({ workspace }),
  z.object({
    kept: z.boolean(),
    /** Why it was kept or not, in a sentence. */
    reason: z.string(),
    /** Commits that it was measured on; none of them was learnt from. */
    measuredOn: z.int(),
    /** Null when there was too little to measure. */
    before: z.nullable(RankingScore),
    after: z.nullable(RankingScore),
  }),
);

export const memoryProgress = notification(
  "memory/progress",
  "Work on a workspace's index goes on, or (progress null) has ended or changed it: ask memory/status. Sent to every connection, a few times a second at most.",
  z.object({ workspace: z.string(), progress: z.nullable(IndexProgress) }),
);
