/** Which model makes the vectors and which store keeps them: as the settings say, or as somebody asked for. */
import { failure, type Params, type Result } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { Embedder } from "../vector/embedder.ts";
import { localEmbedder } from "../vector/local-embedder.ts";
import { remoteEmbedder } from "../vector/remote-embedder.ts";
import type { VectorStore } from "../vector/vector-store.ts";

export type StoreName = VectorStore["name"];
export type EmbedderProvider = "table" | "openai" | "openai-compatible" | "ollama" | "local";

/** What is remembered of a wish; never a key. */
export interface Choice {
  readonly provider: Exclude<EmbedderProvider, "table">;
  /** Of a local model the folder. */
  readonly model: string;
  /** Null: the provider's own. */
  readonly baseUrl: string | null;
  readonly store: StoreName;
}

export interface EmbeddingSettings {
  readonly provider: EmbedderProvider;
  /** Null: the provider's usual one. */
  readonly model: string | null;
  readonly baseUrl: string | null;
  readonly apiKey: string | null;
  /** Null: the price table's. */
  readonly usdPerMillionTokens: number | null;
  readonly store: StoreName;
  /** Null: the server of this machine, or one that is started. */
  readonly chroma: { readonly address: string; readonly headers: Readonly<Record<string, string>> } | null;
  /** The most that the vectors of one repository may cost, in USD; null for no limit. */
  readonly capUsd: number | null;
  /** For OpenAI itself, when it is chosen against the settings. */
  readonly openAiKey: string | null;
}

/** When the settings say nothing. */
export const BUILT_IN: EmbeddingSettings = {
  provider: "table",
  model: null,
  baseUrl: null,
  apiKey: null,
  usdPerMillionTokens: null,
  store: "usearch",
  chroma: null,
  capUsd: null,
  openAiKey: null,
};

const USUAL_MODELS: Readonly<Record<EmbedderProvider, string | null>> = {
  table: null,
  openai: "text-embedding-3-small",
  "openai-compatible": null,
  ollama: "nomic-embed-text",
  local: null,
};

type Wish = Pick<Params<"memory/embedding">, "embedder" | "store">;

/** What is asked for, else what the settings say; null for the built-in table. */
export function choiceOf({ embedder, store }: Wish, settings: EmbeddingSettings): Result<Choice | null> {
  const provider = embedder?.provider ?? settings.provider;
  if (provider === "table") return { ok: true, value: null };
  const own = settings.provider === provider ? settings : BUILT_IN;
  const model = embedder?.model ?? own.model ?? USUAL_MODELS[provider];
  const baseUrl = embedder?.baseUrl ?? own.baseUrl;
  if (model === null) return failure("memory.embedder_unavailable", `Provider ${provider} needs the name of a model.`);
  if (provider === "openai-compatible" && baseUrl === null)
    return failure("memory.embedder_unavailable", "Provider openai-compatible needs its address.");
  return { ok: true, value: { provider, model, baseUrl, store: store ?? settings.store } };
}

/** Ready to embed. A local model is loaded, which takes a second or so; nothing else is asked yet. */
export async function openEmbedder(
  choice: Choice,
  settings: EmbeddingSettings,
  clock: Clock,
): Promise<Result<Embedder>> {
  const { provider, model, baseUrl } = choice;
  if (provider === "local") return localEmbedder({ folder: model });
  const price = isConfigured(choice, settings) ? settings.usdPerMillionTokens : null;
  return remoteEmbedder({
    provider,
    model,
    apiKey: keyFor(choice, settings),
    clock,
    ...(baseUrl === null ? {} : { baseUrl }),
    ...(price === null ? {} : { usdPerMillionTokens: price }),
  });
}

/** A key goes only to the address that it was configured with, and OpenAI's to OpenAI. */
function keyFor(choice: Choice, settings: EmbeddingSettings): string | null {
  const { provider, baseUrl } = choice;
  if (provider === settings.provider && baseUrl === settings.baseUrl) return settings.apiKey;
  return provider === "openai" && baseUrl === null ? settings.openAiKey : null;
}

function isConfigured(choice: Choice, settings: EmbeddingSettings): boolean {
  const { provider, model, baseUrl } = choice;
  return (
    provider === settings.provider &&
    model === (settings.model ?? USUAL_MODELS[provider]) &&
    baseUrl === settings.baseUrl
  );
}
