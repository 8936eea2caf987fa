/**
 * A model puts the first results in order: asked once, within a time limit, and believed as far as an order goes and no
 * further. Whatever goes wrong leaves the index's own order, and the answer says so.
 */
import type { Answer, Params, SearchResult } from "../../../protocol/index.ts";
import { NexusError } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../observability/log.ts";
import { isSecretPath } from "../../security/paths/path-classes.ts";
import type { MemoryCall, MemoryService } from "../service.ts";

/** What a model is shown of a result; it comes from the repository. */
export interface Candidate {
  readonly path: string;
  readonly symbol: string | null;
  /** At most 600 characters. */
  readonly snippet: string;
}

export interface Reranker {
  /** The model's name, for people. */
  readonly model: string;
  /** Numbers of candidates (from 1), the best first, as the model gave them: unchecked. Rejects with a NexusError. */
  order(query: string, candidates: readonly Candidate[], signal: AbortSignal): Promise<readonly unknown[]>;
}

export interface RerankParts {
  /** Undefined: no model is configured. */
  readonly reranker: () => Reranker | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

type Found = Answer<"memory/search">;

const RERANKED = 20;
const LIMIT_MS = 3000;
const SNIPPET = 600;

/**
 * The same search that obeys `rerank`. Its first page is put in order; pages after it follow the index. A page of fewer than
 * 20 has none after it, because what is next depends on what the model said.
 */
export function withReranking(search: MemoryService["search"], parts: RerankParts): MemoryService["search"] {
  return async ({ rerank, ...params }, call) => {
    if (rerank !== true || params.cursor !== undefined) return search(params, call);
    const startedAt = parts.clock.monotonic();
    const wide = await search({ ...params, limit: Math.max(params.limit ?? RERANKED, RERANKED) }, call);
    const ordered = await reorder(wide.results, params, parts, call);
    if (typeof ordered === "string") return plainly(search, params, call, ordered);
    const tookMs = Math.round((parts.clock.monotonic() - startedAt) * 100) / 100;
    const limit = params.limit ?? RERANKED;
    const nextCursor = limit < RERANKED ? null : wide.nextCursor;
    return { ...wide, results: ordered.slice(0, limit), nextCursor, tookMs };
  };
}

async function plainly(
  search: MemoryService["search"],
  params: Params<"memory/search">,
  call: MemoryCall,
  why: string,
): Promise<Found> {
  const answer = await search(params, call);
  return { ...answer, degraded: [...answer.degraded, `The results are in the index's own order: ${why}`] };
}

/** The results in the model's order, or why not, as a sentence. */
async function reorder(
  results: readonly SearchResult[],
  { query, mode = "ranked" }: Params<"memory/search">,
  { reranker, clock, log }: RerankParts,
  { signal }: MemoryCall,
): Promise<SearchResult[] | string> {
  if (mode !== "ranked") return "a model orders ranked results only.";
  const asked = reranker();
  if (asked === undefined) return "no model is configured.";
  const candidates = results.slice(0, RERANKED).filter(({ path }) => !isSecretPath(path));
  if (candidates.length < 2) return [...results];
  try {
    const shown = candidates.map(({ path, symbol, snippet }) => ({ path, symbol, snippet: snippet.slice(0, SNIPPET) }));
    const order = await atMost(clock, signal, (limited) => asked.order(query, shown, limited));
    if (order === undefined) return `${asked.model} took longer than ${LIMIT_MS / 1000} s.`;
    const problem = orderProblem(order, candidates.length);
    if (problem !== undefined) return `the answer of ${asked.model} ${problem}.`;
    return inOrder(results, candidates, numbersOf(order), asked.model);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NexusError) return `${asked.model} could not be asked. ${error.value.message}`;
    log.write("error", "results could not be put in order", { error });
    return `${asked.model} could not be asked.`;
  }
}

/** Undefined when the time is over; rejects when `signal` aborts. The work is told by its own signal, and not waited for. */
async function atMost<Value>(
  clock: Clock,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value | undefined> {
  signal.throwIfAborted();
  const late = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const cancel = clock.timer(LIMIT_MS, () => {
    resolve(undefined);
    late.abort(new Error("the time is over"));
  });
  const asked = work(AbortSignal.any([signal, late.signal]));
  asked.catch(() => undefined);
  return Promise.race([asked, promise]).finally(() => {
    cancel();
    signal.removeEventListener("abort", onAbort);
  });
}

/** An order is some of the numbers from 1 to `count`, each once. */
function orderProblem(order: readonly unknown[], count: number): string | undefined {
  const numbers = numbersOf(order);
  if (numbers.length !== order.length) return "holds more than whole numbers";
  if (numbers.length === 0) return "names no result";
  if (numbers.some((number) => number < 1 || number > count)) return "names results that are not there";
  return new Set(numbers).size === numbers.length ? undefined : "names a result twice";
}

function numbersOf(order: readonly unknown[]): number[] {
  return order.filter((number): number is number => Number.isInteger(number));
}

/** Those that the model named, then the rest as it was. Scores keep falling from the first to the last. */
function inOrder(
  results: readonly SearchResult[],
  candidates: readonly SearchResult[],
  numbers: readonly number[],
  model: string,
): SearchResult[] {
  const named = numbers.flatMap((number) => candidates[number - 1] ?? []);
  const ordered = [...named, ...results.filter((result) => !named.includes(result))];
  const scores = results.map(({ score }) => score);
  return ordered.map((result, place) => {
    const rose = named.includes(result) && (place === 0 || place < results.indexOf(result));
    const said = rose ? [`put ${place === 0 ? "first" : "higher"} by ${model}`] : [];
    return { ...result, score: scores[place] ?? result.score, why: [...said, ...result.why] };
  });
}
