/**
 * The vectors of one repository beyond the built-in table: what was asked for, the job that makes them, and search in them.
 * Nothing is sent anywhere before somebody says `start`; from then on what is new is embedded after each update.
 */
import {
  type EmbeddingEstimate,
  type IndexProgress,
  nexusError,
  type Result,
  type VectorStatus,
} from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { PartStore } from "../code/facts.ts";
import { CHUNK_LINES } from "../index/segment.ts";
import type { Embedder } from "../vector/embedder.ts";
import type { EmbeddingJob, EmbeddingProgress } from "../vector/embedding-job.ts";
import { createVectorSpace } from "../vector/vector-space.ts";
import type { VectorStore } from "../vector/vector-store.ts";
import { type Choice, type EmbeddingSettings, openEmbedder } from "./choice.ts";
import { estimateOf, unavailable } from "./estimate.ts";
import { embedderFor, type RepositoryStores } from "./stores.ts";
import { createVectorSearch, type Meaning, type VectorSearch } from "./vector-search.ts";
import { decodeWindows, encodeWindows, type ViewedWorkspace, type WindowsOf, windowsOf } from "./windows.ts";
import { readWish, type Wish, writeWish } from "./wish.ts";

export interface RepositoryVectors {
  /** Undefined while the built-in table is all there is. */
  status(workspace: ViewedWorkspace): VectorStatus | undefined;
  progress(): IndexProgress | null;
  /** What a choice would cost at most; what it has already is not paid for twice. Rejects with a NexusError. */
  estimate(choice: Choice, signal: AbortSignal): Promise<EmbeddingEstimate>;
  /** Null: back to the built-in table. Answers when the job is under way. Rejects with a NexusError. */
  start(choice: Choice | null, capUsd: number | null, signal: AbortSignal): Promise<void>;
  /** Rejects with `memory.not_embedding` where there is nothing to pause. */
  pause(): Promise<void>;
  /** With another cap where one is given. */
  resume(capUsd: number | null | undefined, signal: AbortSignal): Promise<void>;
  /** Gives up what is not complete; complete vectors stay in use. */
  cancel(): Promise<void>;
  /** Back to the built-in table, and nothing is kept. */
  forget(): Promise<void>;
  /** After an update of an index: what is new is embedded, when vectors are wanted. */
  updated(): void;
  /** Rejects only when cancelled, and never takes long: where the vectors cannot be asked, it says why. */
  meaning(workspace: ViewedWorkspace, text: string, signal: AbortSignal): Promise<Meaning>;
  /** Ends the work; what is wanted goes on after the next start. */
  close(): Promise<void>;
}

export interface RepositoryVectorsParts {
  readonly settings: EmbeddingSettings;
  readonly stores: RepositoryStores;
  readonly parts: PartStore;
  readonly clock: Clock;
  /** The open ones of this repository. */
  readonly workspaces: () => readonly ViewedWorkspace[];
  /** Whether any branch still has this content. */
  readonly isKnown: (name: string) => boolean;
  /** Progress, or a change of state. */
  readonly onChange: () => void;
}

const WINDOWS = "vectors/windows";
const RETRY_MS = 60_000;

