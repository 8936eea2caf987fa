/** What turns text into vectors: one port; the built-in table, servers and local models are behind it. */
import { ok, type Result } from "../../../protocol/index.ts";
import type { WordTable } from "./word-table.ts";

export interface Embedder {
  /** Who answers, for people: "built-in", "api.openai.com", "ollama at 127.0.0.1:11434". */
  readonly place: string;
  /** What tells its vectors from all others: provider, model and asked size; names stores and collections. */
  readonly id: string;
  readonly model: string;
  /** Numbers in a vector; undefined until the first answer when only the model knows. */
  readonly dimensions: number | undefined;
  /** Texts that one call should hold at most. */
  readonly maxBatch: number;
  /** 0 where nothing is paid; null when nobody knows. */
  readonly usdPerMillionTokens: number | null;
  /**
   * One vector of unit length a text, in their order; zeros where the table knows no word. What comes back is checked:
   * right count, right size, numbers only. Rejects with the signal's reason when cancelled.
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Result<Float32Array[]>>;
}

/** The table that is shipped, or one that was learned from it. */
export function tableEmbedder(table: WordTable): Embedder {
  return {
    place: "built-in",
    id: `table/${table.name}`,
    model: table.name,
    dimensions: table.dimensions,
    maxBatch: 1000,
    usdPerMillionTokens: 0,
    async embed(texts, signal) {
      signal.throwIfAborted();
      return ok(texts.map((text) => table.textVector(text)));
    },
  };
}

/** Servers refuse an empty text and models divide by its length: a full stop says as little. */
export function speakable(text: string): string {
  return text.trim() === "" ? "." : text.toWellFormed();
}

/** Tokens of a text for an estimate of the price: code has about 3.3 characters a token in today's vocabularies. */
export function estimatedTokens(characters: number): number {
  return Math.ceil(characters / 3.3);
}
