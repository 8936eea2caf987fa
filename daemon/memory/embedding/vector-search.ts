/** Asks the vectors of a repository, within a moment; where they cannot answer, the built-in table does and says so. */
import type { Clock } from "../../host/clock.ts";
import type { MeaningScores } from "../search/table-scores.ts";
import type { VectorSpace } from "../vector/vector-space.ts";
import { hitScores, type WindowPlace } from "./meaning.ts";
import type { ViewedWorkspace, WindowsOf } from "./windows.ts";
import type { Wish } from "./wish.ts";

export interface Meaning {
  /** Undefined: the built-in table's are used. */
  readonly vectors: { readonly scores: MeaningScores; readonly model: string } | undefined;
  /** What is not as it was wanted, a sentence; null when all is. */
  readonly degraded: string | null;
}

export interface VectorSearchParts {
  readonly clock: Clock;
  readonly space: () => VectorSpace;
  readonly embedded: () => { readonly model: string; readonly windows: WindowsOf };
  readonly ready: () => Promise<void>;
  readonly wish: () => Wish | undefined;
  readonly problem: () => string | null;
}

export type VectorSearch = (workspace: ViewedWorkspace, text: string, signal: AbortSignal) => Promise<Meaning>;

const LIMIT_MS = 1500;
/** After a failure searches do not wait for the model again so soon. */
const REST_MS = 30_000;
const HITS = 400;
/** With fewer of the files than this the table knows more. */
const LEAST_COVERAGE = 0.9;
const LONGEST_QUERY = 4000;

type Places = ReadonlyMap<string, readonly WindowPlace[]>;

export function createVectorSearch(parts: VectorSearchParts): VectorSearch {
  const { clock } = parts;
  let restUntil = Number.NEGATIVE_INFINITY;
  let lastFailure = "";
  const placesOf = new WeakMap<ViewedWorkspace["view"], { readonly key: string; readonly value: Places }>();

  function placesIn({ view }: ViewedWorkspace): Places {
    const { windows, model } = parts.embedded();
    const key = `${view.version}/${model}/${windows.size}`;
    const known = placesOf.get(view);
    if (known?.key === key) return known.value;
    const value = new Map<string, WindowPlace[]>();
    for (const path of view.paths())
      for (const [chunk, hash] of (windows.get(view.blob(path)?.name ?? "") ?? []).entries()) {
        const places = value.get(hash);
        if (hash === "") continue;
        if (places === undefined) value.set(hash, [{ path, chunk }]);
        else places.push({ path, chunk });
      }
    placesOf.set(view, { key, value });
    return value;
  }

  async function ask(workspace: ViewedWorkspace, text: string, signal: AbortSignal): Promise<Meaning> {
    await parts.ready();
    const wish = parts.wish();
    const serving = parts.space().state().serving;
    if (wish === undefined) return { vectors: undefined, degraded: null };
    const model = wish.choice.model;
    const embedded = parts.embedded();
    const share = embedded.model === serving?.model ? coverageOf(workspace, embedded.windows) : 0;
    if (share < LEAST_COVERAGE)
      return fallback(`${parts.problem() ?? `The vectors of ${model} are not complete yet`}.`);
    if (clock.monotonic() < restUntil) return fallback(lastFailure);
    const places = placesIn(workspace);
    const found = await parts.space().search(text.slice(0, LONGEST_QUERY), HITS, {
      filter: (hash) => places.has(hash),
      signal,
    });
    if (!found.ok) return failed(found.error.message);
    const scores = hitScores(workspace.view.corpus(), found.value.hits, (hash) => places.get(hash) ?? []);
    const by = (wish.served ?? wish.choice).model;
    const lacking = share < 1 ? `Vectors of ${Math.round((1 - share) * 100)} % of the files are not made yet.` : null;
    return { vectors: { scores, model: by }, degraded: found.value.degraded ?? lacking };
  }

  function failed(reason: string): Meaning {
    restUntil = clock.monotonic() + REST_MS;
    lastFailure = reason;
    return fallback(reason);
  }

  return async (workspace, text, signal) => {
    const controller = new AbortController();
    const late = Promise.withResolvers<Meaning>();
    const stop = clock.timer(LIMIT_MS, () => {
      controller.abort(new Error("the embedding model took too long"));
      late.resolve(failed(`The embedding model did not answer within ${LIMIT_MS / 1000} s.`));
    });
    const asked = ask(workspace, text, AbortSignal.any([signal, controller.signal])).catch((error: unknown) => {
      signal.throwIfAborted();
      return controller.signal.aborted ? late.promise : failed(error instanceof Error ? error.message : String(error));
    });
    try {
      return await Promise.race([asked, late.promise]);
    } finally {
      stop();
    }
  };
}

function fallback(reason: string): Meaning {
  return { vectors: undefined, degraded: `${reason} Search by meaning uses the built-in table.`.replace("..", ".") };
}

function coverageOf({ view }: ViewedWorkspace, windows: WindowsOf): number {
  const paths = view.paths();
  const known = paths.filter((path) => windows.has(view.blob(path)?.name ?? "")).length;
  return paths.length === 0 ? 1 : known / paths.length;
}
