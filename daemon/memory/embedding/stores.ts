/** Opens and discards the stores of one repository's vectors. What a store is called says which kind it is. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { failure, type Result } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { removeTree } from "../../host/files.ts";
import { commandEnvironment } from "../../security/environment.ts";
import { type ChromaServer, findOrStartChroma } from "../vector/chroma-server.ts";
import { openChromaStore } from "../vector/chroma-store.ts";
import type { Embedder } from "../vector/embedder.ts";
import { openFaissStore } from "../vector/faiss-store.ts";
import { openUsearchStore } from "../vector/usearch-store.ts";
import type { StoreIdentity } from "../vector/vector-space.ts";
import type { VectorStore } from "../vector/vector-store.ts";
import type { EmbeddingSettings, StoreName } from "./choice.ts";

const NAMES: readonly StoreName[] = ["usearch", "chroma", "faiss"];
const REMEMBERED_TEXTS = 64;

/**
 * The embedder as the vector space knows it: its vectors in another store are other vectors. The newest single texts are
 * remembered, because every page of a search asks for the same one.
 */
export function embedderFor(store: StoreName, embedder: Embedder): Embedder {
  const remembered = new Map<string, Float32Array>();
  return {
    place: embedder.place,
    id: `${store}:${embedder.id}`,
    model: embedder.model,
    get dimensions() {
      return embedder.dimensions;
    },
    maxBatch: embedder.maxBatch,
    usdPerMillionTokens: embedder.usdPerMillionTokens,
    async embed(texts, signal) {
      const [text = ""] = texts;
      const known = texts.length === 1 ? remembered.get(text) : undefined;
      if (known !== undefined) return { ok: true, value: [known] };
      const made = await embedder.embed(texts, signal);
      if (made.ok && texts.length === 1 && made.value[0] !== undefined) {
        if (remembered.size >= REMEMBERED_TEXTS) remembered.clear();
        remembered.set(text, made.value[0]);
      }
      return made;
    },
  };
}

/** One Chroma server for all repositories, found or started when it is first needed. */
export interface ChromaAddress {
  find(): Promise<Result<{ readonly address: string; readonly headers: Readonly<Record<string, string>> }>>;
  close(): Promise<void>;
}

export function createChromaAddress(settings: EmbeddingSettings, folder: string, clock: Clock): ChromaAddress {
  const controller = new AbortController();
  let server: Promise<Result<ChromaServer>> | undefined;
  return {
    async find() {
      if (settings.chroma !== null) return { ok: true, value: settings.chroma };
      const env = commandEnvironment(process.env);
      server ??= findOrStartChroma({ folder, env, clock, signal: controller.signal });
      const found = await server.catch(() => failure("vectors.unavailable", "Chroma was not started."));
      if (!found.ok) server = undefined;
      return found.ok ? { ok: true, value: { address: found.value.address, headers: {} } } : found;
    },
    async close() {
      controller.abort(new Error("the daemon ends"));
      const found = await server?.catch(() => undefined);
      if (found?.ok === true) await found.value.stop();
    },
  };
}

export interface RepositoryStores {
  open(identity: StoreIdentity): Promise<Result<VectorStore>>;
  /** After the store was closed. */
  discard(identity: StoreIdentity): Promise<void>;
}

/** `folder`: the repository's own, for vectors alone. `key` tells repositories apart on a server. */
export function createStores(folder: string, key: string, chroma: ChromaAddress, clock: Clock): RepositoryStores {
  const folderOf = ({ model, dimensions }: StoreIdentity) =>
    join(folder, createHash("sha256").update(`${model}@${dimensions}`).digest("hex").slice(0, 24));

  async function openChroma({ model, dimensions }: StoreIdentity): Promise<Result<VectorStore>> {
    const found = await chroma.find();
    return found.ok ? openChromaStore({ ...found.value, repository: key, model, dimensions, clock }) : found;
  }

  async function open(identity: StoreIdentity): Promise<Result<VectorStore>> {
    const { model, dimensions } = identity;
    switch (storeOf(identity)) {
      case "usearch":
        return openUsearchStore({ folder: folderOf(identity), model, dimensions });
      case "faiss":
        return openFaissStore({ folder: folderOf(identity), model, dimensions });
      case "chroma":
        return openChroma(identity);
    }
  }

  return {
    open,
    async discard(identity) {
      if (storeOf(identity) !== "chroma") return removeTree(folderOf(identity));
      const store = await openChroma(identity);
      if (store.ok) await store.value.prune(() => false);
    },
  };
}

function storeOf({ model }: Pick<StoreIdentity, "model">): StoreName {
  return NAMES.find((name) => model.startsWith(`${name}:`)) ?? "usearch";
}
