/** Embedding models behind an address: OpenAI, whatever speaks its protocol, and Ollama. */
import { failure, ok, type Result } from "../../../protocol/index.ts";
import { type Clock, systemClock } from "../../host/clock.ts";
import { type Embedder, speakable } from "./embedder.ts";
import { placeOf, requestEmbeddings } from "./embedding-request.ts";
import { normalise } from "./unit-vector.ts";

export interface RemoteEmbedderOptions {
  readonly provider: "openai" | "openai-compatible" | "ollama";
  readonly model: string;
  /** "https://api.openai.com/v1", "http://127.0.0.1:11434"; left out: the provider's own. Must be given for a compatible one. */
  readonly baseUrl?: string;
  readonly apiKey: string | null;
  /** Asks for shorter vectors, where the model can. */
  readonly dimensions?: number;
  /** Left out: the table below, 0 on this machine, otherwise unknown. */
  readonly usdPerMillionTokens?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Milliseconds for one attempt; default a minute. */
  readonly timeoutMs?: number;
}

const BASE_URLS: Readonly<Record<string, string>> = {
  openai: "https://api.openai.com/v1",
  ollama: "http://127.0.0.1:11434",
};
/** USD per million tokens. */
const PRICES: Readonly<Record<string, number>> = {
  "text-embedding-3-small": 0.02,
  "text-embedding-3-large": 0.13,
  "text-embedding-ada-002": 0.1,
};
const TIMEOUT_MS = 60_000;
const MAX_BATCH = 128;
/** Below the 8 191 tokens that OpenAI takes of one text, and the 300 000 that it takes of one request. */
const MAX_TEXT_CHARACTERS = 16_000;
const MAX_REQUEST_CHARACTERS = 500_000;

export function remoteEmbedder(options: RemoteEmbedderOptions): Result<Embedder> {
  const { provider, model, apiKey } = options;
  const address = URL.parse(options.baseUrl ?? BASE_URLS[provider] ?? "");
  if (address === null || !/^https?:$/.test(address.protocol))
    return failure("settings.invalid", `“${options.baseUrl ?? ""}” is no address of an embedding model.`);
  if (model === "") return failure("settings.invalid", "The embedding model has no name.");
  if (provider === "openai" && apiKey === null) return failure("model.key_missing", "(embeddings)");
  return ok(create(options, address));
}

function create(options: RemoteEmbedderOptions, address: URL): Embedder {
  const { provider, model, apiKey, clock = systemClock, random = Math.random, timeoutMs = TIMEOUT_MS } = options;
  const isOllama = provider === "ollama";
  const endpoint = `${address.href.replace(/[?#].*$/, "").replace(/\/+$/, "")}${isOllama ? "/api/embed" : "/embeddings"}`;
  let { dimensions } = options;

  function bodyOf(input: readonly string[]) {
    if (isOllama) return { model, input, truncate: true };
    const asked = options.dimensions === undefined ? {} : { dimensions: options.dimensions };
    return { model, input, encoding_format: "float", ...asked };
  }

  async function embedSlice(texts: readonly string[], signal: AbortSignal): Promise<Result<Float32Array[]>> {
    const result = await requestEmbeddings({
      endpoint,
      headers: apiKey === null ? {} : { authorization: `Bearer ${apiKey}` },
      body: bodyOf(texts),
      ...{ clock, signal, timeoutMs, random, secret: apiKey },
      read: (answer) => checkedVectors(rowsOf(answer, isOllama), texts.length, dimensions),
    });
    if (result.ok) dimensions = result.value[0]?.length;
    return result;
  }

  return {
    place: isOllama ? `ollama at ${placeOf(endpoint)}` : placeOf(endpoint),
    id: `${provider}/${provider === "openai" ? "" : `${placeOf(endpoint)}/`}${model}${suffix(options.dimensions)}`,
    model,
    get dimensions() {
      return dimensions;
    },
    maxBatch: MAX_BATCH,
    usdPerMillionTokens: options.usdPerMillionTokens ?? priceOf(provider, model, address),
    async embed(texts, signal) {
      const vectors: Float32Array[] = [];
      for (const slice of slicesOf(texts)) {
        const result = await embedSlice(slice, signal);
        if (!result.ok) return result;
        vectors.push(...result.value);
      }
      return ok(vectors);
    },
  };
}

function suffix(dimensions: number | undefined): string {
  return dimensions === undefined ? "" : `@${dimensions}`;
}

function priceOf(provider: string, model: string, { hostname }: URL): number | null {
  if (/^(?:localhost|127\..*|\[::1\])$/.test(hostname)) return 0;
  return provider === "openai" ? (PRICES[model] ?? null) : null;
}

/** Requests that stay below every limit. */
function* slicesOf(texts: readonly string[]): Generator<string[]> {
  let slice: string[] = [];
  let characters = 0;
  for (const text of texts) {
    const cut = speakable(text.slice(0, MAX_TEXT_CHARACTERS));
    if (slice.length >= MAX_BATCH || (slice.length > 0 && characters + cut.length > MAX_REQUEST_CHARACTERS)) {
      yield slice;
      [slice, characters] = [[], 0];
    }
    slice.push(cut);
    characters += cut.length;
  }
  if (slice.length > 0) yield slice;
}

/** The vectors as the provider's protocol holds them, in the order of the texts; undefined where there are none. */
function rowsOf(answer: unknown, isOllama: boolean): unknown[] | undefined {
  if (isOllama) return arrayAt(answer, "embeddings");
  const entries = arrayAt(answer, "data");
  if (entries === undefined) return undefined;
  const rows: unknown[] = new Array(entries.length).fill(undefined);
  for (const [place, entry] of entries.entries()) {
    if (!isRecord(entry)) return undefined;
    const { index = place, embedding } = entry;
    if (typeof index !== "number" || !(index in rows) || rows[index] !== undefined) return undefined;
    rows[index] = embedding;
  }
  return rows;
}

/** Of unit length; or what is wrong, to follow the name of the place. */
function checkedVectors(
  rows: unknown[] | undefined,
  count: number,
  dimensions: number | undefined,
): Float32Array[] | string {
  if (rows === undefined) return "sent an answer without embeddings.";
  if (rows.length !== count) return `sent ${rows.length} embeddings for ${count} texts.`;
  const vectors: Float32Array[] = [];
  for (const row of rows) {
    if (!Array.isArray(row) || row.length === 0) return "sent an embedding that is no list of numbers.";
    const size = dimensions ?? vectors[0]?.length ?? row.length;
    if (row.length !== size) return `sent an embedding of ${row.length} numbers where ${size} were due.`;
    if (!row.every((value) => typeof value === "number" && Math.abs(value) < 1e30))
      return "sent an embedding that holds something that is no number.";
    vectors.push(normalise(Float32Array.from(row)));
  }
  return vectors;
}

function arrayAt(value: unknown, name: string): unknown[] | undefined {
  const found = isRecord(value) ? value[name] : undefined;
  return Array.isArray(found) ? found : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
