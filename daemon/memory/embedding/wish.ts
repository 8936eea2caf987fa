/** What was asked for, remembered across restarts of the daemon. No key is in it. */
import * as z from "zod/mini";
import type { PartStore } from "../code/facts.ts";

const Choice = z.object({
  provider: z.enum(["openai", "openai-compatible", "ollama", "local"]),
  model: z.string(),
  baseUrl: z.nullable(z.string()),
  store: z.enum(["usearch", "chroma", "faiss"]),
});

const Wish = z.object({
  choice: Choice,
  /** What served before this choice, and does until it is complete. */
  served: z.nullable(Choice),
  capUsd: z.nullable(z.number()),
  spentUsd: z.number(),
  isPaused: z.boolean(),
});
export type Wish = z.infer<typeof Wish>;

const PART = "vectors/wish";

export function readWish(parts: PartStore): Wish | undefined {
  const bytes = parts.get(PART);
  if (bytes === undefined) return undefined;
  try {
    return Wish.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  } catch {
    return undefined;
  }
}

export function writeWish(parts: PartStore, wish: Wish | undefined): void {
  if (wish === undefined) parts.delete(PART);
  else parts.set(PART, Buffer.from(JSON.stringify(wish)));
}
