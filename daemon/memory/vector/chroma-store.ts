/**
 * Vectors on a Chroma server: a collection for each repository, model and size. A server that is gone is an error value
 * within the time limit, and found again at the next call.
 */
import { createHash } from "node:crypto";
import type { Collection } from "chromadb";
import { failure, ok, type Result } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { filteredSearch, problemOfVector, problemOfVectors, type VectorHit, type VectorStore } from "./vector-store.ts";

export interface ChromaStoreOptions {
  /** Of the server, such as http://127.0.0.1:8000. A key in the address is not used: give headers. */
  readonly address: string;
  /** Sent with every request and only to this address: {"x-chroma-token": …} or {authorization: "Bearer …"}. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tenant?: string;
  readonly database?: string;
  /** What tells repositories apart on one server. */
  readonly repository: string;
  readonly model: string;
  readonly dimensions: number;
  readonly clock: Clock;
  /** Milliseconds for one request; default 20 seconds. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 20_000;
/** Vectors in one request: below every server's own limit, and some megabytes. */
const BATCH = 250;
/** Keys in one answer. */
const PAGE = 5000;
const EXPANSION = 200;

/** Does not ask the server: that comes with the first call. Fails for an address that is none. */
export function openChromaStore(options: ChromaStoreOptions): Result<VectorStore> {
  const address = URL.parse(options.address);
  if (address === null || !/^https?:$/.test(address.protocol))
    return failure("vectors.unavailable", `“${options.address}” is no address of a Chroma server.`);
  return ok(createStore(options, address));
}

function createStore(options: ChromaStoreOptions, address: URL): VectorStore {
  const { model, dimensions } = options;
  const connection = createConnection(options, address);
  let closed = false;

  async function ask<Value>(work: (collection: Collection) => Promise<Value>): Promise<Result<Value>> {
    return closed ? failure("vectors.unavailable", "The store is closed.") : connection.ask(work);
  }

  const count = () => ask((collection) => collection.count());

  async function inBatches(keys: readonly string[], work: (from: number, to: number) => Promise<Result<unknown>>) {
    for (let from = 0; from < keys.length; from += BATCH) {
      const done = await work(from, Math.min(from + BATCH, keys.length));
      if (!done.ok) return done;
    }
    return ok(undefined);
  }

  async function remove(keys: readonly string[]): Promise<Result<void>> {
    return inBatches(keys, (from, to) => ask((collection) => collection.delete({ ids: keys.slice(from, to) })));
  }

  /** All pages are read before anything is removed, or the pages would move. */
  async function unwantedKeys(isWanted: (key: string) => boolean): Promise<Result<string[]>> {
    const unwanted: string[] = [];
    for (let offset = 0; ; offset += PAGE) {
      const page = await ask((collection) => collection.get({ limit: PAGE, offset, include: [] }));
      if (!page.ok) return page;
      unwanted.push(...page.value.ids.filter((key) => !isWanted(key)));
      if (page.value.ids.length < PAGE) return ok(unwanted);
    }
  }

  async function nearest(vector: Float32Array, wanted: number): Promise<Result<VectorHit[]>> {
    if (wanted === 0) return ok([]);
    const found = await ask((collection) =>
      collection.query({ queryEmbeddings: [[...vector]], nResults: wanted, include: ["distances"] }),
    );
    if (!found.ok) return found;
    const [ids = [], distances = []] = [found.value.ids[0], found.value.distances[0]];
    return ok(ids.map((key, place) => ({ key, score: 1 - (distances[place] ?? 1) })));
  }

  return {
    name: "chroma",
    model,
    dimensions,
    count,
    async present(keys) {
      const there = new Set<string>();
      const done = await inBatches(keys, async (from, to) => {
        const found = await ask((collection) => collection.get({ ids: keys.slice(from, to), include: [] }));
        if (found.ok) for (const id of found.value.ids) there.add(id);
        return found;
      });
      return done.ok ? ok(there) : done;
    },
    async add(keys, vectors) {
      const problem = problemOfVectors(keys, vectors, dimensions);
      if (problem !== undefined) return failure("vectors.invalid", problem);
      if (keys.length === 0) return ok(undefined);
      return inBatches(keys, (from, to) =>
        ask((collection) => {
          const embeddings = vectors.slice(from, to).map((vector) => [...vector]);
          return collection.upsert({ ids: keys.slice(from, to), embeddings });
        }),
      );
    },
    async prune(isWanted) {
      const unwanted = await unwantedKeys(isWanted);
      if (!unwanted.ok) return unwanted;
      const done = await remove(unwanted.value);
      return done.ok ? ok(unwanted.value.length) : done;
    },
    remove,
    async search(vector, k, filter) {
      const problem = problemOfVector(vector, dimensions);
      if (problem !== undefined) return failure("vectors.invalid", problem);
      if (vector.every((value) => value === 0)) return ok([]);
      const total = await count();
      if (!total.ok) return total;
      return filteredSearch((wanted) => nearest(vector, wanted), k, filter, total.value);
    },
    save: async () => (closed ? failure("vectors.unavailable", "The store is closed.") : ok(undefined)),
    stats: async () => ok({ search: "remote", building: false, bytesOnDisk: 0, problems: connection.problems() }),
    async close() {
      closed = true;
    },
  };
}

interface Connection {
  ask<Value>(work: (collection: Collection) => Promise<Value>): Promise<Result<Value>>;
  problems(): string[];
}

/** The collection, found or made at the first call and again after every failure. */
function createConnection(options: ChromaStoreOptions, address: URL): Connection {
  const { clock, timeoutMs = TIMEOUT_MS } = options;
  let collection: { readonly found: Promise<Collection>; readonly end: () => void } | undefined;
  let lastProblem: string | undefined;

  async function attempt<Value>(work: (collection: Collection) => Promise<Value>): Promise<Value> {
    collection ??= connect(options, address);
    const present = collection;
    return withinTime(clock, timeoutMs, present.end, async () => work(await present.found));
  }

  async function ask<Value>(work: (collection: Collection) => Promise<Value>): Promise<Result<Value>> {
    const wasThere = collection !== undefined;
    try {
      const value = await attempt(work).catch((error: unknown) => {
        collection = undefined;
        // The server may have been started anew, with other collections or none.
        if (wasThere && nameOf(error) === "ChromaNotFoundError") return attempt(work);
        throw error;
      });
      lastProblem = undefined;
      return ok(value);
    } catch (error) {
      collection = undefined;
      lastProblem = `Chroma at ${address.host}: ${reasonOf(error)}`;
      return failure("vectors.unavailable", lastProblem);
    }
  }

  return { ask, problems: () => (lastProblem === undefined ? [] : [lastProblem]) };
}

function connect(options: ChromaStoreOptions, address: URL) {
  const controller = new AbortController();
  return { found: findCollection(options, address, controller.signal), end: () => controller.abort() };
}

async function findCollection(options: ChromaStoreOptions, address: URL, signal: AbortSignal): Promise<Collection> {
  const { headers, tenant = "default_tenant", database = "default_database", model, dimensions } = options;
  const { ChromaClient } = await import("chromadb");
  const ssl = address.protocol === "https:";
  const client = new ChromaClient({
    host: address.hostname,
    port: address.port === "" ? (ssl ? 443 : 80) : Number(address.port),
    ssl,
    tenant,
    database,
    headers: { ...headers },
    // A token must never follow a redirect to an address that nobody configured.
    fetchOptions: { redirect: "error", signal },
  });
  const hnsw = { space: "cosine" as const, ef_construction: EXPANSION, ef_search: EXPANSION };
  return client.getOrCreateCollection({
    name: collectionName(options),
    embeddingFunction: null,
    configuration: { hnsw },
    metadata: { by: "nexus", model, dimensions },
  });
}

/** Readable, of the characters that Chroma allows, and different for whatever differs. */
export function collectionName(options: Pick<ChromaStoreOptions, "repository" | "model" | "dimensions">): string {
  const { repository, model, dimensions } = options;
  const readable = model.replaceAll(/[^A-Za-z0-9]+/g, "-").slice(0, 30);
  const hash = createHash("sha256")
    .update(JSON.stringify([repository, model, dimensions]))
    .digest("hex");
  return `nexus-${readable}-${dimensions}-${hash.slice(0, 20)}`;
}

/** Rejects when the time is over, and ends the requests that were under way. */
async function withinTime<Value>(
  clock: Clock,
  milliseconds: number,
  end: () => void,
  work: () => Promise<Value>,
): Promise<Value> {
  let stop = () => {};
  const timeout = new Promise<never>((_, reject) => {
    stop = clock.timer(milliseconds, () => {
      reject(new Error(`no answer for ${milliseconds / 1000} s`));
      end();
    });
  });
  return Promise.race([work(), timeout]).finally(stop);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

const REASONS: Readonly<Record<string, string>> = {
  ChromaAuthError: "the server refused the token; check the header that is sent.",
  ChromaForbiddenError: "the token may not do this; check which tenant and database it is for.",
  ChromaConnectionError: "it cannot be reached.",
};

function reasonOf(error: unknown): string {
  return REASONS[nameOf(error)] ?? (error instanceof Error ? error.message.slice(0, 300) : String(error));
}
