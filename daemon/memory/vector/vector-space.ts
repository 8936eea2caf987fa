/**
 * The vectors of one repository as search sees them: one model serves; another one that was chosen is built beside it
 * and takes over when it is complete, also after a restart in between.
 */
import { failure, ok, type Result } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { PartStore } from "../code/facts.ts";
import type { Embedder } from "./embedder.ts";
import { type Chunks, type EmbeddingJob, type EmbeddingProgress, startEmbedding } from "./embedding-job.ts";
import type { VectorHit, VectorStore } from "./vector-store.ts";

/** What tells one store of a repository from another. */
export interface StoreIdentity {
  /** The embedder's id. */
  readonly model: string;
  readonly dimensions: number;
}

export interface VectorSpaceOptions {
  readonly chunks: Chunks;
  readonly openStore: (identity: StoreIdentity) => Promise<Result<VectorStore>>;
  /** Removes what was stored, after the store was closed. */
  readonly discardStore: (identity: StoreIdentity) => Promise<void>;
  /** Remembers which model serves. */
  readonly parts: PartStore;
  readonly clock: Clock;
  readonly onProgress?: (progress: EmbeddingProgress) => void;
}

export interface FoundVectors {
  /** Keys are hashes of chunks. */
  readonly hits: readonly VectorHit[];
  /** Why the hits are not all that there could be; null when they are. */
  readonly degraded: string | null;
}

export interface VectorSpace {
  /** Opens what served before the restart, when one of these embedders made it; nothing serves otherwise. */
  restore(embedders: readonly Embedder[]): Promise<Result<void>>;
  /**
   * Embeds what is missing with this embedder; with another one than serves, beside it, to take over when it is done.
   * Ends the job before, if one is under way. When nothing serves, it serves at once.
   */
  use(embedder: Embedder, options: { capUsd: number | null; signal: AbortSignal }): Promise<Result<EmbeddingJob>>;
  search(
    text: string,
    k: number,
    options: { filter?: (hash: string) => boolean; signal: AbortSignal },
  ): Promise<Result<FoundVectors>>;
  /** Removes the vectors of contents that no branch holds any more; answers with how many those were. */
  prune(isWanted: (hash: string) => boolean): Promise<Result<number>>;
  state(): { readonly serving: StoreIdentity | null; readonly building: StoreIdentity | null };
  close(): Promise<void>;
}

interface Side {
  readonly embedder: Embedder;
  readonly store: VectorStore;
}

const SERVING = "vectors/serving";

export function createVectorSpace(options: VectorSpaceOptions): VectorSpace {
  const { chunks, openStore, discardStore, parts, clock } = options;
  let serving: Side | undefined;
  let building: Side | undefined;
  let job: EmbeddingJob | undefined;

  async function endJob(): Promise<void> {
    job?.cancel();
    await job?.ended;
    if (building !== serving) await building?.store.close();
    building = undefined;
  }

  async function open(embedder: Embedder, signal: AbortSignal): Promise<Result<Side>> {
    const dimensions = await dimensionsOf(embedder, signal);
    if (!dimensions.ok) return dimensions;
    if (serving !== undefined && isOf(serving, embedder, dimensions.value)) return ok({ ...serving, embedder });
    const store = await openStore({ model: embedder.id, dimensions: dimensions.value });
    return store.ok ? ok({ embedder, store: store.value }) : store;
  }

  async function takeOver(side: Side): Promise<void> {
    const old = serving;
    serving = side;
    building = undefined;
    parts.set(SERVING, Buffer.from(JSON.stringify(identityOf(side))));
    if (old === undefined || old.store === side.store) return;
    await old.store.close();
    await discardStore(identityOf(old));
  }

  async function use(embedder: Embedder, { capUsd, signal }: { capUsd: number | null; signal: AbortSignal }) {
    await endJob();
    const side = await open(embedder, signal);
    if (!side.ok) return side;
    building = side.value;
    if (serving === undefined || serving.store === side.value.store) await takeOver(side.value);
    const started = startEmbedding({
      ...{ chunks, embedder, store: side.value.store, clock, capUsd },
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    const ended = started.ended.then(async (progress) => {
      if (progress.state === "done" && building === side.value) await takeOver(side.value);
      return progress;
    });
    job = { ...started, ended };
    return ok(job);
  }

  return {
    use,
    async restore(embedders) {
      const bytes = parts.get(SERVING);
      const identity = bytes === undefined ? undefined : identityIn(Buffer.from(bytes).toString("utf8"));
      const embedder = embedders.find(({ id }) => id === identity?.model);
      if (identity === undefined || embedder === undefined) return ok(undefined);
      const store = await openStore(identity);
      if (store.ok) serving = { embedder, store: store.value };
      return store.ok ? ok(undefined) : store;
    },
    async search(text, k, { filter, signal }) {
      if (serving === undefined) return failure("vectors.unavailable", "Nothing has been embedded yet.");
      const side = serving;
      const embedded = await side.embedder.embed([text], signal);
      if (!embedded.ok) return embedded;
      const [vector] = embedded.value;
      const hits = vector === undefined ? ok([]) : await side.store.search(vector, k, filter);
      return hits.ok ? ok({ hits: hits.value, degraded: degradedBy(job?.progress(), building, side) }) : hits;
    },
    prune: async (isWanted) => serving?.store.prune(isWanted) ?? ok(0),
    state: () => ({
      serving: serving === undefined ? null : identityOf(serving),
      building: building === undefined || building.store === serving?.store ? null : identityOf(building),
    }),
    async close() {
      await endJob();
      await serving?.store.close();
      serving = undefined;
    },
  };
}

/** A job beside what serves takes nothing from it; one that fills it does until it is done. */
function degradedBy(progress: EmbeddingProgress | undefined, building: Side | undefined, side: Side): string | null {
  if (progress === undefined || (building !== undefined && building.store !== side.store)) return null;
  const { state, done, total, skipped, error } = progress;
  if (state === "done") return skipped === 0 ? null : `${skipped} parts could not be embedded`;
  const share = total === 0 ? "" : `${done} of ${total} parts are embedded`;
  return [share, error?.message ?? ""].filter((text) => text !== "").join("; ") || "the parts are being counted";
}

/** Asks with one word where only the model knows. */
async function dimensionsOf(embedder: Embedder, signal: AbortSignal): Promise<Result<number>> {
  if (embedder.dimensions !== undefined) return ok(embedder.dimensions);
  const answer = await embedder.embed(["code"], signal);
  if (!answer.ok) return answer;
  const dimensions = embedder.dimensions ?? answer.value[0]?.length;
  return dimensions === undefined ? failure("model.bad_answer", "It told no size.") : ok(dimensions);
}

function isOf({ embedder, store }: Side, other: Embedder, dimensions: number): boolean {
  return embedder.id === other.id && store.dimensions === dimensions;
}

function identityOf({ embedder, store }: Side): StoreIdentity {
  return { model: embedder.id, dimensions: store.dimensions };
}

function identityIn(text: string): StoreIdentity | undefined {
  try {
    const { model, dimensions } = JSON.parse(text);
    return typeof model === "string" && Number.isInteger(dimensions) ? { model, dimensions } : undefined;
  } catch {
    return undefined;
  }
}