export function createRepositoryVectors(options: RepositoryVectorsParts): RepositoryVectors {
  const { settings, stores, parts, clock, workspaces, onChange } = options;
  let wish = readWish(parts);
  let embedder: Embedder | undefined;
  let job: EmbeddingJob | undefined;
  let problem: string | null = null;
  let failedAt = Number.NEGATIVE_INFINITY;
  let isCapped = false;
  let again = false;
  const closing = new AbortController();
  /** Windows of the contents whose vectors are complete, and whose they are. */
  let embedded: { model: string; windows: WindowsOf } = { model: "", windows: new Map() };
  /** Of the job that runs. */
  let fresh: WindowsOf = new Map();
  let rate = 0;
  /** What of the job's cost is in the wish already. */
  let countedUsd = 0;
  /** The one that was opened last. */
  let servingStore: VectorStore | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let space = newSpace();
  let restored: Promise<void> | undefined;

  function newSpace() {
    return createVectorSpace({
      chunks: () => {
        fresh = new Map();
        return windowsOf(workspaces(), fresh, (name) => !isEmbedded(name));
      },
      async openStore(identity) {
        const store = await stores.open(identity);
        if (store.ok) servingStore = store.value;
        return store;
      },
      discardStore: stores.discard,
      parts,
      clock,
      onProgress: told,
    });
  }

  const isEmbedded = (name: string) => embedded.model === embedder?.id && embedded.windows.has(name);

  const search: VectorSearch = createVectorSearch({
    clock,
    space: () => space,
    embedded: () => embedded,
    ready: () => ready(),
    wish: () => wish,
    problem: () => problem,
  });

  function keep(next: Wish | undefined): void {
    wish = next;
    writeWish(parts, next);
  }

  function told(progress: EmbeddingProgress): void {
    if (progress.rate > 0) rate = progress.rate;
    // After every batch, so that a daemon that is killed knows what was spent.
    const moreUsd = progress.usd - countedUsd;
    countedUsd = progress.usd;
    if (wish !== undefined && moreUsd > 0) keep({ ...wish, spentUsd: wish.spentUsd + moreUsd });
    onChange();
  }

  /** One after the other: two that start at once would end each other's job. */
  function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  }

  /** Nobody waits for it: what goes wrong is told by the status. */
  function inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (closing.signal.aborted) return;
      failed({ ok: false, error: { message: error instanceof Error ? error.message : String(error) } });
    });
  }

  function ready(): Promise<void> {
    restored ??= restore().catch((error: unknown) => {
      problem = error instanceof Error ? error.message : String(error);
    });
    return restored;
  }

  /** What served before the restart serves again. */
  async function restore(): Promise<void> {
    if (wish === undefined) return;
    const choices = wish.served === null ? [wish.choice] : [wish.choice, wish.served];
    const opened = await Promise.all(choices.map((choice) => openNamed(choice)));
    for (const each of opened) if (!each.ok) problem = each.error.message;
    const [first] = opened;
    if (first?.ok === true) embedder = first.value;
    const done = await space.restore(opened.flatMap((each) => (each.ok ? [each.value] : [])));
    if (!done.ok) problem = done.error.message;
    const known = decodeWindows(parts.get(WINDOWS));
    if (known !== undefined && known.model === space.state().serving?.model && (await isStored(known.windows)))
      embedded = known;
  }

  /** False when the store has lost vectors, such as one whose folder was removed. */
  async function isStored(windows: WindowsOf): Promise<boolean> {
    const counted = await servingStore?.count();
    const hashes = new Set([...windows.values()].flat().filter((hash) => hash !== ""));
    return counted?.ok !== true || counted.value >= hashes.size;
  }

  async function openNamed(choice: Choice): Promise<Result<Embedder>> {
    const opened = await openEmbedder(choice, settings, clock);
    return opened.ok ? { ok: true, value: embedderFor(choice.store, opened.value) } : opened;
  }

  /** Starts a job for what is wanted; a failure is told by the status. */
  async function run(signal: AbortSignal): Promise<Result<void>> {
    await ready();
    if (wish === undefined || closing.signal.aborted) return DONE;
    const made: Result<Embedder> =
      embedder === undefined ? await openNamed(wish.choice) : { ok: true, value: embedder };
    if (!made.ok) return failed(made);
    embedder = made.value;
    if (embedded.model === embedder.id && !workspaces().some(holdsNew)) return DONE;
    const capUsd = wish.capUsd === null ? null : Math.max(0, wish.capUsd - wish.spentUsd);
    isCapped = false;
    again = false;
    problem = null;
    countedUsd = 0;
    const used = await space.use(embedder, { capUsd, signal: AbortSignal.any([signal, closing.signal]) });
    if (!used.ok) return failed(used);
    const started = used.value;
    job = started;
    inBackground(started.ended.then((progress) => ended(started, progress)));
    onChange();
    return DONE;
  }

  function holdsNew({ view }: ViewedWorkspace): boolean {
    return view.paths().some((path) => !isEmbedded(view.blob(path)?.name ?? ""));
  }

  function failed<Failure extends { readonly ok: false; readonly error: { readonly message: string } }>(
    outcome: Failure,
  ): Failure {
    problem = outcome.error.message;
    failedAt = clock.monotonic();
    onChange();
    return outcome;
  }

  function ended(own: EmbeddingJob, progress: EmbeddingProgress): void {
    if (own !== job) return;
    job = undefined;
    if (progress.state === "done") complete();
    else if (progress.state === "failed" || progress.state === "capped") {
      isCapped = progress.state === "capped";
      failed({ ok: false, error: progress.error ?? { message: "It ended without a reason." } });
    }
    onChange();
    if (again && progress.state === "done") inBackground(inTurn(() => run(closing.signal)));
  }

  function complete(): void {
    if (wish === undefined || embedder === undefined) return;
    const isOther = embedded.model !== embedder.id;
    const windows: WindowsOf = isOther ? fresh : new Map([...embedded.windows, ...fresh]);
    for (const name of windows.keys()) if (!options.isKnown(name)) windows.delete(name);
    const isNew = isOther || fresh.size > 0 || windows.size !== embedded.windows.size;
    embedded = { model: embedder.id, windows };
    if (isNew) parts.set(WINDOWS, encodeWindows(embedded.model, windows));
    if (wish.served !== wish.choice) keep({ ...wish, served: wish.choice });
    const wanted = new Set([...windows.values()].flat());
    if (isNew) inBackground(space.prune((hash) => wanted.has(hash)));
  }

  /** What it cost is kept when it returns. */
  async function endJob(): Promise<void> {
    job?.cancel();
    await job?.ended;
    job = undefined;
  }

  async function leave(): Promise<void> {
    await endJob();
    await space.close();
    space = newSpace();
    embedder = undefined;
    problem = null;
    embedded = { model: "", windows: new Map() };
    keep(undefined);
    restored = undefined;
    onChange();
  }

  async function forget(): Promise<void> {
    await ready();
    const { serving, building } = space.state();
    await leave();
    for (const identity of [serving, building]) if (identity !== null) await stores.discard(identity);
    parts.delete(WINDOWS);
  }

  async function start(choice: Choice | null, capUsd: number | null, signal: AbortSignal): Promise<void> {
    await ready();
    if (choice === null) return leave();
    const opened = await openNamed(choice);
    if (!opened.ok) throw unavailable(opened.error);
    if (capUsd !== null && opened.value.usdPerMillionTokens === null)
      throw nexusError("budget.unknown_price", `(${choice.model}, embeddings)`);
    await endJob();
    const before = { wish, embedder };
    const isSame = wish !== undefined && opened.value.id === embedder?.id;
    const served = space.state().serving === null ? null : (wish?.served ?? null);
    embedder = opened.value;
    keep({ choice, served, capUsd, spentUsd: isSame ? (wish?.spentUsd ?? 0) : 0, isPaused: false });
    let hasBegun = false;
    try {
      const begun = await run(signal);
      if (!begun.ok) throw unavailable(begun.error);
      hasBegun = true;
    } finally {
      // What cannot begin, or is cancelled before, changes nothing.
      if (!hasBegun) {
        keep(before.wish);
        embedder = before.embedder;
        problem = null;
      }
    }
  }

  async function cancel(): Promise<void> {
    if (wish === undefined || (job === undefined && problem === null)) throw nexusError("memory.not_embedding");
    const isComplete = embedded.model !== "" && embedded.model === space.state().serving?.model;
    if (!isComplete || wish.served === null) return leave();
    await endJob();
    const isSwitch = embedder?.id !== embedded.model;
    keep({ ...wish, choice: wish.served, isPaused: !isSwitch });
    problem = null;
    if (isSwitch) embedder = undefined;
    onChange();
  }

  function missingOf({ view }: ViewedWorkspace): number {
    const present = job?.progress();
    if (present !== undefined && present.total > 0) return present.total - present.done;
    const lacking = view.files.filter(({ path }) => !isEmbedded(view.blob(path)?.name ?? ""));
    return lacking.reduce((sum, { lines }) => sum + Math.max(1, Math.ceil(lines / CHUNK_LINES)), 0);
  }

  function stateOf(): VectorStatus["state"] {
    // A job that is done still has to take over.
    if (job !== undefined) return job.progress().state === "paused" ? "paused" : "running";
    if (isCapped || wish?.isPaused === true) return "paused";
    return problem === null ? "idle" : "failed";
  }

  return {
    status(workspace) {
      if (wish === undefined) return undefined;
      // Looking at it must start no server.
      if (wish.choice.store !== "chroma" || settings.chroma !== null) void ready();
      const { building, serving } = space.state();
      const total = workspace.view.corpus().liveChunks;
      return {
        store: wish.choice.store,
        model: wish.choice.model,
        dimensions: embedder?.dimensions ?? (building ?? serving)?.dimensions ?? 0,
        done: Math.max(0, total - missingOf(workspace)),
        total,
        state: stateOf(),
        costUsd: wish.spentUsd,
        capUsd: wish.capUsd,
        problem,
      };
    },
    progress() {
      const present = job?.progress();
      if (present?.state !== "running") return null;
      const { done, total } = present;
      const etaMs = present.rate > 0 ? ((total - done) / present.rate) * 1000 : null;
      const rates = { filesPerSecond: null, bytesPerSecond: null };
      return { phase: "embedding", done, total: total === 0 ? null : total, ...rates, etaMs };
    },
    async estimate(choice, signal) {
      await ready();
      const opened = await openNamed(choice);
      if (!opened.ok) throw unavailable(opened.error);
      const { id } = opened.value;
      const isLacking = (name: string) => id !== embedded.model || !embedded.windows.has(name);
      const isMeasured = id === embedder?.id && rate > 0;
      return estimateOf(workspaces(), opened.value, { isLacking, rate: isMeasured ? rate : null, signal });
    },
    start: (choice, capUsd, signal) => inTurn(() => start(choice, capUsd, signal)),
    async pause() {
      await ready();
      if (wish === undefined || job?.progress().state !== "running") throw nexusError("memory.not_embedding");
      keep({ ...wish, isPaused: true });
      job.pause();
    },
    resume: (capUsd, signal) =>
      inTurn(async () => {
        await ready();
        if (wish === undefined || stateOf() === "idle" || stateOf() === "running")
          throw nexusError("memory.not_embedding");
        keep({ ...wish, isPaused: false, capUsd: capUsd === undefined ? wish.capUsd : capUsd });
        if (job !== undefined && capUsd === undefined) return job.resume();
        await endJob();
        const begun = await run(signal);
        if (!begun.ok) throw unavailable(begun.error);
      }),
    cancel: () => inTurn(cancel),
    forget: () => inTurn(forget),
    updated() {
      again = true;
      if (wish === undefined || wish.isPaused || isCapped || job !== undefined) return;
      if (clock.monotonic() - failedAt < RETRY_MS) return;
      inBackground(inTurn(async () => (job === undefined ? run(closing.signal) : undefined)));
    },
    meaning: search,
    async close() {
      closing.abort(new Error("the index is closed"));
      await turn;
      await endJob();
      await space.close();
    },
  };
}

const DONE: Result<void> = { ok: true, value: undefined };
